"""Writes `browser/src/wire.ts`: the documents of `deep.wire` as TypeScript interfaces, so that both languages read one definition.

    python tools/wire_types.py            # writes the file
    python tools/wire_types.py --check    # exit 1 when the file is not what it would write

Names, optional keys, literals, nesting and docstrings are carried over; anything it does not know is an error, never a silent `any`.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from deep.wire import config, invocation

TARGET = Path(__file__).resolve().parent.parent / "browser" / "src" / "wire.ts"
MODULES = (config, invocation)
"""The modules whose documents a browser reads; `frames` is spoken between processes only."""

HEADING = """\
// Written by tools/wire_types.py from src/deep/wire; edit the Python documents and run `python tools/wire_types.py`.
"""

SCALARS: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    None: "null",
    type(None): "null",
    Any: "unknown",
    object: "unknown",
}


def render() -> str:
    """The whole text of `wire.ts`, every module's documents in the order they are written."""
    blocks = [block for module in MODULES for block in _blocks(module)]
    return "\n".join([HEADING, *blocks])


def _blocks(module: types.ModuleType) -> Iterator[str]:
    for name, text in _documented_names(module):
        value = getattr(module, name)
        if is_typeddict(value):
            yield _interface(name, value, text)
        elif isinstance(value, int):
            yield f"{_comment(text)}export const {name} = {value};\n"


def _documented_names(module: types.ModuleType) -> Iterator[tuple[str, str]]:
    """(name, docstring) of each class and constant of the module; a constant's docstring is the string literal below it."""
    body = ast.parse(inspect.getsource(module)).body
    for position, node in enumerate(body):
        if isinstance(node, ast.ClassDef):
            yield node.name, ast.get_docstring(node) or ""
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, _string_at(body, position + 1)


def _string_at(body: list[ast.stmt], position: int) -> str:
    node = body[position] if position < len(body) else None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return inspect.cleandoc(node.value.value)
    return ""


def _interface(name: str, document: Any, text: str) -> str:
    hints = get_type_hints(document, include_extras=True)
    fields = "".join(f"  {_field(key, hint)};\n" for key, hint in hints.items())
    return f"{_comment(text)}export interface {name} {{\n{fields}}}\n"


def _field(key: str, hint: Any) -> str:
    if get_origin(hint) is NotRequired:
        return f"{key}?: {typescript(get_args(hint)[0])}"
    return f"{key}: {typescript(hint)}"


def typescript(hint: Any) -> str:
    """A Python type as TypeScript: `list[str] | None` -> `string[] | null`. Raises TypeError for a type JSON does not have."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(_literal(value) for value in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(typescript(argument) for argument in arguments)
    if origin is list:
        return _list_of(typescript(arguments[0]))
    if origin is dict and arguments[0] is str:
        return f"Record<string, {typescript(arguments[1])}>"
    if is_typeddict(hint):
        return str(hint.__name__)
    if hint in SCALARS:
        return SCALARS[hint]
    raise TypeError(f"{hint!r} has no TypeScript form")


def _list_of(item: str) -> str:
    return f"({item})[]" if "|" in item else f"{item}[]"


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _comment(text: str) -> str:
    if not text:
        return ""
    lines = text.splitlines()
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def main(arguments: list[str], target: Path = TARGET) -> int:
    """Writes the file, or with `--check` only compares. Answers the exit code."""
    text = render()
    if "--check" in arguments:
        return 0 if target.is_file() and target.read_text(encoding="utf-8") == text else 1
    target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
