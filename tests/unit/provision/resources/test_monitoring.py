"""Who asks for it is told what goes wrong, by few alarms, and sees the app on one page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deep.bundle.target import Target
from deep.cost.asking import Question, answer
from deep.cost.standing import standing_of
from deep.model import App, Model, Resource, load_app
from deep.model.app import Monitoring
from deep.provision.account.standing import raised_alarms
from deep.provision.compiled import compile_release
from deep.provision.planning.plan import plan
from deep.provision.resources.alarm_topic import asked_by_mail
from deep.provision.rights import Right
from tests.fakes.apps import HERE, action_of, app_of, microapp_of, opted_in
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.test_stacks import TARGET, TODO, release

TOPIC = "AWS::SNS::Topic"


@pytest.fixture(scope="module")
def todo() -> App:
    return load_app(TODO, environ={})


def watched(app: App, monitoring: Monitoring) -> App:
    return replace(app, property=replace(app.property, monitoring={"dev": monitoring}))


def templates(app: App, target: Target = TARGET) -> dict[str, Any]:
    return dict(compile_release(release(app, target)).templates)


def alarms(app: App) -> dict[str, Mapping[str, Any]]:
    made = templates(app)["app"]["Resources"].values()
    return {one["Properties"]["AlarmName"].partition("-")[2]: one["Properties"] for one in made if one["Type"] == "AWS::CloudWatch::Alarm"}


def types(made: Mapping[str, Any]) -> set[str]:
    return {resource["Type"] for resource in made["app"]["Resources"].values()}


def test_nothing_of_it_is_there_unless_the_environment_asks(todo: App) -> None:
    new = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::SNS::Subscription", TOPIC, "AWS::SNS::TopicPolicy"}
    assert types(templates(todo)) & new == set()
    assert types(templates(opted_in(todo))) >= new
    assert types(templates(opted_in(todo), replace(TARGET, env="stage"))) & new == set()


def test_there_are_as_many_alarms_as_there_are_things_to_look_after(todo: App) -> None:
    """One for each microapplication with functions, and four for the app, however many functions there are."""
    assert sorted(alarms(opted_in(todo))) == ["api", "dead-letters", "errors-deep-todo", "tables", "throttles"]


def test_an_expression_names_ten_metrics_at_most() -> None:
    """A name that ends with a number is no other's second."""
    actions = tuple(action_of(f"action{number}", microapp="acme.many") for number in range(23))
    few = (action_of("create", microapp="acme.many2"),)
    models = tuple(Model(f"Model{number}", {}, (), {}, HERE) for number in range(6))
    parts = [microapp_of(one[0].microapp, resources=(Resource(one[0].microapp, "task", one),)) for one in (actions, few)]
    empty = app_of(action_of("create"), *models)
    uses = {one.identifier: empty.uses["deep.todo:task:create"] for one in (*actions, *few)}
    app = opted_in(replace(empty, microapps=(*empty.microapps, *parts), uses=uses))
    found = alarms(replace(app, uses={**app.uses, **empty.uses}))
    counted = {name: sum("MetricStat" in one for one in told.get("Metrics", ())) for name, told in found.items()}
    expected = {"errors-acme-many": 10, "2-errors-acme-many": 10, "3-errors-acme-many": 3, "errors-acme-many2": 1, "errors-deep-todo": 1}
    assert counted == {"api": 2, "throttles": 0, "dead-letters": 0, "tables": 10, "2-tables": 2, **expected}


def test_who_wants_no_mails_gets_none(todo: App) -> None:
    made = templates(watched(todo, Monitoring(alarms=True)))
    assert TOPIC not in types(made)
    assert all("AlarmActions" not in told for told in alarms(watched(todo, Monitoring(alarms=True))).values())
    assert len([told for told in alarms(opted_in(todo)).values() if told["AlarmActions"] == told["OKActions"] == [{"Ref": "AlarmTopic"}]]) == 5


def test_who_has_to_agree_to_mails_is_known(todo: App) -> None:
    monitoring = Monitoring(alarms=True, notify=("ops@example.com", "ada@example.com"))
    made = templates(watched(todo, monitoring))["app"]["Resources"]
    assert asked_by_mail(made.values()) == ["ada@example.com", "ops@example.com"]


def test_only_the_apps_own_alarms_may_write_to_its_topic(todo: App) -> None:
    gained = plan(compile_release(release(opted_in(todo))), templates(todo)).rights.gained
    condition = json.dumps(
        {
            "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:DeepDev64331eb8-*"},
            "StringEquals": {"aws:SourceAccount": "123456789012"},
        }
    )
    topic = "arn:aws:sns:us-east-1:123456789012:DeepDev64331eb8-alarms"
    assert gained == (Right("cloudwatch.amazonaws.com", "sns:Publish", topic, condition),)


def test_the_dashboard_shows_what_there_is(todo: App) -> None:
    body = json.loads(templates(opted_in(todo))["app"]["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    titles = [widget["properties"].get("title", "") for widget in body["widgets"]]
    assert len(titles) == 13
    assert {"Requests", "Time of an answer (ms)", "Tables written (units)", "Calls given up", "Latest requests that failed"} < set(titles)
    slowest = next(widget["properties"]["metrics"] for widget in body["widgets"] if widget["properties"].get("title", "").startswith("Slowest"))
    assert slowest[0] == [{"expression": 'SORT(METRICS("f"), MAX, DESC, 10)', "id": "worst"}]
    assert [metric[3] for metric in slowest[1:]] == [release(todo).names.function(action.identifier) for action in todo.actions]
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(set(places)) == len(places)


def test_alarms_that_are_raised_are_told_with_how_the_app_stands(todo: App) -> None:
    cloud = FakeCloud()
    for app, expected in ((opted_in(todo), ("DeepDev64331eb8-api", "DeepDev64331eb8-tables")), (todo, ())):
        cloud.templates["DeepDev64331eb8"] = json.dumps(templates(app)["app"])
        cloud.alarmed = frozenset({"DeepDev64331eb8-tables", "DeepDev64331eb8-api", "DeepDevOther-api"})
        assert raised_alarms(cloud, "DeepDev64331eb8") == expected


def test_an_app_of_pages_alone_has_no_functions_to_watch() -> None:
    app = opted_in(app_of())
    assert list(alarms(app)) == ["api"]
    assert "Slowest" not in str(templates(app)["app"]["Resources"]["Dashboard"])


def test_its_price_is_told_to_the_cent(todo: App) -> None:
    """Twelve metrics that alarms watch at 0.10 USD, and a dashboard at 3 USD; ten metrics and three dashboards are free."""
    made = templates(opted_in(todo))
    standing = standing_of(resource for template in made.values() for resource in template["Resources"].values())
    assert (standing.alarms, standing.dashboards) == (2 + 1 + 1 + 6 + 2, 1)
    for free, expected in (("none", Decimal("4.20")), ("always", Decimal("0.20"))):
        bill = answer(todo, Question("idle", region="us-east-1", free=free), date(2025, 8, 15), standing).bills[0]  # type: ignore[arg-type]
        assert bill.by_service()["cloudwatch"].known == expected
