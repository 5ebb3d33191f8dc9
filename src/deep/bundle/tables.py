"""The tables of an app's models, as DynamoDB's `CreateTable` wants them."""

from __future__ import annotations

from typing import Any

from deep.bundle.function import model_table_name
from deep.bundle.target import Target
from deep.model import App, Index, Model

KEY = "Id"
_ATTRIBUTE_TYPES = {"number": "N", "binary": "B"}
"""DynamoDB's type of a key field by DEEP's; all others are text."""


def table_definitions(app: App, target: Target) -> tuple[dict[str, Any], ...]:
    """A definition per model: keyed by `Id`, paid by request, with a global secondary index (all attributes) for each index of the model."""
    return tuple(_definition(model_table_name(app, model, target), model) for model in app.models)


def _definition(name: str, model: Model) -> dict[str, Any]:
    keys = [KEY, *(field for index in model.indexes for field in (index.partition, index.sort) if field is not None)]
    definition: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": _attribute_type(model, field)} for field in dict.fromkeys(keys)],
        "KeySchema": _key_schema(KEY, None),
    }
    if model.indexes:
        definition["GlobalSecondaryIndexes"] = [_index(index) for index in model.indexes]
    return definition


def _index(index: Index) -> dict[str, Any]:
    return {"IndexName": index.name, "KeySchema": _key_schema(index.partition, index.sort), "Projection": {"ProjectionType": "ALL"}}


def _key_schema(partition: str, sort: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort is not None else keys


def _attribute_type(model: Model, field: str) -> str:
    return _ATTRIBUTE_TYPES.get(str(model.fields.get(field)), "S")
