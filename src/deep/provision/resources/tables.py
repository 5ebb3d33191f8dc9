"""DynamoDB tables, one a model: paid by use, recoverable for 35 days, and never deleted with their stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deep.bundle.tables import table_definitions
from deep.provision.release import Release, logical
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Fragment, Resource


def tables(release: Release) -> Fragment:
    """A table for each model of the app, defined as the local platform defines it."""
    definitions = table_definitions(release.app, release.target)
    models = [model.name for model in release.app.models]
    return Fragment(tuple(_table(release, model, definition) for model, definition in zip(models, definitions, strict=True)))


def table_id(model: str) -> str:
    """The logical id of a model's table."""
    return logical("Table", model)


def _table(release: Release, model: str, definition: Mapping[str, Any]) -> Resource:
    properties = {
        **definition,
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "Tags": tag_list(release),
    }
    return Resource(table_id(model), "AWS::DynamoDB::Table", properties, keeps_data=True)
