"""The price of apps: what stands there, what its own calls cost, what a change costs, and how it is told."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deep.cost.amount import Amount
from deep.cost.asking import Question, answer
from deep.cost.diff import diff
from deep.cost.load import BUSY, HOBBY, IDLE, LOAD, NAMED, TEAM, Load, load_of
from deep.cost.price import Pricing, plan_usage, price_plan, price_run
from deep.cost.standing import Standing, standing_of
from deep.cost.units import Owner, Units, totals
from deep.cost.words import changed, dominance, itemised, remarks, side_by_side
from deep.errors import DeepError, ProjectError, UsageError
from deep.model import App, AwsUse, Index, Model, load_app
from tests.fakes.apps import HERE, action_of, app_of
from tests.generated.property import write_property
from tests.unit.cost.test_plan_and_run import uses

APPS = Path(__file__).parents[3] / "apps"
TODAY = date(2025, 9, 1)


@pytest.fixture(scope="module")
def todo() -> App:
    return load_app(APPS / "todo")


def test_more_visitors_never_cost_less(todo: App) -> None:
    bills = price_plan(todo, "us-east-1", (IDLE, HOBBY, TEAM, BUSY))
    known = [bill.total.known for bill in bills]
    assert known == sorted(known)
    assert all(bill.total.is_exact for bill in bills)
    assert [bill.title for bill in price_plan(todo, "us-east-1")] == ["hobby", "team", "busy"]


def test_where_nobody_comes_only_what_stands_there_is_paid(todo: App) -> None:
    (bill,) = price_plan(todo, "us-east-1", (IDLE,))
    assert {line.dimension for line in bill.lines} == {"s3.storage"}
    assert bill.total.known < Decimal("0.001")


def test_the_generated_app_of_64_actions_is_priced_by_microapplication(tmp_path: Path) -> None:
    app = load_app(write_property(tmp_path / "generated"))
    for bill in price_plan(app, "us-east-1", (TEAM, BUSY)):
        assert set(bill.by_microapp()) == {microapp.identifier for microapp in app.microapps}
        assert sum((line.amount for line in bill.lines), Amount()) == bill.total
        called = {line.owner.action for line in bill.lines if line.dimension == "lambda.requests"}
        assert called == {action.identifier for action in app.actions if action.scope != "private" or action.cron is not None}


def test_tables_are_stored_once_with_each_index_and_backed_up() -> None:
    app = app_of(Model("Todo", {}, (Index("a", "x"), Index("b", "x")), {}, HERE))
    load = Load("full", 0, items_per_table=10, item_bytes=400)
    assert totals(plan_usage(app, load, Standing())) | {"s3.storage": 0} == {"dynamodb.storage": 15_000, "dynamodb.pitr": 5_000, "s3.storage": 0}
    assert "dynamodb.pitr" not in totals(plan_usage(app, load, Standing(is_recoverable=False)))


def test_what_a_deploy_sets_up_besides_is_counted(todo: App) -> None:
    standing = Standing(alarms=14, dashboards=1, web_acls=1, waf_rules=2, inspected=1, caches=1, nat_gateways=1, secrets=2, certificates=1)
    (bill,) = price_plan(todo, "us-east-1", (IDLE,), Pricing(standing=standing))
    assert bill.by_service()["nat"] == Amount(Decimal("36.50"))
    assert bill.by_service()["waf"] == Amount(Decimal(7))
    assert bill.by_service()["cloudwatch"] == Amount(Decimal("0.40"))
    (busy,) = price_plan(todo, "us-east-1", (BUSY,), Pricing(standing=standing))
    assert totals(plan_usage(todo, BUSY, standing))["waf.requests"] == totals(plan_usage(todo, BUSY, standing))["cloudfront.requests"]
    assert busy.by_service()["waf"].known > 7


def test_what_an_actions_own_calls_cost_is_unknown() -> None:
    mail = uses(aws=(AwsUse(("ses:SendEmail",), ("arn:aws:ses:*:*:identity/a",), HERE),))
    (bill,) = price_plan(app_of(action_of("mail", declared_uses=mail)), "us-east-1", (TEAM,))
    assert not bill.total.is_exact
    assert "no price is known of other: ses (us-east-1)" in remarks([bill], TODAY)
    assert "ses" not in totals(plan_usage(app_of(action_of("mail", declared_uses=mail)), IDLE, Standing()))


def test_what_a_change_costs_is_told() -> None:
    small, large = (app_of(action_of("a", memory_mb=memory_mb, declared_uses=uses())) for memory_mb in (512, 1024))
    before, after = (price_plan(app, "us-east-1", (BUSY,), Pricing(free="none"))[0] for app in (small, large))
    found = diff(before, after)
    assert [(str(one.owner), one.dimension) for one in found.changes] == [("deep.todo:task:a", "lambda.duration-arm64")]
    assert found.amount.known * 2 == after.by_dimension()["lambda.duration-arm64"].known
    assert changed(found)[0].startswith("busy: +$")
    assert json.dumps(found.as_json())
    assert changed(diff(after, after)) == [f"busy: nothing a month ({after.total} -> {after.total})"]
    other = price_plan(app_of(*(action_of(name, declared_uses=uses()) for name in "abc")), "us-east-1", (BUSY,))[0]
    assert changed(diff(before, other), most=2)[-1].endswith("smaller changes")


def test_bills_that_were_kept_are_held_against_later_ones() -> None:
    small, large = (app_of(action_of("a", memory_mb=memory_mb, declared_uses=uses())) for memory_mb in (512, 1024))
    kept = json.dumps(answer(small, Question(free="none"), TODAY).as_json()).encode()
    later = answer(large, Question(free="none", earlier=("bills.json", kept)), TODAY)
    assert [one.after.title for one in later.differences] == ["hobby", "team", "busy"]
    assert all({one.dimension for one in difference.changes} == {"lambda.duration-arm64"} for difference in later.differences)
    assert changed(later.differences[2])[0] in later.text
    assert later.as_json()["differences"][0]["change"]["exact"] is True
    unchanged = answer(small, Question(load="team", free="none", earlier=("bills.json", kept)), TODAY)
    assert [one.changes for one in unchanged.differences] == [()]


NOT_FINITE = json.dumps(
    {
        "bills": [
            {
                "title": "team",
                "region": "us-east-1",
                "free": "none",
                "prices": "2025-08-15",
                "lines": [{"microapp": "a", "action": None, "dimension": "b.c", "quantity": "NaN", "gross": {}, "amount": {}}],
            }
        ]
    }
).encode()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"bills": [{}]}', b'{"bills": 5}', b'{"bills": [{"free": "x", "region": "", "prices": ""}]}', NOT_FINITE]
)
def test_what_are_no_bills_is_told(data: bytes) -> None:
    with pytest.raises(ProjectError, match="these are no bills"):
        answer(app_of(), Question(earlier=("bills.json", data)), TODAY)


def test_what_a_template_sets_up_is_counted_by_its_types() -> None:
    """An alarm counts as often as it watches a metric."""
    types = ["AWS::Lambda::Function", *["AWS::CloudWatch::Alarm"] * 3, "AWS::CloudWatch::Dashboard", "AWS::WAFv2::WebACL"]
    resources: list[dict[str, Any]] = [{"Type": type_} for type_ in types]
    resources[1]["Properties"] = {"Metrics": [{"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}}, {"Id": "sum", "Expression": "a + b"}]}
    resources[-1]["Properties"] = {"Rules": [{}, {}, {}]}
    resources.append({"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"WebACLId": "arn"}}})
    assert standing_of(resources) == Standing(alarms=4, dashboards=1, web_acls=1, waf_rules=3, inspected=1)


def test_a_weight_makes_an_action_called_more_often(todo: App) -> None:
    weighted = load_of("load.json", b'{"visitors": 100, "weights": {"deep.todo:task:retrieve": 5}}')
    counted = {str(owner): units for owner, units in plan_usage(todo, weighted, Standing()).items()}
    calls = {name: next(one.quantity for one in units if one.key == "httpapi.requests") for name, units in counted.items() if ":" in name}
    assert calls["deep.todo:task:retrieve"] in range(5 * calls["deep.todo:task:update"] - 5, 5 * calls["deep.todo:task:update"] + 6)


def test_a_weight_of_no_action_is_told(todo: App) -> None:
    with pytest.raises(DeepError, match="no action is called"):
        price_plan(todo, "us-east-1", (Load("x", 1, weights={"deep.todo:task:retreive": 1}),))


def test_a_load_file_fills_in_what_it_does_not_say() -> None:
    load = load_of("load.json", b'{"name": "ours", "visitors": 2500, "itemBytes": 900, "users": "lite"}')
    assert (load.name, load.visitors, load.item_bytes, load.users, load.visits_per_visitor) == ("ours", 2500, 900, "lite", 4)


def test_a_wrong_load_file_is_told_in_full() -> None:
    with pytest.raises(ProjectError) as caught:
        load_of("load.json", b'{"visitor": 1, "coldPercent": 101, "users": "plus"}')
    assert {problem.code for problem in caught.value.problems} == {"unknown-field", "missing-field", "wrong-number", "unknown-value"}


def test_a_price_is_told_with_all_that_it_stands_on(todo: App) -> None:
    told = answer(todo, Question(region="eu-west-1"), TODAY)
    lines = told.text.splitlines()
    assert lines[0].split() == ["USD", "a", "month", "hobby", "team", "busy"]
    assert all(any(sentence in line for line in lines) for sentence in ("no price is known of", "not checked", "free tiers", "by 2025-08-15"))
    assert "team:" in lines
    assert {f"  {sentence}" for load in (HOBBY, TEAM, BUSY) for sentence in load.assumptions()} <= set(lines)
    assert json.dumps(told.as_json())


def test_the_guide_shows_what_is_really_said(todo: App) -> None:
    guide = (APPS.parent / "docs" / "guide" / "cost.md").read_text()
    assert answer(todo, Question(region="us-east-1"), TODAY).text in guide


def test_the_guide_explains_each_field_of_a_load() -> None:
    guide = (APPS.parent / "docs" / "guide" / "cost.md").read_text()
    assert [name for name in LOAD.fields if f"`{name}`" not in guide and name != "name"] == []


def test_a_single_load_is_told_line_by_line(todo: App) -> None:
    told = answer(todo, Question(load="team", region="us-east-1"), TODAY)
    (bill,) = told.bills
    assert told.text.splitlines()[: len(bill.lines) + 2] == itemised(bill)
    assert "$0.0000133334 a GB-second" in told.text


def test_an_old_book_says_how_old_it_is(todo: App) -> None:
    bills = price_plan(todo, "us-east-1")
    assert remarks(bills, date(2026, 11, 25))[-1].endswith("15 months ago: look prices up before you rely on them")
    assert remarks(bills, TODAY)[-1].endswith("by 2025-08-15")


def test_a_region_that_the_book_does_not_have_is_no_error(todo: App) -> None:
    bills = price_plan(todo, "ap-south-1", (HOBBY,))
    assert str(bills[0].total) == "unknown"
    assert dominance(bills[0]) is None
    assert any("no prices of ap-south-1; it has us-east-1" in line for line in remarks(bills, TODAY))
    assert side_by_side(bills)


def test_an_unknown_load_is_told(todo: App) -> None:
    with pytest.raises(UsageError, match="no load"):
        answer(todo, Question(load="tema"), TODAY)
    assert set(NAMED) == {"idle", "hobby", "team", "busy"}


def test_a_run_is_priced_like_a_plan() -> None:
    bill = price_run("a run", {Owner("deep.todo"): (Units("httpapi", "requests", 10**6),)}, "us-east-1")
    assert bill.total == Amount(Decimal(1))
