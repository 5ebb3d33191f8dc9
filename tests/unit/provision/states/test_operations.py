"""CloudFormation changes so many resources at once: an app that has more is made, changed and taken away in several operations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from deep.model.app import Quotas
from deep.provision.changes import Templates, templates_of
from deep.provision.checks.check import findings
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.gradual import Gradually, way_to
from deep.provision.deploying.undeploy import Undeployer
from deep.provision.pace import Pace
from deep.provision.planning.plan import plan
from deep.provision.planning.plan_text import plan_lines
from deep.provision.release import Package, Release
from deep.provision.stacks import Stacks, nested_keys
from deep.provision.states.operations import MOST_AT_ONCE, operations, removals
from deep.provision.template import Template
from tests.fakes.apps import action_of, app_of
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.resources.test_policies import large_app
from tests.unit.provision.test_stacks import release

QUICK = Pace(sleep=lambda _: None)


@cache
def large(microapps: int = 40, code: str = "first", called: str = "action") -> Stacks:
    """An app of thirteen actions in each microapplication."""
    return compile_release(large_release(microapps, code, called)).stacks


def large_release(microapps: int = 40, code: str = "first", called: str = "action") -> Release:
    app = large_app(microapps, 13, called=called)
    return replace(release(app), packages={action.identifier: Package(f"functions/{code}.zip") for action in app.actions})


def resources(templates: Templates) -> Mapping[tuple[str, str], Any]:
    """Of the app's stack and those nested in it, by stack and logical id."""
    app = {name: one for name, one in templates.items() if name not in ("store", "data")}
    return {(stack, name): resource for stack, one in app.items() for name, resource in one["Resources"].items()}


def touched(before: Templates, after: Templates) -> int:
    """How many resources an operation creates, updates or deletes."""
    old, new = resources(before), resources(after)
    return sum(old.get(name) != new.get(name) for name in old.keys() | new.keys())


def assert_leads(before: Templates, states: tuple[Stacks, ...]) -> None:
    """Every state is one that CloudFormation can be given, and no step to the next is too large.

    Roles may speak of functions before these are there: names are computed.
    """
    told = [before, *map(templates_of, states)]
    assert all(0 < touched(one, other) <= MOST_AT_ONCE for one, other in pairwise(told))
    assert [found for one in told[1:] for found in findings(one) if "speaks of" not in found.message] == []
    assert findings(told[-1]) == ()


def test_what_fits_is_one_operation() -> None:
    small = compile_release(release(app_of(action_of("create")))).stacks
    assert operations({}, small) == (small,)
    assert operations(templates_of(small), small) == (small,)


def test_five_hundred_actions_are_made_in_operations_that_cloudformation_takes() -> None:
    wanted = large()
    states = operations({}, wanted)
    assert len(states) == 2
    assert states[-1] is wanted
    assert_leads({}, states)


def test_an_interrupted_row_of_operations_goes_on_where_it_was_left() -> None:
    wanted = large()
    first, last = operations({}, wanted)
    assert operations(templates_of(first), wanted) == (last,)
    assert [len(parts) for parts in way_to(wanted, templates_of(first)).operations] == [1]


@pytest.mark.parametrize("how", [None, Gradually(0.1, 60)])
def test_new_code_for_all_of_them_goes_by_states_that_can_be_reached(how: Gradually | None) -> None:
    before, wanted = templates_of(large()), large(code="second")
    way = way_to(wanted, before, how)
    assert [len(parts) for parts in way.operations] == [1] * (3 if how else 2)
    assert_leads(before, tuple(state for parts in way.operations for state in parts))


def test_an_app_that_becomes_another_goes_by_way_of_both() -> None:
    """Its microapplications stay, and every action of theirs is another."""
    before, wanted = templates_of(large(20)), large(20, called="other")
    way = way_to(wanted, before)
    assert [len(parts) for parts in way.operations] == [2]
    assert_leads(before, tuple(state for parts in way.operations for state in parts))


def test_microapplications_that_leave_are_the_last_to_change() -> None:
    before, wanted = templates_of(large(40)), large(8, code="second")
    way = way_to(wanted, before)
    *_, (*first, _) = way.operations
    assert_leads(before, tuple(state for parts in way.operations for state in parts))
    assert all(len(state.microapps) > 8 for state in first)


def test_what_is_taken_away_in_parts_fits_at_last_into_one_deletion() -> None:
    standing = templates_of(large())
    (part,) = removals(standing)
    left = nested_keys(part)
    assert len(part.resources) + sum(len(standing[name]["Resources"]) for name in left) <= MOST_AT_ONCE
    assert sum(len(standing[name]["Resources"]) + 1 for name in nested_keys(Template.of_json(standing["app"])).keys() - left) <= MOST_AT_ONCE
    assert removals(templates_of(large(10))) == ()


class Watched(FakeCloud):
    """Keeps how many resources each operation on the app's stack touched."""

    def __init__(self, stack: str) -> None:
        super().__init__()
        self.touched: list[int] = []
        self._watched = stack

    def _standing(self) -> Templates:
        app = json.loads(self.templates[self._watched]) if self._watched in self.stacks and self._watched in self.templates else {"Resources": {}}
        return {"app": app, **{name: json.loads(self.templates[stack]) for name, stack in self.nested(self._watched).items()}}

    def execute(self, stack: str, name: str) -> None:
        before = self._standing()
        super().execute(stack, name)
        if stack == self._watched:
            self.touched.append(touched(before, self._standing()))

    def delete_stack(self, name: str) -> None:
        if name == self._watched:
            self.touched.append(len(resources(self._standing())))
        super().delete_stack(name)


def test_an_account_is_never_asked_for_more_than_it_does() -> None:
    """Made, changed and taken away; in words that tell why it takes so long."""
    first = large_release()
    cloud, told = Watched(first.stem), list[str]()
    for made in (first, first, large_release(code="second")):
        Deployer(cloud, told.append, QUICK).deploy(compile_release(made), (), None)
    Undeployer(cloud, told.append, QUICK).undeploy(first)
    assert all(0 < one <= MOST_AT_ONCE for one in cloud.touched), cloud.touched
    assert len(cloud.touched) == 6
    assert first.stem not in cloud.stacks
    assert [line for line in told if "resources at once" in line] == [
        "operation 1 of 2: CloudFormation changes 2,500 resources at once",
        "operation 2 of 2: CloudFormation changes 2,500 resources at once",
        f"deleting a part of {first.stem}: CloudFormation deletes 2,500 resources at once",
    ]


def test_the_plan_says_that_it_takes_several_operations() -> None:
    def says_so(microapps: int) -> bool:
        made = large_release(microapps)
        app = replace(made.app, property=replace(made.app.property, quotas=Quotas(routes=400)))
        return any("several operations" in line for line in plan_lines(plan(compile_release(replace(made, app=app)), {})))

    assert [says_so(microapps) for microapps in (18, 23)] == [False, True]
