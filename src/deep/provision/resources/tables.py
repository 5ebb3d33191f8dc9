"""DynamoDB tables, one a model: paid by use, recoverable for 35 days, and never deleted with their stack.

While rows are moved to other keys, a model has two of them, and a tag on one says which is whole: see `deep.provision.states.moves`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from deep.bundle.tables import table_definitions
from deep.model import Model
from deep.provision.release import Release, logical
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Fragment, Resource

TABLE = "AWS::DynamoDB::Table"
MARK = "deep:rows"
"""A tag: what is to be known of a table's rows while they are moved, and when they have been."""
ARRIVING = "arriving "
"""Followed by what names the deploy that copies rows there."""
LEFT = "left "
"""Followed by the day, in ISO 8601."""
KEPT_DAYS = 30
"""For how long at least a table is to be kept that rows have left."""


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


def mark_of(properties: Mapping[str, Any]) -> str:
    """What the tag of a table with these properties says; nothing of one without."""
    return next((str(tag["Value"]) for tag in properties.get("Tags", ()) if tag["Key"] == MARK), "")


def marked(table: Resource, mark: str) -> Resource:
    """The table with this tag, or, with an empty one, without."""
    tags = [tag for tag in table.properties.get("Tags", ()) if tag["Key"] != MARK]
    return replace(table, properties={**table.properties, "Tags": [*tags, {"Key": MARK, "Value": mark}] if mark else tags})


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
