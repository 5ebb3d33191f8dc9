"""The tables of an app's models, as DynamoDB's `CreateTable` wants them."""

from __future__ import annotations

from typing import Any

from deep.bundle.function import model_table_name
from deep.bundle.target import Target
from deep.model import App, Index, Model

KEY = "Id"
OWNER = "Owner"
_ATTRIBUTE_TYPES = {"number": "N", "binary": "B"}
"""DynamoDB's type of a key field by DEEP's; all others are text."""


def table_definitions(app: App, target: Target) -> tuple[dict[str, Any], ...]:
    """A definition per model: keyed by `Id`, paid by request, with a global secondary index (all attributes) for each index of the model.

    Of an own model, table and indexes are keyed by `Owner` first: one identity's items lie together, and no index leads to another's.
    """
    return tuple(_definition(model_table_name(app, model, target), model) for model in app.models)


def _definition(name: str, model: Model) -> dict[str, Any]:
    schemas = {index.name: _index_schema(model, index) for index in model.indexes}
    table_schema = _key_schema(OWNER, KEY) if model.own else _key_schema(KEY, None)
    keys = [key["AttributeName"] for schema in (table_schema, *schemas.values()) for key in schema]
    definition: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": _attribute_type(model, field)} for field in dict.fromkeys(keys)],
        "KeySchema": table_schema,
    }
    if model.indexes:
        definition["GlobalSecondaryIndexes"] = [_index(name, schema) for name, schema in schemas.items()]
    return definition


def _index(name: str, schema: list[dict[str, str]]) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}


def _index_schema(model: Model, index: Index) -> list[dict[str, str]]:
    """An own model's index orders the owner's items by its partition field; its `sort` is served by a filter."""
    return _key_schema(OWNER, index.partition) if model.own else _key_schema(index.partition, index.sort)


def _key_schema(partition: str, sort: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort is not None else keys


def _attribute_type(model: Model, field: str) -> str:
    return _ATTRIBUTE_TYPES.get(str(model.fields.get(field)), "S")
