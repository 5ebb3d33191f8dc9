"""Rows of a deployed model are moved to a table of other keys and back, in an account that nobody here wrote, while its functions are called."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.provision.account.aws import Aws
from deep.provision.account.standing import standing_templates
from deep.provision.deployer.policy import deployer_documents
from deep.provision.deploying.rollback import Reverter
from deep.provision.rows.kept import in_the_way, kept_tables
from deep.provision.states.moves import moves
from tests.judges.deployer import for_ministack, grant, make_deployer
from tests.judges.deploying import release_for
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.moving import move, state
from tests.judges.snapshots import snapshot

ROOT = Path(__file__).parents[2]
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
WHOLE = "DEEP_WHOLE" in os.environ
STRIDE = 7
"""After every call that changes something, or after one of seven."""
ROWS = 200
NAMES = release_for()[0].names
SHARED, OWN = NAMES.table("Todo"), NAMES.table("Todo", own=True)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def account(tmp_path: Path, keys: None) -> Iterator[Ministack]:
    with running_ministack(tmp_path) as running:
        yield running


class Writer(threading.Thread):
    """Somebody who creates todos by the app's function until told to stop; `acknowledged` are those that it was told are kept."""

    def __init__(self, account: Ministack) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.unsure: list[str] = []
        self._functions = account.client("lambda")
        self._ends = threading.Event()

    def run(self) -> None:
        while not self._ends.is_set():
            self.write()

    def write(self) -> None:
        key = f"new {len((*self.acknowledged, *self.refused, *self.unsure))}"
        answer = self._functions.invoke(FunctionName=NAMES.entry_arn("deep.todo:task:create"), Payload=json.dumps({"id": key}))
        if "FunctionError" not in answer:
            self.acknowledged.append(key)
        elif b"AccessDenied" in answer["Payload"].read():
            self.refused.append(key)
        else:  # the emulator ends the processes of a function that changes
            self.unsure.append(key)

    def stop(self) -> None:
        self._ends.set()
        self.join(30)


def rows(account: Ministack, table: str) -> list[dict[str, Any]]:
    found = account.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return sorted((row for page in found for row in page["Items"]), key=str)


def seeded(account: Ministack, table: str, count: int = ROWS) -> None:
    tables = account.client("dynamodb")
    for number in range(count):
        tables.put_item(
            TableName=table, Item={"Id": {"S": f"{number:03}"}, "Title": {"S": "milk"}, "Tags": {"SS": ["a", "b"]}, "Raw": {"B": b"\x00"}}
        )


@pytest.mark.timeout(120)
def test_rows_are_moved_under_a_writing_user_and_back(account: Ministack) -> None:
    """Parity 81, 120."""
    cloud = Aws("us-east-1", endpoint_url=account.url)
    move(cloud, own=False)
    seeded(account, SHARED)
    before = rows(account, SHARED)
    writer, steps = Writer(account), list[str]()
    writer.write()
    writer.start()
    move(cloud, own=True, step=steps.append)
    writer.stop()
    moved = rows(account, OWN)
    there = {row["Id"]["S"] for row in moved}
    assert there - set(writer.unsure) == {row["Id"]["S"] for row in before} | set(writer.acknowledged)
    assert {row["Owner"]["S"] for row in moved} == {"nobody"}
    assert writer.refused
    assert any(step.endswith("(100 %)") for step in steps)
    compiled, _ = state(own=False)
    (kept,) = kept_tables(cloud, compiled.release, datetime.now(UTC).date())
    assert (kept.name, kept.is_over) == (SHARED, False)
    assert rows(account, SHARED)
    reverter = Reverter(cloud, steps.append)
    with pytest.raises(RefusedError, match="whose rows have been moved since"):
        reverter.choose(compiled.release, None)
    way = in_the_way(cloud, compiled, standing_templates(cloud, compiled.release))
    assert [effect.name for effect in way] == [SHARED]
    move(cloud, own=False, unneeded=(SHARED,))
    back = rows(account, SHARED)
    assert [row for row in back if not row["Id"]["S"].startswith("new")] == before
    assert {row["Id"]["S"] for row in back} >= there
    acknowledged = len(writer.acknowledged)
    writer.write()
    assert len(writer.acknowledged) == acknowledged + 1


def test_the_computed_policy_suffices_to_move_rows_and_none_without_its_leave_does(account: Ministack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights for just these tables, and only while there are rows to move."""
    root = Aws("us-east-1", endpoint_url=account.url)
    move(root, own=False)
    seeded(account, SHARED, 30)
    compiled, _ = state(own=True)
    found = moves(standing_templates(root, compiled.release), compiled.stacks.data.template.resources)
    for name, value in make_deployer(account).items():
        monkeypatch.setenv(name, value)
    cloud = Aws("us-east-1", endpoint_url=account.url)
    grant(account, for_ministack(deployer_documents(compiled)))
    with pytest.raises(RefusedError, match="dynamodb:Scan"):
        move(cloud, own=True)
    assert OWN not in account.client("dynamodb").list_tables()["TableNames"]
    grant(account, for_ministack(deployer_documents(compiled, found)))
    move(cloud, own=True)
    assert len(rows(account, OWN)) == 30


def run(account: Ministack, kill_after: int, keyed: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.judges.moving", account.url, str(kill_after), keyed]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=120, check=False)


def left(account: Ministack) -> dict[str, Any]:
    """What the account holds, but for the templates of states on the way, which are of one deploy each."""
    found = snapshot(account)
    objects = {bucket: [key for key in keys if not key.startswith("templates/")] for bucket, keys in found["objects"].items()}
    return {**found, "objects": objects}


def prepared(account: Ministack) -> None:
    move(Aws("us-east-1", endpoint_url=account.url), own=False)
    seeded(account, SHARED, 30)


@pytest.mark.timeout(1200)
def test_killed_after_any_call_rows_are_all_there_in_the_end(tmp_path: Path) -> None:
    """Parity 119."""
    with running_ministack(tmp_path) as account:
        prepared(account)
        calls = json.loads(run(account, 0, "own").stdout)
        wanted, moved = left(account), rows(account, OWN)
    for number in range(1 if WHOLE else STRIDE, len(calls) + 1, 1 if WHOLE else STRIDE):
        with running_ministack(tmp_path) as account:
            prepared(account)
            killed = run(account, number, "own")
            assert killed.returncode in (-signal.SIGKILL, 0), f"after {calls[number - 1]}: {killed.stderr}"
            finished = run(account, 0, "own")
            assert finished.returncode == 0, f"after {calls[number - 1]} ({number}): {finished.stderr}"
            assert rows(account, OWN) == moved, f"after {calls[number - 1]} ({number})"
            assert left(account) == wanted, f"after {calls[number - 1]} ({number})"
