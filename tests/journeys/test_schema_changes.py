"""A model is edited while the platform runs and its users go on writing: nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deep.local.engines.dynoxide import find_binary
from deep.testing import Client, LocalApp, serve

pytestmark = [pytest.mark.journey, pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")]

TODO = Path(__file__).parents[2] / "apps" / "todo"
FIELDS = {"Title": "string", "Completed": "boolean"}


class Writer(threading.Thread):
    """Creates todos until it is told to stop; `acknowledged` are the titles of those that it was told are kept."""

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self._client = client
        self._ends = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._ends.is_set():
            number += 1
            answer = self._client.call("deep.todo:task:create", {"Title": f"todo {number}"})
            if answer.status in (200, 201):
                self.acknowledged.append(f"todo {number}")

    def stop(self) -> list[str]:
        self._ends.set()
        self.join(20)
        return self.acknowledged


def edit(app: LocalApp, **settings: object) -> None:
    (model,) = app.path.rglob("Data/Models/Todo.json")
    model.write_text(json.dumps({**FIELDS, "_settings": settings}))


def titles(client: Client) -> set[str]:
    """All that the app shows; nothing when a function of the former state met a table of other keys."""
    answer = client.call("deep.todo:task:retrieve")
    return {item["Title"] for item in answer.data} if answer.status == 200 else set()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.timeout(120)
def test_edits_under_a_writing_user_lose_nothing_that_was_acknowledged() -> None:
    with serve(TODO) as app:
        user = app.client()
        writer = Writer(app.client())
        writer.start()
        until(lambda: len(titles(user)) > 5)
        edit(app, indexes=["Title"])
        edit(app, own=True)
        until(lambda: user.call("deep.todo:task:retrieve").data == [])
        own = len(writer.acknowledged)
        until(lambda: len(writer.acknowledged) > own + 5)
        edit(app, own=False, indexes=["Title"])
        until(lambda: bool(titles(user)))
        written = writer.stop()
        assert set(written) <= titles(user)
