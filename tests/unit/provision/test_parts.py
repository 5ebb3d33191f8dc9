"""A deploy of parts brings these up to date and leaves every other resource as it stands."""

from __future__ import annotations

from dataclasses import replace

from deep.model import Action
from deep.provision.changes import Templates
from deep.provision.compiled import compile_release
from deep.provision.parts import Keeping
from deep.provision.planning.plan import plan
from deep.provision.release import Release
from deep.provision.stacks import compile_stacks
from deep.provision.template import Template
from tests.fakes.apps import action_of
from tests.unit.provision.planning.test_plan import BEFORE, TODO, VISITORS, create, release

SWEEP: Action = action_of("sweep")
STANDING = compile_release(release(TODO, create("create"), SWEEP, VISITORS)).templates
AFTER = release(TODO, create("create"), SWEEP, VISITORS, code="second")


def keeping(*functions: str, standing: Templates = STANDING) -> Release:
    return replace(AFTER, keeping=Keeping(frozenset(functions), standing))


def changed(made: Release, before: Templates = STANDING) -> set[tuple[str, str]]:
    found = plan(compile_release(made), before).changes
    return {(change.logical_id, change.doing) for change in found if change.type != "AWS::Lambda::Version"}


def updated(*actions: str) -> set[tuple[str, str]]:
    """The functions of these actions, and which versions answer."""
    return {(f"{what}Task{action}", "update") for action in actions for what in ("Alias", "Function")}


def test_a_template_is_read_back_byte_for_byte() -> None:
    stacks = compile_stacks(BEFORE)
    for template in (*(stack.template for stack in stacks.in_order), *stacks.nested.values()):
        assert Template.of_json(template.as_json()).text() == template.text()


def test_the_chosen_function_alone_changes() -> None:
    """Parity 16."""
    assert changed(keeping("deep.todo:task:create")) == updated("Create")
    assert changed(keeping("deep.todo:task:sweep")) == updated("Sweep")


def test_versions_do_not_pile_up() -> None:
    made = compile_release(keeping("deep.todo:task:create")).templates["MicroappDeepTodo"]["Resources"]
    functions = [one["Properties"]["FunctionName"]["Ref"] for one in made.values() if one["Type"] == "AWS::Lambda::Version"]
    assert sorted(functions) == ["FunctionTaskCreate", "FunctionTaskSweep"]


def test_all_functions_of_a_microapplication_change() -> None:
    """Parity 13."""
    both = ("deep.todo:task:create", "deep.todo:task:sweep")
    assert changed(keeping(*both)) == updated("Create", "Sweep")


def test_with_no_function_chosen_nothing_changes() -> None:
    """Parity 16: as `--frontend` has it."""
    assert changed(keeping()) == set()


def test_a_function_that_is_new_comes_with_all_that_it_needs_and_nothing_else() -> None:
    standing = compile_release(release(TODO, create("create"), VISITORS)).templates
    made = changed(keeping("deep.todo:task:sweep", standing=standing), standing)
    assert {doing for _, doing in made} == {"create"}
    assert {"FunctionTaskSweep", "LogsTaskSweep"} <= {logical_id for logical_id, _ in made}
    assert not any("Create" in logical_id for logical_id, _ in made)
