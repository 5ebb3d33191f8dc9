"""cfn-lint, with the resource schemas of CloudFormation, finds nothing in what is sent there."""

from __future__ import annotations

import json

from deep.model import App, load_app
from deep.provision.compiled import compile_release
from tests.fakes.apps import opted_in
from tests.judges.apps import APPS
from tests.judges.judge import TemplateLinter, TemplateScanner
from tests.judges.skipped import OPTED_IN, SKIPPED
from tests.unit.provision.faults import FAULTS, templates
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


def test_nothing_is_wrong_with_what_one_can_opt_in_to(template_linter: TemplateLinter, template_scanner: TemplateScanner) -> None:
    app = opted_in(load_app(APPS / "todo", environ={}))
    assert [told for told in found_in(template_linter, app).values() if told] == []
    made = compile_release(release(app)).templates
    found = template_scanner.findings([json.dumps(template) for template in made.values()])
    assert {one.partition(":")[0] for told in found for one in told} == {*SKIPPED, *OPTED_IN} - {"CKV_AWS_68"}


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
