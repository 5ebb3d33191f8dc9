"""The plan: all that a deploy would do, worked out before anything happens, without an account and without a network.

It is frozen data. A plan that was saved names what it was made from and for (`before`, `after`), so
that a deploy can carry out exactly this plan or refuse.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.provision.changes import Change, Templates, changes
from deep.provision.checks.check import refuse_faults
from deep.provision.compiled import Compiled
from deep.provision.planning.data_effects import DataEffect, data_effects
from deep.provision.planning.limits import refuse_excess
from deep.provision.planning.regions import refuse_region
from deep.provision.rights import RightsChange, rights_change

PLAN_VERSION = 1


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

    def as_json(self) -> dict[str, Any]:
        return {"planVersion": PLAN_VERSION, **asdict(self), "counted": counted(self.changes)}


def plan(compiled: Compiled, before: Templates) -> Plan:
    """What deploying a release does to an account that is as `before` says; {} where nothing is deployed yet.

    Raises RefusedError for templates that do not fit together (`checks`), or that AWS would not take (`limits`); UsageError for a region that there
    is not.
    """
    after, release = compiled.templates, compiled.release
    refuse_region(release.target.region)
    refuse_faults(after)
    refuse_excess(after, release.app.property.quotas)
    found = changes(before, after)
    owner, target = release.app.property.app_identifier, release.target
    between = (_digests(before), _digests(after))
    effects = tuple(data_effects(found, before, after))
    return Plan(owner, target.env, target.account_id, target.region, *between, found, rights_change(before, after), effects)


def counted(found: Collection[Change]) -> dict[str, int]:
    """How many resources are created, updated, replaced and deleted."""
    return {doing: sum(change.doing == doing for change in found) for doing in ("create", "update", "replace", "delete")}


def digest_of(templates: Any) -> str:
    """SHA-256, hex, of a template, or of several."""
    return sha256(json.dumps(templates, sort_keys=True).encode()).hexdigest()


def _digests(templates: Templates) -> dict[str, str]:
    return {name: digest_of(template) for name, template in templates.items()}


def refuse_losses(made: Plan, allowed: Collection[str]) -> None:
    """Raises RefusedError for every effect on data that was not allowed by name, and for those that nobody can allow."""
    losses = [effect for effect in made.data if effect.loses and (effect.impossible or effect.name not in allowed)]
    if losses:
        raise RefusedError(*map(_refusal, losses))


def _refusal(effect: DataEffect) -> Problem:
    if effect.impossible:
        return Problem(
            "keys-change",
            effect.message,
            help="deploy once with `own` as it is deployed: the rows go to a table whose name tells its keys; then change `own`",
        )
    return Problem("data-loss", effect.message, help=f"if it is meant: --allow-data-loss {effect.name}")
