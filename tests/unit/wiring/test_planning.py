"""A plan tells its price: what a month costs, and what the change costs where the bills of the last deploy are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from deep.cost.price import price_plan
from deep.model import Index, Model, Uses
from deep.provision.changes import Templates
from deep.provision.compiled import compile_release
from deep.provision.release import Package, Release, release_of
from deep.wiring.planning import PricedPlan, keep_bills, priced
from tests.fakes.apps import HERE, action_of, app_of
from tests.unit.provision.test_stacks import TARGET

CREATE = action_of("create", declared_uses=Uses({"Todo": frozenset({"create"})}, (), (), HERE))


def release(*indexes: Index) -> Release:
    app = app_of(Model("Todo", {"Title": "string"}, indexes, {}, HERE), CREATE)
    return release_of(app, TARGET, {action.identifier: Package("functions/a.zip") for action in app.actions})


BEFORE, AFTER = release(), release(Index("Title-index", "Title", None))


@pytest.fixture
def deployed(tmp_path: Path) -> tuple[Path, Templates]:
    """The note of a deploy of `BEFORE`, and what stands since."""
    note, standing = tmp_path / "dev.json", compile_release(BEFORE).templates
    keep_bills(note, standing, priced(compile_release(BEFORE), {}, note).price)
    return note, standing


def totals(made: PricedPlan) -> list[str]:
    return [str(bill.total) for bill in made.price.bills]


def test_the_price_is_that_of_the_app_at_three_loads(tmp_path: Path) -> None:
    made = priced(compile_release(BEFORE), {}, tmp_path / "dev.json")
    assert totals(made) == [str(bill.total) for bill in price_plan(BEFORE.app, "us-east-1")]
    told = made.text.partition("Price of a month")[2].splitlines()
    assert [line.split()[0] for line in told[1:4]] == ["hobby", "team", "busy"]
    assert "(" not in told[1], "nothing is known of what it cost before"
    assert "as AWS published them by" in told[4]


def test_a_change_tells_what_it_costs(deployed: tuple[Path, Templates]) -> None:
    note, standing = deployed
    made = priced(compile_release(AFTER), standing, note)
    assert {one.dimension for difference in made.price.differences for one in difference.changes} == {"dynamodb.writes"}, (
        "storage is within the free tier"
    )
    assert "busy" in made.text
    assert "(+$" in made.text
    assert made.as_json()["price"]["differences"][2]["change"]["usd"] > "0"


def test_bills_of_another_state_are_not_held_against_it(deployed: tuple[Path, Templates]) -> None:
    """Somebody else deployed since, from another machine."""
    note, _ = deployed
    assert priced(compile_release(AFTER), compile_release(AFTER).templates, note).price.differences == ()


def test_the_bills_of_one_deploy_are_kept_and_no_more(deployed: tuple[Path, Templates]) -> None:
    note, _ = deployed
    keep_bills(note, compile_release(AFTER).templates, priced(compile_release(AFTER), {}, note).price)
    assert len(list(note.parent.glob("*.bills.json"))) == 1


def test_an_empty_plan_speaks_of_no_price(deployed: tuple[Path, Templates]) -> None:
    note, standing = deployed
    assert "rice" not in priced(compile_release(BEFORE), standing, note).text
