"""The checks that every plan makes of the templates find nothing in ours, and each slip of a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.model import load_app
from deep.provision.changes import Templates
from deep.provision.checks.check import CHECKS, findings, refuse_faults
from deep.provision.compiled import compile_release
from tests.generated.property import write_property
from tests.unit.provision.checks.faults import FAULTS, Fault, templates
from tests.unit.provision.test_stacks import release

APPS = Path(__file__).parents[4] / "apps"


@pytest.fixture(scope="module")
def whole() -> Templates:
    return templates()


def test_nothing_is_wrong_with_a_whole_app(whole: Templates) -> None:
    assert findings(whole) == ()


@pytest.mark.parametrize("name", sorted(path.name for path in APPS.glob("[a-z]*/")))
def test_nothing_is_wrong_with_the_sample_apps(name: str) -> None:
    assert findings(compile_release(release(load_app(APPS / name, environ={}))).templates) == ()


def test_nothing_is_wrong_with_twelve_microapplications_at_random(tmp_path: Path) -> None:
    assert findings(compile_release(release(load_app(write_property(tmp_path / "app"), environ={}))).templates) == ()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_slip_of_one_line_is_found(whole: Templates, fault: Fault) -> None:
    told = [str(finding) for finding in findings(fault.made_in(whole))]
    assert any(fault.found in one for one in told), told


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_finds_a_slip_that_no_other_does(whole: Templates, check: Any) -> None:
    """A check that the others make needless is left out."""
    others = [one for one in CHECKS if one is not check]
    missed = [name for name, fault in FAULTS.items() if not any(list(one(fault.made_in(whole))) for one in others)]
    assert missed


def test_a_plan_refuses_templates_with_a_slip(whole: Templates) -> None:
    with pytest.raises(RefusedError, match="refers to ArtefactsBucket") as refused:
        refuse_faults(FAULTS["Ref of nothing"].made_in(whole))
    assert "mistake of DEEP" in (refused.value.problems[0].help or "")
