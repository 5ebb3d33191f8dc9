"""DynamoDB tables, one a model: paid by use, recoverable for 35 days, and never deleted with their stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deep.bundle.tables import table_definitions
from deep.model import Model
from deep.provision.release import Release, logical
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Fragment, Resource

TABLE = "AWS::DynamoDB::Table"


def tables(release: Release) -> Fragment:
    """A table for each model of the app, defined as the local platform defines it."""
    definitions = table_definitions(release.app, release.target)
    return Fragment(tuple(_table(release, model, definition) for model, definition in zip(release.app.models, definitions, strict=True)))


def table_id(model: str, *, own: bool = False) -> str:
    """The logical id of a model's table: like its name, it tells the table's keys."""
    return logical("OwnTable" if own else "Table", model)


def other_table_id(logical_id: str) -> str:
    """The logical id of the table that the model has when it becomes `own`, or is no longer."""
    return logical_id.removeprefix("Own") if logical_id.startswith("OwnTable") else f"Own{logical_id}"


def _table(release: Release, model: Model, definition: Mapping[str, Any]) -> Resource:
    properties: dict[str, Any] = {
        **definition,
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "Tags": tag_list(release),
    }
    if model.ttl is not None:
        properties["TimeToLiveSpecification"] = {"AttributeName": model.ttl, "Enabled": True}
    return Resource(table_id(model.name, own=model.own), TABLE, properties, keeps_data=True)
