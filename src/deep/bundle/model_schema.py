"""The JSON Schemas of an app, by name. A model is one too, so that inputs can be validated by a model's name (`deep-2016` 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deep.bundle.function import plain
from deep.model import App, Model

PATTERNS = {
    "date": r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([Tt]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?",
    "email": r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+",
    "website": r"[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]+([/?#]\S*)?",
    "uuid": r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
}
"""The texts of each textual type, as `deep.runtime.fields` has them (a test compares the two; neither half may import the other)."""

_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


def schemas_of(app: App) -> dict[str, dict[str, Any]]:
    """Each model under its own name, and `Data/Validation/*.json`, which win."""
    models = {model.name: plain(model_schema(model)) for model in app.models}
    return models | {validation.name: plain(validation.schema) for validation in app.validations}


def model_schema(model: Model) -> dict[str, Any]:
    """All fields optional, null meaning absent and empty text allowed; what the model does not name is stripped, unless the model is open.

    `Id`, `createdAt` and `updatedAt` may be sent, because callers send items back as they got them; tables ignore them in data.
    """
    implicit = {"Id": {"type": ["string", "null"]}, "createdAt": _textual("date"), "updatedAt": _textual("date")}
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **_object(model.fields), "type": "object"}
    schema["properties"] = {**implicit, **schema["properties"]}
    if model.settings.get("open") or not model.fields:
        schema["additionalProperties"] = True
    return schema


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": {field: _field(kind) for field, kind in fields.items()}}


def _field(kind: Any) -> dict[str, Any]:
    return _object(kind) if isinstance(kind, Mapping) else _SCHEMAS[kind]


def _textual(kind: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "pattern": f"^({PATTERNS[kind]})?$"}


def _array(member: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": member}


_BINARY = {"type": "string", "pattern": _BASE64, "contentEncoding": "base64"}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": ["string", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "date": _textual("date"),
    "email": _textual("email"),
    "website": _textual("website"),
    "uuid": _textual("uuid"),
    "timeUUID": _textual("uuid"),
    "map": {"type": ["object", "null"]},
    "mapSet": _array({"type": "object"}),
    "binary": {**_BINARY, "type": ["string", "null"]},
    "stringSet": _array({"type": "string"}),
    "numberSet": _array({"type": "number"}),
    "binarySet": _array(_BINARY),
}
