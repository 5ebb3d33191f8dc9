"""In which order migrations are run, what is told of them, and what ends a run. Parity 42."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.migrations import Ask, Reply, carry_out, listed, microapp_with_migrations, migrating, released, revert, run_due
from deep.errors import DeepError
from deep.model import App, Microapp, Migration, Resource
from tests.fakes.apps import action_of, app_of, microapp_of


def with_migrations(identifier: str, *dependencies: str, versions: tuple[int, ...] = (1, 2)) -> Microapp:
    action = action_of("run", microapp=identifier, resource="migrations", scope="private")
    return microapp_of(
        identifier,
        resources=(Resource(identifier, "migrations", (action,)),),
        migrations=tuple(Migration(version, Path(f"/app/{identifier}/version{version}.py")) for version in versions),
        dependencies=dict.fromkeys(dependencies, "*"),
    )


APP = replace(app_of(), microapps=(with_migrations("a", "c"), microapp_of("b"), with_migrations("c", "d"), with_migrations("d", "a", versions=(5,))))


class Account:
    """Functions that do as they are told; `states` are what becomes of a migration, by its name, where that is not well."""

    def __init__(self, app: App, **answers: Reply) -> None:
        self.states = {microapp.identifier: {one.version: "pending" for one in microapp.migrations} for microapp in app.microapps}
        self.asked: list[str] = []
        self.changed: set[str] = set()
        self._answers = answers

    def __call__(self, ask: Ask) -> Reply:
        microapp, event = ask.action.partition(":")[0], ask.event
        if event["do"] == "list":
            return Reply([self._told(microapp, version) for version in sorted(self.states[microapp])])
        self.asked.append(" ".join([event["do"], microapp, str(event.get("version", event["holder"]))]))
        answer = self._answers.get(f"{microapp}{event.get('version')}", Reply({"state": "done" if event["do"] == "up" else "pending"}))
        if event["do"] != "release" and not answer.fault:
            self.states[microapp][event["version"]] = answer.value["state"]
        return answer

    def _told(self, microapp: str, version: int) -> dict[str, Any]:
        return {"version": version, "state": self.states[microapp][version], "changed": f"{microapp}{version}" in self.changed, "missing": False}


def run(account: Account, told: list[str] | None = None) -> list[str]:
    return [entry.name for entry in carry_out(run_due(APP, "me", (told if told is not None else []).append), account)]


def test_microapplications_come_after_those_that_they_depend_on() -> None:
    """A circle is broken somewhere, the same in every run."""
    assert [microapp.identifier for microapp in migrating(APP)] == ["d", "c", "a"]


def test_each_runs_once_in_order() -> None:
    account, told = Account(APP), list[str]()
    assert run(account, told) == ["d version5", "c version1", "c version2", "a version1", "a version2"]
    assert told[0] == "migrating: d version5"
    assert run(account) == []
    assert account.asked == ["up d 5", "up c 1", "up c 2", "up a 1", "up a 2"]


def test_the_first_that_fails_ends_the_run_and_gives_up_its_claim() -> None:
    fault = Reply(fault={"errorType": "KeyError", "errorMessage": "'Done'", "stackTrace": ["  in up\n"]}, log="\n".join(map(str, range(30))))
    account = Account(APP, c2=fault)
    with pytest.raises(DeepError) as failed:
        run(account)
    (problem,) = failed.value.problems
    assert problem.code == "migration-failed"
    assert problem.message.splitlines()[:2] == ["c version2 failed: KeyError: 'Done'", "  |   in up"]
    assert problem.message.splitlines()[2:] == [f"  | {number}" for number in range(20, 30)]
    assert account.asked == ["up d 5", "up c 1", "up c 2", "release c me"]


def test_run_again_it_goes_on() -> None:
    account = Account(APP)
    account.states["d"][5] = account.states["c"][1] = "done"
    account.states["c"][2] = "failed"
    assert run(account) == ["c version2", "a version1", "a version2"]


@pytest.mark.parametrize("answered", [True, False], ids=["found out by trying", "seen before"])
def test_what_somebody_else_runs_is_left_to_them(answered: bool) -> None:
    account = Account(APP, **({"c1": Reply({"state": "locked"})} if answered else {}))
    if not answered:
        account.states["c"][1] = "running"
    with pytest.raises(DeepError) as refused:
        run(account)
    assert refused.value.problems[0].code == "migration-locked"


def test_one_that_changed_is_told_of_and_not_run() -> None:
    account, told = Account(APP), list[str]()
    run(account)
    account.changed.add("a1")
    assert run(account, told) == []
    assert [line.partition(",")[0] for line in told] == ["a version1 changed after it ran"]


@pytest.mark.parametrize(("after", "reverted"), [(None, ["down a 2"]), (1, ["down a 2"]), (0, ["down a 2", "down a 1"]), (2, [])])
def test_taking_back_goes_from_the_newest(after: int | None, reverted: list[str]) -> None:
    account = Account(APP)
    run(account)
    account.asked.clear()
    carry_out(revert(APP.microapp("a"), after, "me", list[str]().append), account)
    assert account.asked == reverted


@pytest.mark.parametrize(("state", "code"), [("irreversible", "irreversible-migration"), ("unknown", "migration-unknown")])
def test_what_cannot_be_taken_back_says_so(state: str, code: str) -> None:
    account = Account(APP, a2=Reply({"state": state}))
    account.states["a"][2] = "done"
    with pytest.raises(DeepError) as refused:
        carry_out(revert(APP.microapp("a"), None, "me", list[str]().append), account)
    assert refused.value.problems[0].code == code


def test_all_are_listed_in_words() -> None:
    account = Account(APP)
    account.changed.add("c1")
    lines = [str(entry) for entry in carry_out(listed(APP), account)]
    assert lines[:2] == ["d  5  pending", "c  1  pending  changed since"]


def test_who_is_alone_gives_up_every_claim() -> None:
    account = Account(APP)
    carry_out(released(APP), account)
    assert account.asked == ["release d *", "release c *", "release a *"]


def test_what_has_no_migrations_is_named() -> None:
    with pytest.raises(DeepError) as refused:
        microapp_with_migrations(APP, "b")
    assert (refused.value.problems[0].code, refused.value.problems[0].help) == ("no-migrations", "d, c, a has some")
