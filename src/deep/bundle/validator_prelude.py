"""Beginning of every generated `_validators.py`: runs a compiled schema, collects its errors, converts text and strips unknown keys.

This file's text is copied in front of the compiled schemas, so it imports nothing outside the standard library, and of that only what is cheap.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class JsonSchemaValueException(ValueError):
    """One broken rule; raised or collected by the compiled code, which fixes the name and the arguments."""

    def __init__(self, message: str, value: Any = None, name: str = "data", definition: Any = None, rule: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.value = value
        self.name = name
        self.definition = definition
        self.rule = rule

    @property
    def errors(self) -> list[JsonSchemaValueException]:
        return [self]


class JsonSchemaValuesException(ValueError):
    """All broken rules of a document."""

    def __init__(self, errors: list[JsonSchemaValueException]) -> None:
        super().__init__("the input does not fit its schema")
        self.errors = errors


class Validator:
    """`validator(data, convert)` gives (data, errors): `errors` is a list of {path, message}, empty for valid data."""

    def __init__(self, schema: dict[str, Any], build: Callable[[], Callable[[Any], Any]]) -> None:
        self.schema = schema
        self._build = build
        self._run: Callable[[Any], Any] | None = None

    def __call__(self, data: Any, convert: bool = False) -> tuple[Any, list[dict[str, str]]]:  # noqa: FBT001  # as its callers write it
        if self._run is None:
            self._run = self._build()
        value = convert_text(self.schema, self.schema, data) if convert else data
        try:
            self._run(value)
        except (JsonSchemaValueException, JsonSchemaValuesException) as error:
            return value, [told for broken in error.errors for told in field_errors(broken)]
        except RecursionError:
            return value, [{"path": "", "message": "is nested too deeply"}]
        return strip([self.schema], self.schema, value), []


def field_errors(broken: JsonSchemaValueException) -> list[dict[str, str]]:
    """A broken rule as {path, message}; one for each property that is missing."""
    path = broken.name.removeprefix("data").replace("[", ".").replace("]", "").removeprefix(".")
    if broken.rule == "required":
        missing = [name for name in broken.definition["required"] if name not in broken.value]
        return [{"path": f"{path}.{name}" if path else name, "message": "is required"} for name in missing]
    return [{"path": path, "message": broken.message.removeprefix(broken.name).strip()}]


def convert_text(schema: Any, root: dict[str, Any], value: Any) -> Any:
    """Text where the schema wants a number or a boolean becomes one; query strings carry nothing else. Alternatives (anyOf, oneOf) are left alone."""
    for part in unfold([schema], root, ("allOf",)):
        if isinstance(value, str):
            value = convert_one(part.get("type"), value)
        elif isinstance(value, dict):
            known = part.get("properties", {})
            value = {key: convert_text(known[key], root, child) if key in known else child for key, child in value.items()}
        elif isinstance(value, list) and isinstance(part.get("items"), dict):
            value = [convert_text(part["items"], root, child) for child in value]
    return value


def convert_one(types: Any, text: str) -> Any:
    """`"5"` -> 5 for a number, `"true"` -> True for a boolean; text that is neither stays as it is, to be refused by the schema."""
    types = types if isinstance(types, list) else [types]
    if "string" in types:
        return text
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    digits = text[1:] if text[:1] == "-" else text
    if ("integer" in types or "number" in types) and digits.isascii() and digits.isdigit() and len(digits) <= 4000:
        return int(text)
    if "number" in types and digits[:1].isdigit() and digits.isascii() and "_" not in text:
        try:
            number = float(text)
        except ValueError:
            return text
        return number if number - number == 0 else text
    return text


def strip(schemas: list[Any], root: dict[str, Any], value: Any) -> Any:
    """The value without keys that no schema names, wherever a schema names keys at all and none says `additionalProperties`."""
    parts = unfold(schemas, root, ("allOf", "anyOf", "oneOf", "if", "then", "else"))
    if isinstance(value, list):
        return [strip(item_schemas(parts, number), root, child) for number, child in enumerate(value)]
    if not isinstance(value, dict):
        return value
    is_closed = any("properties" in part or "patternProperties" in part for part in parts)
    kept = {}
    for key, child in value.items():
        named, is_known = key_schemas(parts, key)
        if is_known or not is_closed:
            kept[key] = strip(named, root, child)
    return kept


def key_schemas(parts: list[dict[str, Any]], key: str) -> tuple[list[Any], bool]:
    """(schemas of a key's value, whether any schema knows the key)."""
    found: list[Any] = []
    is_known = False
    for part in parts:
        own = [part["properties"][key]] if key in part.get("properties", ()) else []
        if part.get("patternProperties"):
            import re

            own += [child for pattern, child in part["patternProperties"].items() if re.search(pattern, key)]
        extra = part.get("additionalProperties", False)
        if not own and extra is not False:
            own = [extra]
        is_known = is_known or bool(own)
        found += own
    return found, is_known


def item_schemas(parts: list[dict[str, Any]], number: int) -> list[Any]:
    """Schemas of an array's member."""
    found = []
    for part in parts:
        items = part.get("items")
        if isinstance(items, list):
            items = items[number] if number < len(items) else part.get("additionalItems")
        found.append(items)
    return found


def unfold(schemas: list[Any], root: dict[str, Any], words: tuple[str, ...]) -> list[dict[str, Any]]:
    """The schemas, those they refer to, and those they combine under `words`; booleans say nothing about keys and are left out."""
    found: list[dict[str, Any]] = []
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop(0)
        if not isinstance(schema, dict) or any(schema is known for known in found):
            continue
        found.append(schema)
        if "$ref" in schema:
            waiting.append(resolve(root, schema["$ref"]))
            continue
        for word in words:
            inner = schema.get(word)
            waiting += inner if isinstance(inner, list) else [inner]
    return found


def resolve(root: Any, reference: str) -> Any:
    """The schema at `#/definitions/x`; references of other forms are followed by the compiled code alone."""
    found = root
    for part in reference.partition("#")[2].split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found[int(name)] if isinstance(found, list) else found.get(name, {})
    return found
