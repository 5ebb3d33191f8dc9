"""Holds a document against a shape: gives its value with the defaults filled in, and every problem with its place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, assert_never

from deep.errors import Problem
from deep.model.document import Broken, Document, Path, plain
from deep.model.nearest import did_you_mean, nearest
from deep.model.shape import Again, Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text, is_authors, sample_text, type_of

_MISTYPED = 0.8
"""How alike an unknown field and a known one are when the first is surely a slip."""

_compiled = lru_cache(maxsize=256)(re.compile)


def check(document: Document, shape: Shape) -> tuple[Any, list[Problem]]:
    """(value, problems). The value is plain JSON without the author's own fields, every default filled in.

    What is wrong is as if it had been left out, so that the rest can be checked further: None where a field is required, or for the whole document.
    """
    checker = _Checker(document)
    return checker.value(document.value, shape, ()), checker.problems


def complete(shape: Record) -> dict[str, Any]:
    """The value of an object that says nothing: every default, also of the records inside."""
    return {name: _default(field) for name, field in shape.fields.items()}


def type_name(value: Any) -> str:
    """A JSON value's type, in words."""
    kinds = ((bool, "true or false"), (str, "a string"), ((int, float), "a number"), (list, "an array"), (dict, "an object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _default(field: Field) -> Any:
    return complete(field.shape) if isinstance(field.shape, Record) and field.default == {} else plain(field.default)


def _fits(value: Any, shape: Shape) -> bool:
    """Whether the value is of the shape's JSON type."""
    match shape:
        case Text():
            return isinstance(value, str)
        case Number():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Flag():
            return isinstance(value, bool)
        case ListOf():
            return isinstance(value, list)
        case MapOf() | Record():
            return isinstance(value, dict)
        case OneOf():
            return any(_fits(value, one) for one in shape.shapes)
        case Again():
            return _fits(value, shape.get())
        case Anything():
            return True
        case _:
            assert_never(shape)


class _Checker:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def tell(self, code: str, message: str, path: Path, *, key: bool = False, **details: str | None) -> None:
        place = self.document.key_place(path) if key else self.document.place(path)
        self.problems.append(Problem(code, message, place=place, **details))

    def value(self, value: Any, shape: Shape, path: Path) -> Any:
        if isinstance(value, Broken):
            return None
        if not _fits(value, shape):
            self.tell("wrong-type", f"{_subject(path)} must be {type_of(shape)}", path, found=type_name(value), expected=type_of(shape))
            return None
        match shape:
            case Text() | Number():
                fits = self.text(value, shape, path) if isinstance(shape, Text) else self.number(value, shape, path)
                return value if fits else None
            case ListOf() | MapOf() | Record():
                return self.container(value, shape, path)
            case OneOf():
                return self.value(value, next(one for one in shape.shapes if _fits(value, one)), path)
            case Again():
                return self.value(value, shape.get(), path)
            case Flag() | Anything():
                return plain(value)
            case _:
                assert_never(shape)

    def container(self, value: Any, shape: ListOf | MapOf | Record, path: Path) -> Any:
        match shape:
            case ListOf():
                return self.list(value, shape, path)
            case MapOf():
                return self.map(value, shape, path)
            case Record():
                return self.record(value, shape, path)

    def text(self, value: str, shape: Text, path: Path, *, what: str | None = None) -> bool:
        """Whether the text fits; told when not. `what` names the kind of key when the text is one."""
        is_key = what is not None
        message = f'"{_short(value)}" cannot be the {what}' if what else _refused(value, path)
        if shape.choices and value not in shape.choices:
            best, allowed = nearest(value, shape.choices), ", ".join(shape.choices)
            self.tell("unknown-value", message, path, key=is_key, expected=allowed, help=f'did you mean "{best}"?' if best else None)
        elif shape.pattern and not _compiled(shape.pattern).fullmatch(value):
            self.tell("wrong-text", message, path, key=is_key, expected=shape.rule, help=_suggested(value, shape))
        else:
            return True
        return False

    def number(self, value: float, shape: Number, path: Path) -> bool:
        """Whether the number fits; told when not."""
        low, high = shape.minimum, shape.maximum
        if shape.whole and not float(value).is_integer():
            self.tell("wrong-number", f'"{path[-1]}" must be a whole number', path, found=f"{value}")
        elif (low is not None and value < low) or (high is not None and value > high):
            bounds = f"at least {low:g}" if high is None else f"at most {high:g}" if low is None else f"{low:g} to {high:g}"
            self.tell("wrong-number", f'"{path[-1]}" is out of range', path, found=f"{value}", expected=bounds)
        else:
            return True
        return False

    def list(self, value: list[Any], shape: ListOf, path: Path) -> list[Any]:
        if shape.filled and not value:
            self.tell("empty-list", f'"{path[-1]}" must not be empty', path, help=f"such as {sample_text(shape)}")
        for index, item in enumerate(value):
            if shape.unique and item in value[:index]:
                self.tell("listed-twice", f'"{item}" is listed twice', (*path, index), help="remove one")
        found = [self.value(item, shape.item, (*path, index)) for index, item in enumerate(value)]
        return found if isinstance(shape.item, Anything) else [item for item in found if item is not None]

    def map(self, value: dict[str, Any], shape: MapOf, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in value.items():
            if is_authors(key) or key in shape.special:
                continue
            self.text(key, shape.key, (*path, key), what=shape.what)
            checked = self.value(item, shape.value, (*path, key))
            if checked is not None or isinstance(shape.value, Anything):
                found[key] = checked
        for name, field in shape.special.items():
            found[name] = self.field(value, (name, field), path)
        return found

    def record(self, value: dict[str, Any], shape: Record, path: Path) -> dict[str, Any]:
        for key in value:
            if key not in shape.fields and not is_authors(key):
                self.unknown(key, shape, path)
        return {name: self.field(value, (name, field), path) for name, field in shape.fields.items()}

    def field(self, value: dict[str, Any], named: tuple[str, Field], path: Path) -> Any:
        name, field = named
        if name in value:
            found = self.value(value[name], field.shape, (*path, name))
            return _default(field) if found is None else found
        if field.required:
            help_ = f'add "{name}": {sample_text(field.shape)}'
            self.tell("missing-field", f'the field "{name}" is missing', path, key=True, expected=field.doc, help=help_)
            return None
        return _default(field)

    def unknown(self, key: str, shape: Record, path: Path) -> None:
        if shape.extensible and nearest(key, shape.fields, cutoff=_MISTYPED) is None:
            return
        help_ = did_you_mean(key, shape.fields, "known are")
        self.tell("unknown-field", f'there is no field "{_short(key)}"', (*path, key), key=True, help=help_)


def _suggested(value: str, shape: Text) -> str | None:
    """A text like the one found that fits the rule: `Deep Todo!` -> `deep-todo`."""
    for slug in (re.sub(r"[^A-Za-z0-9_.-]+", "-", value), re.sub(r"[^a-z0-9_.]+", "-", value.lower())):
        candidate = re.sub(r"\.{2,}", ".", slug).strip("-._")[:64]
        if candidate and _compiled(shape.pattern or "").fullmatch(candidate):
            return f'such as "{candidate}"'
    return None


def _refused(value: str, path: Path) -> str:
    """`"type" cannot be "lamda"`, and of an item `"methods" cannot hold "FETCH"`."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "the document")
    return f'"{name}" cannot {"be" if path and path[-1] == name else "hold"} "{_short(value)}"'


def _subject(path: Path) -> str:
    """What stands at a path, in words: a field by its name, an item by its list's."""
    name = next((step for step in reversed(path) if isinstance(step, str)), None)
    if name is None:
        return "an item of the document" if path else "the document"
    return f'"{name}"' if path[-1] == name else f'an item of "{name}"'


def _short(text: str) -> str:
    """A text as a message shows it: cut, and without characters that could confuse a terminal."""
    cut = text if len(text) <= 60 else f"{text[:60]}..."
    return "".join(character if character.isprintable() else "\ufffd" for character in cut)
