"""A release takes over gradually in an account that nobody here wrote: shared, watched, finished or taken back, killed in between."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.provision.account.aws import Aws
from deep.provision.changes import templates_of
from deep.provision.checks.check import findings
from deep.provision.compiled import Compiled, compile_release
from deep.provision.deploying.applying import LONGEST_POLL_S
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.gradual import Gradually
from deep.provision.pace import Pace
from deep.provision.resources.green_alarm import green_alarm_name
from deep.provision.states.between import between
from tests.judges.deploying import Counted, pages, release_for
from tests.judges.ministack import Ministack, running_ministack

CREATE = "deep.todo:task:create"
CODE = "def handler(event, context):\n    return {{'statusCode': 200, 'body': '{}'}}\n"


class Killed(Exception):
    """Stands for the end of the process while it watches."""


class Time:
    """A clock that goes on by sleeping; `during` is what happens while alarms are watched, which is when anybody sleeps long."""

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.now_s = 0.0
        self._during = during

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        if seconds > LONGEST_POLL_S:
            self._during()
        else:
            time.sleep(seconds)

    @property
    def pace(self) -> Pace:
        return Pace(self.sleep, lambda: self.now_s)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with running_ministack(tmp_path) as running:
        yield running


def saying(body: str) -> tuple[Compiled, Any]:
    """The Todo app, whose functions all answer `body`."""
    release, packages = release_for(CODE.format(body))
    return compile_release(release), packages


def publish(account: Ministack, body: str, pace: Time, how: Gradually = Gradually(0.1, 60)) -> Counted:  # noqa: B008 - frozen
    cloud = Aws("us-east-1", endpoint_url=account.url)
    counted = Counted(cloud)
    Deployer(cloud, lambda text: None, pace.pace).deploy(*saying(body), pages, how)
    return counted


def alias(account: Ministack) -> Mapping[str, Any]:
    name = release_for()[0].names.function(CREATE)
    found: Mapping[str, Any] = account.client("lambda").get_alias(FunctionName=name, Name="live")
    return found


def answer(account: Ministack, qualifier: str) -> str:
    name = release_for()[0].names.function(CREATE)
    return str(json.load(account.client("lambda").invoke(FunctionName=name, Qualifier=qualifier, Payload=b"{}")["Payload"])["body"])


def raise_alarm(account: Ministack) -> None:
    name = green_alarm_name(release_for()[0].names.function(CREATE))
    account.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="errors")


def test_a_new_state_shares_the_calls_and_then_has_them_all(account: Ministack) -> None:
    """Parity 27."""
    publish(account, "first", Time())
    assert "RoutingConfig" not in alias(account), "there is nothing to share calls with"
    first, seen = alias(account)["FunctionVersion"], []

    def look() -> None:
        now = alias(account)
        ((version, weight),) = now["RoutingConfig"]["AdditionalVersionWeights"].items()
        seen.append((now["FunctionVersion"], answer(account, now["FunctionVersion"]), answer(account, version), weight))

    publish(account, "second", Time(look))
    assert seen == [(first, "first", "second", 0.1)] * len(seen)
    assert len(seen) >= 4
    done = alias(account)
    assert ("RoutingConfig" in done, answer(account, "live")) == (False, "second")
    assert account.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert publish(account, "second", Time(look)).changing == [], "the same again changes nothing"


def test_an_alarm_gives_the_calls_back(account: Ministack) -> None:
    """Parity 27. And what was mended is published as if nothing had been."""
    publish(account, "first", Time())
    first = alias(account)["FunctionVersion"]
    with pytest.raises(RefusedError, match="new versions failed"):
        publish(account, "broken", Time(lambda: raise_alarm(account)))
    back = alias(account)
    assert (back["FunctionVersion"], "RoutingConfig" in back, answer(account, "live")) == (first, False, "first")
    publish(account, "mended", Time())
    assert answer(account, "live") == "mended"


def test_killed_while_it_watches_it_goes_on(account: Ministack) -> None:
    publish(account, "first", Time())

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        publish(account, "second", Time(die))
    assert "RoutingConfig" in alias(account)
    assert answer(account, alias(account)["FunctionVersion"]) == "first"
    publish(account, "second", Time())
    assert ("RoutingConfig" in alias(account), answer(account, "live")) == (False, "second")


def test_templates_on_the_way_are_stable_and_fit_together() -> None:
    second = saying("second")[0].stacks
    for weight in (0, 0.25):
        made = between(second, saying("first")[0].templates, weight)
        assert made is not None
        assert findings(templates_of(made.stacks)) == ()
        assert between(second, templates_of(made.stacks), weight) == made
