"""cfn-lint, with the resource schemas of CloudFormation, finds nothing in what is sent there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deep.model import App, Model, Role, Statement, Uses, load_app
from deep.provision.changes import templates_of
from deep.provision.compiled import compile_release
from deep.provision.states.between import between
from tests.fakes.apps import HERE, action_of, app_of, opted_in
from tests.generated.property import write_property
from tests.judges.apps import APPS
from tests.judges.judge import TemplateLinter, TemplateScanner
from tests.judges.skipped import OPTED_IN, SKIPPED
from tests.unit.provision.checks.faults import FAULTS, templates
from tests.unit.provision.test_stacks import release


def found_in(linter: TemplateLinter, app: App) -> dict[str, list[str]]:
    made = compile_release(release(app)).templates
    return dict(zip(made, linter.findings([json.dumps(template) for template in made.values()]), strict=True))


def test_nothing_is_wrong_with_any_app(judged: App, template_linter: TemplateLinter) -> None:
    found = found_in(template_linter, judged)
    assert [told for told in found.values() if told] == []


def test_nothing_is_wrong_with_pages_alone(template_linter: TemplateLinter) -> None:
    found = found_in(template_linter, load_app(APPS / "root", environ={}))
    assert [told for told in found.values() if told] == []


def test_nothing_is_wrong_with_an_app_of_several_apis(template_linter: TemplateLinter, tmp_path: Path) -> None:
    """Of 500 actions, with all that one can opt in to: the template that has the APIs, and of those that are given one the largest."""
    app = opted_in(load_app(write_property(tmp_path / "app", actions=500), environ={}))
    made = compile_release(release(app)).templates
    assert {"Api", "Api2", "Api3"} <= made["app"]["Resources"].keys()
    largest = max(made.values(), key=lambda template: len(template["Resources"]))
    assert template_linter.findings([json.dumps(template) for template in (made["app"], largest)]) == [[], []]


def test_nothing_is_wrong_with_what_one_can_opt_in_to(template_linter: TemplateLinter, template_scanner: TemplateScanner) -> None:
    app = opted_in(load_app(APPS / "todo", environ={}))
    assert [told for told in found_in(template_linter, app).values() if told] == []
    made = compile_release(release(app)).templates
    found = template_scanner.findings([json.dumps(template) for template in made.values()])
    assert {one.partition(":")[0] for told in found for one in told} == {*SKIPPED, *OPTED_IN} - {"CKV_AWS_68"}


@pytest.mark.parametrize("weight", [0, 0.1])
def test_nothing_is_wrong_with_the_state_between_two_releases(template_linter: TemplateLinter, weight: float) -> None:
    """Of one that has all that one can opt in to, a group, a schedule and more rights, and one that has not."""
    may = Statement("Allow", ("deep.todo:task:create",), ("deep.todo:task",), False, HERE)
    create = action_of("create", declared_uses=Uses({"Todo": frozenset({"create", "list"})}, (), (), HERE))
    todo, editors = Model("Todo", {"Title": "string"}, (), {}, HERE), Role("editors", "2015-10-07", (may,), HERE)
    rich = opted_in(app_of(todo, create, action_of("sweep", cron="0 6 * * ? *"), editors))
    plain = app_of(todo, replace(create, memory_mb=256, declared_uses=Uses({}, (), (), HERE)))
    found = between(compile_release(release(plain)).stacks, compile_release(release(rich)).templates, weight)
    assert found is not None
    made = templates_of(found.stacks)
    assert {"GroupEditors", "FunctionTaskSweep"} <= {name for template in made.values() for name in template["Resources"]}
    assert [told for told in template_linter.findings([json.dumps(template) for template in made.values()]) if told] == []


def test_the_linter_takes_most_slips_for_good(template_linter: TemplateLinter) -> None:
    """Which is why there are checks of our own: of the slips that these find, a linter of one template sees few."""
    faulty = [fault.made_in(templates())[fault.stack] for fault in FAULTS.values()]
    found = template_linter.findings([json.dumps(template) for template in faulty])
    seen = {name for name, told in zip(FAULTS, found, strict=True) if told}
    assert {"Ref of nothing", "DependsOn of nothing"} <= seen
    assert len(seen) < len(FAULTS) / 2


def test_a_scanner_finds_only_what_there_is_a_reason_for(judged: App, template_scanner: TemplateScanner) -> None:
    made = compile_release(release(judged)).templates
    found = template_scanner.findings([json.dumps(template) for template in made.values()])
    broken = {one.partition(":")[0] for told in found for one in told}
    assert len(SKIPPED) <= 9
    assert broken - SKIPPED.keys() == set(), "not followed, and no reason why"
    assert SKIPPED.keys() - broken == set(), "a reason for what is followed"
