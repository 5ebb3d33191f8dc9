"""A new state takes over gradually: of each function that changed, the alias gives a part of the calls to the new version.

Each step is a state of the stacks like any other, made by CloudFormation: killed anywhere, the command is run again and goes on. Only when no alarm
was raised in the stated time do all calls, and with them the pages, go to the new state; else the old versions get all calls back. Rights and tables
are those of the new state from the beginning, so a change of them has to suit both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from deep.errors import Problem, RefusedError
from deep.provision.applying import Pace
from deep.provision.changes import Templates
from deep.provision.cloud import StoredObject
from deep.provision.compiled import Compiled
from deep.provision.deploy import Deployed, Deployer, Pages, Step
from deep.provision.release import Release
from deep.provision.resources.green_alarm import green_alarm, green_alarm_name
from deep.provision.resources.versions import version_number, version_of
from deep.provision.stacks import Stacks, compile_stacks
from deep.provision.template import Resource, Template

POLL_S = 15.0


class Alarms(Protocol):
    def raised(self, names: Sequence[str]) -> Sequence[str]:
        """Those of these alarms that are in the state ALARM."""


@dataclass(frozen=True, slots=True)
class Gradually:
    """`weight`: the part of the calls that the new versions get meanwhile, between 0 and 1; `watch_s`: for how long alarms are watched."""

    weight: float
    watch_s: float


@dataclass(frozen=True, slots=True)
class Between:
    """The stacks while old and new versions share the calls. `alarms` are names; none where no function changed."""

    stacks: Stacks
    alarms: tuple[str, ...]


def between(release: Release, before: Templates, weight: float) -> Between:
    """The state between what stands and the release. With the weight 0 the old versions have all calls, and no alarm is needed."""
    alarms: list[str] = []

    def revised(name: str, template: Template) -> Template:
        old = before.get(name, {}).get("Resources", {})
        shared = list(_shared(template, old))
        alarms.extend(green_alarm_name(_function_name(template, alias)) for alias, _ in shared)
        return _revised(template, old, shared, weight)

    stacks = compile_stacks(release, revised)
    return Between(stacks, tuple(alarms))


def _shared(template: Template, old: Mapping[str, Any]) -> Iterator[tuple[Resource, str]]:
    """Each alias that leads to another version than before, and the logical id of that version."""
    for resource in template.resources:
        if resource.type == "AWS::Lambda::Alias" and resource.logical_id in old:
            version = version_of(old[resource.logical_id]["Properties"])
            if version != version_of(resource.properties):
                yield resource, version


def _revised(template: Template, old: Mapping[str, Any], shared: Sequence[tuple[Resource, str]], weight: float) -> Template:
    resources = {resource.logical_id: resource for resource in template.resources}
    for alias, version in shared:
        resources[version] = Resource(version, old[version]["Type"], old[version]["Properties"])
        new = version_of(alias.properties)
        green = {"FunctionVersion": version_number(new), "FunctionWeight": weight}
        routing = {"RoutingConfig": {"AdditionalVersionWeights": [green]}} if weight else {}
        resources[alias.logical_id] = replace(alias, properties={**alias.properties, "FunctionVersion": version_number(version), **routing})
        if weight:
            alarm = green_alarm(alias.logical_id, _function_name(template, alias), new)
            resources[alarm.logical_id] = alarm
    return replace(template, resources=tuple(resources.values()))


def _function_name(template: Template, alias: Resource) -> str:
    wanted = alias.properties["FunctionName"]["Ref"]
    return str(next(one.properties["FunctionName"] for one in template.resources if one.logical_id == wanted))


class Publisher:
    """Lets a release take over gradually. `step` is told what happens."""

    def __init__(self, deployer: Deployer, alarms: Alarms, step: Step, pace: Pace | None = None) -> None:
        self._deployer = deployer
        self._alarms = alarms
        self._step = step
        self._pace = pace or Pace()

    def publish(self, work: tuple[Compiled, Sequence[StoredObject], Pages | None], before: Templates, how: Gradually) -> Deployed:
        """Brings the cloud to the release. `work` is what a deploy takes, `before` what stands.

        Raises RefusedError (`alarm`) when a new version failed: the old ones have all calls again then.
        """
        compiled, packages, _ = work
        made = between(compiled.release, before, how.weight)
        if how.weight < 1 and made.alarms:
            self._step(f"{how.weight:.0%} of the calls go to the new versions of {len(made.alarms)} functions")
            self._deployer.deploy(compiled, packages, None, made.stacks)
            if raised := self._watched(made.alarms, how.watch_s):
                self._step("giving all calls back to the old versions")
                self._deployer.deploy(compiled, packages, None, between(compiled.release, before, 0).stacks)
                raise _failed(raised)
        return self._deployer.deploy(*work)

    def _watched(self, names: Sequence[str], watch_s: float) -> Sequence[str]:
        """Alarms that are raised within this time, as soon as there are any."""
        deadline = self._pace.clock() + watch_s
        self._step(f"watching {len(names)} alarms for {watch_s / 60:g} minutes")
        while not (raised := self._alarms.raised(names)) and (left := deadline - self._pace.clock()) > 0:
            self._pace.sleep(min(POLL_S, left))
        return raised


def _failed(raised: Sequence[str]) -> RefusedError:
    help_ = "the old versions answer all calls again; see the functions' logs, mend the cause and publish again"
    return RefusedError(Problem("alarm", f"new versions failed: {', '.join(raised)}", help=help_))
