"""The `validation` service: input against schemas (`deep-2016` 2.7).

Schemas by name were compiled when the app was packaged (`_validators.py`), so nothing is interpreted here.
"""

from __future__ import annotations

from deep.runtime import fields
from deep.runtime.exceptions import InvalidArgumentError, ValidationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from deep.runtime.deployment import Deployment

    Schema = str | dict[str, Any] | Callable[[Any], Any]


class Validation:
    """Validates by schema name, by a model-like dict, or by a function."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def has_schema(self, name: str) -> bool:
        return name in self._deployment.validators

    def validate(self, schema: Schema, data: Any, *, convert: bool = False) -> Any:
        """The data as the schema leaves it: without unknown keys and, with `convert`, with numbers and booleans made from text.

        `schema` is a name (`Data/Validation/<name>.json`, or a model), a dict of field types as a model's (`{"Title": "string"}`), or a function that
        gives the data back or raises. Raises ValidationError naming every field, InvalidArgumentError for an unknown name.
        """
        if callable(schema):
            return schema(data)
        if isinstance(schema, dict):
            return fields.check(schema, data)
        validator = self._deployment.validators.get(schema)
        if validator is None:
            known = ", ".join(self._deployment.validators) or "none"
            raise InvalidArgumentError(f"there is no validation schema {schema!r}; known are {known}")
        cleaned, errors = validator(data, convert)
        if errors:
            raise ValidationError(errors)
        return cleaned
