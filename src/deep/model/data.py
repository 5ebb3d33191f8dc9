"""The data tier of a microapplication: models (tables), validation schemas, roles, migrations and fixtures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from deep.errors import Place
from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index of a table: its DynamoDB name (`Email-index`) and the fields it is keyed by."""

    name: str
    partition: str
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A table: `fields` maps a field to its type, or to a nested mapping of the same kind. `Id`, `createdAt` and `updatedAt` are implicit.

    `own` says that each identity has items of its own: the table is keyed by `Owner` and `Id`, and no identity reaches another's.
    `ttl` is the field that holds when an item ends, in seconds since 1970.
    `settings` holds what `_settings` declares, indexes aside, with every default filled in. `place` is the beginning of the file.
    """

    name: str
    fields: Mapping[str, Any]
    indexes: tuple[Index, ...]
    settings: Mapping[str, int]
    place: Place
    own: bool = False
    ttl: str | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """A JSON Schema (draft 7) that inputs are checked against, by the browser and by the function."""

    name: str
    schema: Mapping[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule of a role: `actions` are `microapp:resource:action`, `resources` are `microapp:resource`; `*` stands for any part if `wide`."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    wide: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Role:
    """Who may call what. The file's name is the role's: `authenticated`, `unauthenticated`, or a group of users.

    `precedence` decides which of several groups a user acts as: the lowest.
    """

    name: str
    version: str
    statements: tuple[Statement, ...]
    place: Place
    precedence: int | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """A change of data that is run once per environment, in the order of `version` (milliseconds since 1970, from the file's name)."""

    version: int
    path: Path


@dataclass(frozen=True, slots=True)
class Fixture:
    """Items to load into the table of `model`."""

    model: str
    path: Path
