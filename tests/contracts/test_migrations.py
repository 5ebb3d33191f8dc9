"""What the function that runs migrations promises, on the real table engine: once, by one at a time, and again after it failed. Parity 42."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from deep.model.migrations import RECORD_FIELDS
from deep.runtime.db.table import Table
from deep.runtime.deployment import Deployment
from deep.runtime.exceptions import InvalidArgumentError
from deep.runtime.kernel import Kernel
from deep.runtime.migrations import Runner, files_of
from deep.wire.migrations import RECORD
from tests.fakes.tables import client_of, create_table, deployment, table_shape

COUNTING = """
def up(kernel):
    kernel.get("db").get("Todo").create_item({"Title": "up"})

def down(kernel):
    kernel.get("db").get("Todo").create_item({"Title": "down"})
"""
FAILING = "def up(kernel):\n    raise ValueError('not today')\n"
SLOW = f"import time\n{COUNTING.replace('kernel.get', 'time.sleep(0.3); kernel.get', 1)}"
LATER = f"async {COUNTING.strip().partition('def down')[0]}"
ASKED = {"up": {"do": "up", "version": 1, "holder": "me"}, "down": {"do": "down", "version": 1, "holder": "me"}}

Ask = Callable[..., Any]


@pytest.fixture
def made(dynoxide: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    for name, value in {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_ENDPOINT_URL_DYNAMODB": dynoxide}.items():
        monkeypatch.setenv(name, value)
    tables = {"Todo": table_shape({"Title": "string"}), RECORD: table_shape(dict(RECORD_FIELDS))}
    client = client_of(dynoxide)
    for shape in tables.values():
        create_table(client, shape)
    client.close()
    running = deployment(tables=tables)
    yield running
    running.close()


@pytest.fixture
def ask(made: Deployment, tmp_path: Path) -> Ask:
    def asked(event: dict[str, Any], **files: str) -> Any:
        """What is answered by a function whose folder holds these files too: `version1="..."`."""
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        return Runner(Kernel(made), files_of(str(tmp_path))).answer(event)

    return asked


def ran(made: Deployment) -> list[str]:
    return sorted(row["Title"] for row in Kernel(made).get("db").get("Todo").find_all())


def record(made: Deployment) -> Table:
    found: Table = Kernel(made).get("db").get(RECORD)
    return found


def listed(ask: Ask) -> list[tuple[int, str]]:
    return [(row["version"], row["state"]) for row in ask({"do": "list"})]


def test_each_runs_once(made: Deployment, ask: Ask) -> None:
    assert [ask(ASKED["up"], version1=COUNTING, version2=COUNTING) for _ in range(3)] == [{"state": "done"}] * 3
    assert ran(made) == ["up"]
    assert listed(ask) == [(1, "done"), (2, "pending")]


def test_one_that_failed_says_so_and_is_run_again(made: Deployment, ask: Ask) -> None:
    with pytest.raises(ValueError, match="not today"):
        ask(ASKED["up"], version1=FAILING)
    (row,) = ask({"do": "list"})
    assert (row["state"], row["error"]) == ("failed", "ValueError: not today")
    assert ask(ASKED["up"], version1=COUNTING) == {"state": "done"}
    (row,) = ask({"do": "list"})
    assert (row["state"], row["error"], row["changed"]) == ("done", None, False)
    assert ran(made) == ["up"]


def test_a_file_that_changed_after_it_ran_is_told_and_not_run(made: Deployment, ask: Ask) -> None:
    ask(ASKED["up"], version1=COUNTING)
    assert ask(ASKED["up"], version1=f"{COUNTING}# more\n") == {"state": "done"}
    (row,) = ask({"do": "list"})
    assert (row["state"], row["changed"], ran(made)) == ("done", True, ["up"])


def test_of_two_at_once_one_runs_it(made: Deployment, ask: Ask) -> None:
    ask({"do": "list"}, version1=SLOW)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda holder: ask({**ASKED["up"], "holder": holder})["state"], ("a", "b", "c", "d")))
    assert sorted(answers) == ["done", "locked", "locked", "locked"]
    assert ran(made) == ["up"]


def test_a_claim_is_held_as_long_as_its_run_may_last(made: Deployment, ask: Ask) -> None:
    row = {"microapp": "deep.todo", "version": 1, "state": "running", "holder": "other", "digest": "x", "until": int(time.time() * 1000) + 60_000}
    record(made).create_item(row, item_id="deep.todo:1")
    assert ask(ASKED["up"], version1=COUNTING) == {"state": "locked"}
    record(made).update_item("deep.todo:1", {"until": int(time.time() * 1000) - 1})
    (told,) = ask({"do": "list"})
    assert (told["state"], told["error"]) == ("failed", "it ended without a word")
    assert ask(ASKED["up"]) == {"state": "done"}


@pytest.mark.parametrize(("holder", "freed"), [("other", [1]), ("*", [1]), ("me", [])])
def test_a_claim_is_given_up_for_a_run_that_is_known_to_have_ended(made: Deployment, ask: Ask, holder: str, freed: list[int]) -> None:
    row = {"microapp": "deep.todo", "version": 1, "state": "running", "holder": "other", "digest": "x", "until": int(time.time() * 1000) + 60_000}
    record(made).create_item(row, item_id="deep.todo:1")
    assert ask({"do": "release", "holder": holder}, version1=COUNTING) == {"released": freed}
    assert ask(ASKED["up"]) == {"state": "done" if freed else "locked"}


def test_it_is_taken_back_and_may_run_again(made: Deployment, ask: Ask) -> None:
    ask(ASKED["up"], version1=COUNTING)
    assert [ask(ASKED["down"]) for _ in range(2)] == [{"state": "pending"}] * 2
    assert (ran(made), listed(ask)) == (["down", "up"], [(1, "pending")])
    assert ask(ASKED["up"]) == {"state": "done"}
    assert ran(made) == ["down", "up", "up"]


def test_what_cannot_be_taken_back(made: Deployment, ask: Ask, tmp_path: Path) -> None:
    ask(ASKED["up"], version1=LATER)
    assert ran(made) == ["up"]
    assert ask(ASKED["down"]) == {"state": "irreversible"}
    (tmp_path / "version1.py").unlink()
    assert ask(ASKED["down"]) == {"state": "unknown"}
    (row,) = ask({"do": "list"})
    assert (row["state"], row["missing"]) == ("done", True)


def test_other_questions_are_refused(ask: Ask) -> None:
    with pytest.raises(InvalidArgumentError, match="not to 'sing'"):
        ask({"do": "sing"})
