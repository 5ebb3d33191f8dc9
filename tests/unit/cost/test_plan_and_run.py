"""One story twice: as a plan foresees it, and event by event as a run meets it. Both count the same units, and what they count is worked out here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from random import Random
from typing import Any

import pytest

from deep.cost.events import ActiveUser, ApiRequest, Event, Invocation, ScheduledRun, SiteAnswer, TableCall
from deep.cost.forecast import forecast, split
from deep.cost.load import Load
from deep.cost.meter import Meter, usage_of
from deep.cost.standing import Standing
from deep.cost.units import Owner, totals
from deep.model import App, AwsUse, Index, Model, Role, Uses
from tests.fakes.apps import HERE, action_of, app_of

ROOT, TODO = Owner("deep.root"), Owner("deep.todo")
PLAN = Standing()


def model_of(name: str, indexes: int = 0) -> Model:
    return Model(name, {}, tuple(Index(f"i{number}", "x") for number in range(indexes)), {}, HERE)


def uses(models: dict[str, frozenset[Any]] | None = None, actions: tuple[str, ...] = (), aws: tuple[AwsUse, ...] = ()) -> Uses:
    return Uses(models or {}, actions, aws, HERE)


def owner(name: str) -> Owner:
    return Owner("deep.todo", f"deep.todo:task:{name}")


LOAD = Load(
    "story",
    visitors=3,
    visits_per_visitor=5,
    actions_per_visit=4,
    signed_in_percent=50,
    files_per_visit=4,
    cached_percent=50,
    edge_percent=80,
    cold_percent=10,
    item_bytes=1500,
    items_per_list=10,
)


@pytest.fixture
def app() -> App:
    """Calls of `add` write, those of `read` may be kept by browsers, `tell` is called by `add` alone, `sweep` runs each hour."""
    return app_of(
        model_of("Todo", 1),
        Role("editors", "2015-10-07", (), HERE),
        action_of("add", declared_uses=uses({"Todo": frozenset({"create"})}, ("deep.todo:task:tell",))),
        action_of("read", methods=("GET",), cache_ttl_s=60, memory_mb=256, declared_uses=uses({"Todo": frozenset({"list", "get"})})),
        action_of("tell", scope="private", declared_uses=uses()),
        action_of("sweep", scope="private", cron="0 * * * ? *", declared_uses=uses({"Todo": frozenset({"delete"})})),
        action_of("elsewhere", type="external", url="https://example.com", runtime=None),
    )


def story() -> Iterator[tuple[Owner, Event]]:
    """Three people come five times each and call four actions each time: 60 calls, 30 of either; browsers have half of what they may keep.

    Every tenth call of a function is a cold start. Fifteen visits ask for 60 files, 30 of them of browsers' caches, 24 of the rest of CloudFront's.
    """
    for place in range(30):
        yield TODO_PAGES, SiteAnswer(LOAD.file_bytes, is_from_edge=place < 24)
    for _ in range(2):  # half of three people, rounded up
        yield ROOT, ActiveUser()
    for name, calls, memory_mb in (("add", 30, 512), ("read", 15, 256)):
        for _ in range(calls):
            yield owner(name), ApiRequest(500, 2048, 250)
        yield from runs(name, calls, memory_mb)
    yield from runs("tell", 30, 512)
    for _ in range(730):  # 24 x 365 / 12
        yield owner("sweep"), ScheduledRun()
    yield from runs("sweep", 730, 512)


TODO_PAGES = ROOT
"""No microapplication of the story has pages of its own, so the root's are all there are."""
CALLS = {
    "add": [TableCall("PutItem", 1500, index_bytes=(1500,))],
    "read": [TableCall("GetItem", 1500, is_consistent=True), TableCall("Scan", 15_000)],
    "tell": [],
    "sweep": [TableCall("DeleteItem", 1500, index_bytes=(1500,))],
}


def runs(name: str, count: int, memory_mb: int) -> Iterator[tuple[Owner, Event]]:
    colds = -(-count // 10)
    for place in range(count):
        yield owner(name), Invocation(50_000, memory_mb, init_us=400_000 if place < colds else 0, log_bytes=200, log_lines=2)
        yield from ((owner(name), call) for call in CALLS[name])


def test_a_plan_and_a_metered_run_count_the_same_units(app: App) -> None:
    met = list(story())
    Random(7).shuffle(met)
    meter = Meter()
    for whose, event in met:
        meter.note(whose, event)
    assert meter.usage() == usage_of(forecast(app, LOAD))


def test_and_these_are_the_units(app: App) -> None:
    """Counted by hand. Writes: 2 units an item and 2 its index, of 30 + 730; reads: 15 x (2 halves of 4 KB consistent + 4 of 15 KB at once)."""
    counted = totals(usage_of(forecast(app, LOAD)))
    assert counted["lambda.requests"] == 30 + 15 + 30 + 730
    cold_ms = 400 * (512 * (3 + 3 + 73) + 256 * 2)
    assert counted["lambda.duration-arm64"] == 50 * (512 * (30 + 30 + 730) + 256 * 15) + cold_ms
    assert counted["dynamodb.writes"] == 4 * (30 + 730)
    assert counted["dynamodb.reads"] == 15 * (2 + 4)
    assert counted["httpapi.requests"] == 45
    assert counted["cloudfront.to-origin"] == 45 * 500
    assert counted["logs.ingested"] == 805 * (290 + 200 + 5 * 26) + 45 * 276
    assert (counted["cloudfront.requests"], counted["cloudfront.functions"], counted["s3.gets"]) == (45 + 30, 30, 6)
    assert counted["cognito.users-lite"] == 2
    assert counted["eventbridge.scheduled-runs"] == 730


def test_actions_that_call_each_other_are_followed_once() -> None:
    app = app_of(
        action_of("a", declared_uses=uses(actions=("deep.todo:task:b",))),
        action_of("b", scope="private", declared_uses=uses(actions=("deep.todo:task:a", "deep.gone:x:y"))),
    )
    counted = usage_of(forecast(app, Load("calls", 1, 1, 10, cold_percent=0, files_per_visit=0)))
    assert {str(whose): sum(one.quantity for one in units if one.key == "lambda.requests") for whose, units in counted.items()} == {
        "deep.todo:task:a": 10,
        "deep.todo:task:b": 10,
    }


def test_calls_are_split_by_weight_without_a_rest() -> None:
    assert split(10, [1, 1, 1]) == [3, 3, 4]
    assert split(10, [0, 3, 1]) == [0, 7, 3]
    assert split(10, [0, 0]) == [0, 0]
    weights = list(islice(cycle([3, 1, 4, 1, 5]), 64))
    assert sum(split(10**9 + 7, weights)) == 10**9 + 7


def test_a_run_may_hold_more_kinds_of_events_than_are_remembered() -> None:
    meter = Meter()
    for size in range(5000):
        meter.note(ROOT, SiteAnswer(size))
    assert totals(meter.usage()) == {"cloudfront.requests": 5000, "cloudfront.functions": 5000, "cloudfront.transfer": sum(range(5000))}
