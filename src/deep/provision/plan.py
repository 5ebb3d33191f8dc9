"""The plan: all that a deploy would do, worked out before anything happens, without an account and without a network.

It is frozen data. A plan that was saved names what it was made from and for (`before`, `after`), so
that a deploy can carry out exactly this plan or refuse.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from deep.errors import Problem, RefusedError
from deep.provision.changes import Change, Templates, changes, templates_of
from deep.provision.checks.check import refuse_faults
from deep.provision.release import Release
from deep.provision.rights import RightsChange, rights_change
from deep.provision.stacks import compile_stacks

PLAN_VERSION = 1


@dataclass(frozen=True, slots=True)
class DataEffect:
    """What becomes of something that holds people's data. `name` is what is typed to allow it; `loses`: rows or users would be gone from the app."""

    name: str
    message: str
    loses: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """`before` and `after` are digests of both states, stack by stack: the plan holds only between these two."""

    app: str
    env: str
    account: str
    region: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    changes: tuple[Change, ...]
    rights: RightsChange
    data: tuple[DataEffect, ...]

    @property
    def is_empty(self) -> bool:
        return not self.changes

    def counted(self) -> Mapping[str, int]:
        """How many resources are created, updated, replaced and deleted."""
        return {doing: sum(change.doing == doing for change in self.changes) for doing in ("create", "update", "replace", "delete")}

    def as_json(self) -> dict[str, Any]:
        return {"planVersion": PLAN_VERSION, **asdict(self), "counted": dict(self.counted())}


def plan(release: Release, before: Templates) -> Plan:
    """What deploying `release` does to an account that is as `before` says; {} where nothing is deployed yet.

    Raises RefusedError for templates that do not fit together (`checks`).
    """
    after = templates_of(compile_stacks(release))
    refuse_faults(after)
    found = changes(before, after)
    owner, target = release.app.property.app_identifier, release.target
    between = (_digests(before), _digests(after))
    effects = tuple(_effects(found, before))
    return Plan(owner, target.env, target.account_id, target.region, *between, found, rights_change(before, after), effects)


def digest_of(templates: Any) -> str:
    """SHA-256, hex, of a template, or of several."""
    return sha256(json.dumps(templates, sort_keys=True).encode()).hexdigest()


def _digests(templates: Templates) -> dict[str, str]:
    return {name: digest_of(template) for name, template in templates.items()}


def refuse_losses(made: Plan, allowed: Collection[str]) -> None:
    """Raises RefusedError for every effect on data that was not allowed by name."""
    losses = [effect for effect in made.data if effect.loses and effect.name not in allowed]
    if losses:
        raise RefusedError(*(Problem("data-loss", effect.message, help=f"if it is meant: --allow-data-loss {effect.name}") for effect in losses))


def _effects(found: tuple[Change, ...], before: Templates) -> list[DataEffect]:
    effects = []
    for change in found:
        if change.holds_data and change.doing in ("replace", "delete"):
            name = _name(before[change.stack]["Resources"][change.logical_id], change.logical_id)
            effects.append(_effect(change, name))
    return effects


def _effect(change: Change, name: str) -> DataEffect:
    if change.doing == "delete":
        return DataEffect(name, f"{name} is no longer part of the app: it is kept in the account, and the app no longer reads it", loses=True)
    changed = ", ".join(change.properties)
    message = f"{name} would be made anew, because {changed} cannot be changed in place: the app would begin with an empty one"
    return DataEffect(name, message, loses=True)


def _name(resource: Mapping[str, Any], logical_id: str) -> str:
    properties = resource.get("Properties", {})
    named = (properties.get(key) for key in ("TableName", "UserPoolName", "IdentityPoolName", "ClientName", "BucketName"))
    return next((name for name in named if isinstance(name, str)), logical_id)
