"""`Data/Validation/*.json`: JSON Schemas (draft 7) of inputs. Their structure is checked here; `deep.bundle` compiles them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deep.model.data import Validation
from deep.model.document import Document, plain
from deep.model.document import Path as Way
from deep.model.name_formats import MODEL_NAME
from deep.model.reading import Reading
from deep.model.shape import Again, Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text

_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
_DRAFT = re.compile(r"https?://json-schema\.org/draft-07/schema#?")


def _schema() -> Shape:
    return OneOf((SCHEMA_OBJECT, Flag()))


SCHEMA = Again("schema", _schema)
_SCHEMAS = ListOf(SCHEMA, filled=True)
_TYPE = Text(choices=("string", "number", "integer", "boolean", "array", "object", "null"))
_KEYWORDS: dict[Shape, tuple[str, ...]] = {
    Text(): ("$id", "$ref", "$comment", "title", "description", "pattern", "format", "contentEncoding", "contentMediaType"),
    Number(0): ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    Number(whole=False): ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    Flag(): ("uniqueItems", "readOnly", "writeOnly"),
    Anything(): ("const", "default"),
    SCHEMA: ("additionalItems", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"),
    _SCHEMAS: ("allOf", "anyOf", "oneOf"),
    ListOf(Text(), unique=True): ("required",),
    ListOf(Anything(), filled=True): ("enum",),
    ListOf(Anything()): ("examples",),
    OneOf((_TYPE, ListOf(_TYPE, unique=True, filled=True))): ("type",),
}
_MAPS = ("properties", "patternProperties", "definitions")
_FIELDS: dict[str, Shape] = {
    **{name: shape for shape, names in _KEYWORDS.items() for name in names},
    **dict.fromkeys(_MAPS, MapOf(SCHEMA)),
    "items": OneOf((SCHEMA, ListOf(SCHEMA))),
    "dependencies": MapOf(OneOf((SCHEMA, ListOf(Text())))),
}
SCHEMA_OBJECT = Record({name: Field(shape, "a keyword of JSON Schema") for name, shape in _FIELDS.items()}, extensible=True)
"""Draft 7, section 6 to 10 of its validation vocabulary. Unknown keywords are allowed by it, but for slips such as `requierd`."""


def load_validations(reading: Reading, folder: Path | None) -> tuple[Validation, ...]:
    """Every validation schema of a microapplication, by name. The original's `.js` files (Joi) are warned of."""
    if folder is None:
        return ()
    for path in reading.disk.files(folder, ".js"):
        help_ = f"write it as a JSON Schema in {reading.name(path.with_suffix('.json'))}"
        reading.warn("joi-schema", "schemas in JavaScript (Joi) are not read", path, help_)
    return tuple(found for path in reading.disk.files(folder, ".json") if (found := _load(reading, path)) is not None)


def _load(reading: Reading, path: Path) -> Validation | None:
    fits = reading.name_fits(path, MODEL_NAME, "schema")
    found = reading.checked(path, SCHEMA_OBJECT)
    if found is None or not fits:
        return None
    document = found[0]
    schema = plain(document.value)
    declared = schema.get("$schema")
    if declared is not None and not (isinstance(declared, str) and _DRAFT.fullmatch(declared)):
        help_ = 'write "$schema": "http://json-schema.org/draft-07/schema#", or leave it out'
        reading.tell("schema-draft", "schemas are JSON Schema draft 7", document.place(("$schema",)), help_)
    for way, name, text in _texts(schema, ()):
        _check_text(reading, document, way, (name, text))
    return Validation(path.stem, schema, path)


def _texts(node: Any, way: Way) -> Iterator[tuple[Way, str, str]]:
    """(way, keyword, text) of every pattern and reference; the names of properties are not taken for keywords."""
    if isinstance(node, list):
        for position, item in enumerate(node):
            yield from _texts(item, (*way, position))
    if not isinstance(node, dict):
        return
    for key, item in node.items():
        if key in ("pattern", "$ref") and isinstance(item, str):
            yield (*way, key), key, item
        elif key in _MAPS and isinstance(item, dict):
            for name, inner in item.items():
                if key == "patternProperties":
                    yield (*way, key, name), "pattern", name
                yield from _texts(inner, (*way, key, name))
        elif key not in ("enum", "const", "default", "examples"):
            yield from _texts(item, (*way, key))


def _check_text(reading: Reading, document: Document, way: Way, told: tuple[str, str]) -> None:
    keyword, text = told
    if keyword == "pattern":
        try:
            re.compile(text)
        except re.error as error:
            reading.tell("wrong-pattern", f'"{text}" is not a regular expression: {error}', document.place(way))
    elif not text.startswith("#"):
        help_ = "put the schema under definitions of this file, and refer to it as #/definitions/<name>"
        reading.tell("remote-reference", f'"{text}" is in another file, and no file is fetched', document.place(way), help_)
    elif not _leads_somewhere(document.value, text):
        reading.tell("unknown-reference", f'"{text}" leads nowhere in this file', document.place(way))


def _leads_somewhere(value: Any, pointer: str) -> bool:
    """Whether a JSON pointer (RFC 6901) behind `#` finds something; `#name` finds an `$id` and is not followed."""
    if pointer != "#" and not pointer.startswith("#/"):
        return True
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return False
    return True
