"""Migrations of a deployed app: when they run, what a plan foresees, and what whoever deploys needs for it. Parity 42."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.migrations import Reply
from deep.errors import DeepError
from deep.model import load_app
from deep.provision.account.answers import reply_of
from deep.provision.compiled import compile_release
from deep.provision.deployer.policy import deployer_documents
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.migrating import foreseen, migrate
from deep.provision.parts import Keeping, Parts
from deep.provision.release import Release
from deep.wiring.choosing import Narrowed
from deep.wiring.planning import planned, priced
from tests.fakes.cloud import FakeCloud
from tests.unit.model.conftest import Bench
from tests.unit.provision.test_stacks import release

UP = 'def up(kernel):\n    kernel.get("db").get("Task").find_all()\n'


@pytest.fixture
def made(tmp_path: Path) -> Release:
    files = {f"Shop/Data/Migration/version{version}.py": UP for version in (1, 2)}
    return release(load_app(Bench(tmp_path / "app").write(files), environ={}))


def function_of(made: Release) -> str:
    return made.names.function("acme.shop:migrations:run")


def answering(cloud: FakeCloud, made: Release, states: dict[int, str]) -> list[dict[str, Any]]:
    """What the function, which is in `cloud` from now on, is asked to do."""
    asked: list[dict[str, Any]] = []

    def answer(event: Mapping[str, Any]) -> Reply:
        if event["do"] == "list":
            return Reply([{"version": version, "state": state, "changed": False, "missing": False} for version, state in states.items()])
        asked.append(dict(event))
        states[event["version"]] = "done"
        return Reply({"state": "done"})

    cloud.functions[function_of(made)] = answer
    return asked


def test_a_deploy_runs_what_is_due_before_it_switches_the_pages(made: Release) -> None:
    cloud = FakeCloud()
    asked, told = answering(cloud, made, {1: "done", 2: "pending"}), list[str]()

    def pages(outputs: Mapping[str, str]) -> list[Any]:
        told.append("pages")
        return []

    Deployer(cloud, told.append).deploy(compile_release(made), [], pages)
    assert [event["version"] for event in asked] == [2]
    assert told.index("migrating: acme.shop version2") < told.index("pages")
    Deployer(cloud, told.append).deploy(compile_release(made), [], pages)
    assert len(asked) == 1


def test_a_deploy_of_parts_runs_none(made: Release) -> None:
    cloud = FakeCloud()
    asked = answering(cloud, made, {1: "pending"})
    partly = replace(made, keeping=Keeping(frozenset(), {}))
    migrate(cloud, partly, lambda _: None)
    assert (asked, foreseen(partly, cloud)) == ([], ())


def test_without_a_function_there_is_nothing_to_run_them(made: Release) -> None:
    with pytest.raises(DeepError) as refused:
        migrate(FakeCloud(), made, lambda _: None)
    assert refused.value.problems[0].code == "not-deployed"


def test_a_plan_tells_what_will_run(made: Release, tmp_path: Path) -> None:
    """Without an account, and before the first deploy, nobody knows what ran; then what ran is left out."""
    cloud, compiled = FakeCloud(), compile_release(made)
    unless = [f"acme.shop version{version} runs, unless it ran before" for version in (1, 2)]
    assert [str(one) for one in foreseen(made, None)] == [str(one) for one in foreseen(made, cloud)] == unless
    answering(cloud, made, {1: "done", 2: "failed"})
    asked = planned(cloud, Narrowed(compiled, compiled.templates, Parts(), {}), tmp_path / "dev.json")
    assert "Migrations:\n  ~ acme.shop version2 runs" in asked.text
    assert asked.as_json()["migrations"] == [{"microapp": "acme.shop", "version": 2, "isKnown": True}]
    assert not asked.is_empty
    assert priced(compiled, compiled.templates, tmp_path / "dev.json").is_empty


def test_who_deploys_may_call_that_function_and_read_no_row(made: Release, tmp_path: Path) -> None:
    statements = [one for document in deployer_documents(compile_release(made)) for one in document.statements]
    (calling,) = (one for one in statements if "lambda:InvokeFunction" in one.actions)
    assert (calling.actions, calling.resources) == (("lambda:InvokeFunction",), (made.names.function_arn("acme.shop:migrations:run"),))
    rows = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"}
    assert not any(rows & set(one.actions) for one in statements)
    without = release(load_app(Bench(tmp_path / "plain").write({}), environ={}))
    granted = {action for document in deployer_documents(compile_release(without)) for one in document.statements for action in one.actions}
    assert "lambda:InvokeFunction" not in granted


def test_what_ran_is_recorded_with_the_data(made: Release) -> None:
    compiled = compile_release(made)
    (table,) = (one for one in compiled.stacks.data.template.resources if one.logical_id == "TableDeepMigration")
    assert table.keeps_data
    assert function_of(made) in compiled.stacks.nested[next(iter(compiled.stacks.nested))].text()


def test_the_end_of_a_log_comes_with_a_fault() -> None:
    log = b"U1RBUlQgUmVxdWVzdElkOiAxCnJlYWRpbmcKUkVQT1JUIFJlcXVlc3RJZDogMQo="
    failed = reply_of({"FunctionError": "Unhandled", "LogResult": log}, b'{"errorType": "KeyError", "errorMessage": "x"}')
    assert (failed.fault, failed.log) == ({"errorType": "KeyError", "errorMessage": "x"}, "reading")
    assert reply_of({}, b'{"state": "done"}') == Reply({"state": "done"})
