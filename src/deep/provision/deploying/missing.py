"""What somebody deleted by hand. CloudFormation takes it for standing and leaves it alone, so a deploy looks for itself.

Looking costs one request: what is there bears the app's tags. Tags of what is new are told late, so CloudFormation is asked about what seems missing.
Source: Resource Groups Tagging API Reference, `GetResources`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from deep.errors import Problem, RefusedError
from deep.names import CloudNames
from deep.provision.account.cloud import Cloud
from deep.provision.account.drift import Detector, drift_of
from deep.provision.changes import Templates
from deep.provision.checks.finding import TOP, Found, listed, resources
from deep.provision.checks.references import PHYSICAL
from deep.provision.pace import Pace
from deep.provision.parts import Keeping
from deep.provision.release import Release
from deep.provision.stacks import Stacks, compile_stacks
from deep.provision.template import referred

Missing = Mapping[str, frozenset[str]]
"""Logical ids by the template that has them, as `changes.Templates` calls it."""
NOTHING: Missing = {}
_ARNS: Mapping[str, Callable[[CloudNames, str], str]] = {
    "AWS::DynamoDB::Table": CloudNames.arn_of_table,
    "AWS::Lambda::Function": CloudNames.arn_of_function,
    "AWS::SQS::Queue": CloudNames.queue_arn,
}
"""Types that are looked for, and the ARNs that tags are told by."""


class Looker(Cloud, Detector, Protocol):
    """A cloud whose CloudFormation can be asked what was changed by hand."""


def deleted_by_hand(cloud: Looker, release: Release, standing: Templates, pace: Pace | None = None) -> Missing:
    """Functions, tables and queues that stacks have and the account has not; {} nearly always, and then at once."""
    if "app" not in standing:
        return {}
    there = set(cloud.tagged(release.tags))
    suspected = {one.stack for one in resources(standing, *_ARNS) if _arn(release, one) not in there}
    if not suspected:
        return {}
    names = {"data": f"{release.stem}-data", "app": release.stem, **cloud.nested(release.stem)}
    found = {stack: _deleted(cloud, names[stack], standing[stack], pace or Pace()) for stack in sorted(suspected)}
    return {stack: ids for stack, ids in found.items() if ids}


def refuse_unmendable(missing: Missing, standing: Templates) -> None:
    """Raises RefusedError (`deleted-by-hand`) for what no deploy can make anew: data, and what everything else stands on."""
    problems = [_problem(standing[name]["Resources"][one]) for name in TOP for one in sorted(missing.get(name, ()))]
    if problems:
        raise RefusedError(*problems)


def refuse_in_part(missing: Missing) -> None:
    """Raises RefusedError (`deleted-by-hand`): with a part alone, what is missing would leave the app for good."""
    if names := sorted(one for ids in missing.values() for one in ids):
        raise RefusedError(Problem("deleted-by-hand", f"{', '.join(names)} was deleted by hand", help="deploy the whole app: that makes it anew"))


def without(standing: Templates, missing: Missing) -> dict[str, dict[str, Any]]:
    """What stands, without what is missing and what refers to it: a deploy then makes both anew."""
    return {name: _without(template, missing.get(name, frozenset())) for name, template in standing.items()}


def mending(release: Release, left: Templates) -> Stacks:
    """The state that has only what is `left`: after it CloudFormation makes the rest anew, as it makes everything that is new."""
    stacks = compile_stacks(replace(release, keeping=Keeping(frozenset(), left)))
    return stacks.with_app(stacks.app.template, stacks.microapps)


def _deleted(cloud: Looker, stack: str, template: Mapping[str, Any], pace: Pace) -> frozenset[str]:
    looked_for = {name for name, one in template["Resources"].items() if one["Type"] in _ARNS}
    return frozenset(one.logical_id for one in drift_of(cloud, [stack], pace) if one.how == "deleted" and one.logical_id in looked_for)


def _without(template: Mapping[str, Any], gone: frozenset[str]) -> dict[str, Any]:
    made: Mapping[str, Any] = template["Resources"]
    while more := {name for name, one in made.items() if name not in gone and not gone.isdisjoint(_needs(one))}:
        gone |= more
    return {**template, "Resources": {name: one for name, one in made.items() if name not in gone}}


def _needs(resource: Mapping[str, Any]) -> set[str]:
    return {*referred(resource.get("Properties", {})), *listed(resource.get("DependsOn", []))}


def _arn(release: Release, found: Found) -> str:
    return _ARNS[found.type](release.names, found.properties[PHYSICAL[found.type]])


def _problem(resource: Mapping[str, Any]) -> Problem:
    name = resource["Properties"][PHYSICAL[resource["Type"]]]
    is_data = resource.get("DeletionPolicy") == "Retain"
    restore = "restore it under its name: aws dynamodb restore-table-to-point-in-time, or restore-table-from-backup; then deploy again"
    help_ = restore if is_data else "deepify undeploy, then deploy again: tables and users stay"
    return Problem("deleted-by-hand", f"{name} was deleted by hand", help=help_)
