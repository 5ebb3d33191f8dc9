"""The state between what stands and a release: all of both is there, and the versions of before answer.

It is compiled as every state is, from the release and from the templates that stand. Whatever fails on the way there, and as long as one likes after
it, the app is as it was: resources, rights and versions that the release has no more go with the last state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deep.frozen import dataclass
from deep.provision.changes import Templates
from deep.provision.resources.green_alarm import green_alarm, green_alarm_id, green_alarm_name
from deep.provision.resources.policies import keeping_rights
from deep.provision.resources.versions import ALIAS_TYPE, VERSION_TYPE, version_number, version_of
from deep.provision.stacks import Stacks, nested_keys
from deep.provision.template import Resource, Template

Moves = Mapping[str, str]
"""Logical ids of aliases that the release leads to another version, and of the version that each leads to before."""


@dataclass(frozen=True, slots=True)
class Between:
    """`alarms` are names: those of the new versions that have a part of the calls."""

    stacks: Stacks
    alarms: tuple[str, ...] = ()


def between(stacks: Stacks, before: Templates, weight: float = 0) -> Between | None:
    """The state in which new versions have this part of the calls. None where no function changes: then one change is enough."""
    moves = {name: _moves(template, before.get(name)) for name, template in stacks.microapps.items()}
    if not any(moves.values()):
        return None
    whole = {name: with_what_leaves(template, before.get(name)) for name, template in stacks.microapps.items()}
    shared = {name: _sharing(template, moves[name], weight) for name, template in whole.items()}
    root = with_what_leaves(stacks.app.template, before["app"])
    leaving = {name: Template.of_json(before[name]) for name in nested_keys(root) if name not in shared}
    alarms = (green_alarm_name(_function_name(whole[name], alias)) for name, aliases in moves.items() for alias in aliases)
    return Between(stacks.with_app(root, {**leaving, **shared}), tuple(alarms) if weight else ())


def _moves(template: Template, old: Mapping[str, Any] | None) -> Moves:
    standing = dict(_led_to(old)) if old else {}
    aliases = {one.logical_id: version_of(one.properties) for one in template.resources if one.type == ALIAS_TYPE}
    return {alias: standing[alias] for alias, version in aliases.items() if standing.get(alias, version) != version}


def _led_to(old: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each alias of a template, and the version that it leads to."""
    for name, one in old["Resources"].items():
        if one["Type"] == ALIAS_TYPE:
            yield name, version_of(one["Properties"])


def with_what_leaves(template: Template, old: Mapping[str, Any] | None) -> Template:
    """The template with what the one before has besides, and with the rights that its roles had."""
    if old is None:
        return template
    former, led_to = Template.of_json(old), dict(_led_to(old))
    gone = {green_alarm_id(alias) for alias in led_to} | {one.logical_id for one in template.resources}
    leaving = [one for one in former.resources if one.logical_id not in gone and (one.type != VERSION_TYPE or one.logical_id in led_to.values())]
    roles = [
        keeping_rights(one, old["Resources"][one.logical_id].get("Properties", {}))
        for one in template.resources
        if one.type == "AWS::IAM::Role" and one.logical_id in old["Resources"]
    ]
    return replace(template.having([*leaving, *roles]), parameters={**former.parameters, **template.parameters})


def _sharing(template: Template, moves: Moves, weight: float) -> Template:
    """The template whose aliases lead to the versions of before, but for a part of the calls."""
    made: list[Resource] = []
    for alias in template.resources:
        if (old := moves.get(alias.logical_id)) is not None:
            new = version_of(alias.properties)
            green = {"FunctionVersion": version_number(new), "FunctionWeight": weight}
            routing = {"RoutingConfig": {"AdditionalVersionWeights": [green]}} if weight else {}
            made.append(replace(alias, properties={**alias.properties, "FunctionVersion": version_number(old), **routing}))
            made += [green_alarm(alias.logical_id, _function_name(template, alias.logical_id), new)] if weight else []
    return template.having(made)


def _function_name(template: Template, alias_id: str) -> str:
    resources = {one.logical_id: one for one in template.resources}
    return str(resources[resources[alias_id].properties["FunctionName"]["Ref"]].properties["FunctionName"])
