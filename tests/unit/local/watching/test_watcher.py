"""Edits are told, soon, and what the platform itself writes is not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deep.errors import Problem
from deep.local.watching.watcher import Watcher, WatchPlan, watch_plan
from tests.fakes.apps import app_of


@dataclass
class Told:
    batches: list[frozenset[Path]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    async def on_change(self, paths: frozenset[Path]) -> None:
        self.batches.append(paths)

    async def names(self, count: int) -> set[str]:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            names = {path.name for batch in self.batches for path in batch}
            if len(names) >= count:
                return names
            await asyncio.sleep(0.01)
        return {path.name for batch in self.batches for path in batch}


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[tuple[Path, Told, Watcher]]:
    for folder in ("Backend/src", ".deep/data", "Frontend/js", "Frontend/node_modules/x"):
        (tmp_path / folder).mkdir(parents=True)
    told = Told()
    watcher = Watcher(told.on_change, told.problems.append)
    await watcher.watch(WatchPlan(frozenset((tmp_path, tmp_path / "Frontend")), frozenset((tmp_path / "Backend", tmp_path / "Frontend" / "js"))))
    await asyncio.sleep(0.3)
    yield tmp_path, told, watcher
    await watcher.stop()


async def test_edits_are_told_within_a_moment(watched: tuple[Path, Told, Watcher]) -> None:
    folder, told, _ = watched
    began = time.monotonic()
    (folder / "Backend" / "src" / "handler.py").write_text("x")
    (folder / "deeploy.json").write_text("{}")
    assert await told.names(2) >= {"handler.py", "deeploy.json"}
    assert time.monotonic() - began < 2
    assert told.problems == []


async def test_tables_packages_and_editors_leftovers_are_not_told(watched: tuple[Path, Told, Watcher]) -> None:
    folder, told, _ = watched
    (folder / ".deep" / "data" / "tables.db").write_text("x")
    (folder / "Frontend" / "node_modules" / "x" / "index.js").write_text("x")
    (folder / "Backend" / "src" / "handler.py~").write_text("x")
    (folder / "Frontend" / "js" / "app.js").write_text("x")
    await told.names(1)
    await asyncio.sleep(0.3)
    assert {path.name for batch in told.batches for path in batch} == {"app.js"}


async def test_another_plan_takes_over(watched: tuple[Path, Told, Watcher]) -> None:
    folder, told, watcher = watched
    (folder / "New").mkdir()
    await watcher.watch(WatchPlan(frozenset(), frozenset((folder / "New",))))
    await asyncio.sleep(0.3)
    told.batches.clear()
    (folder / "Backend" / "src" / "handler.py").write_text("x")
    (folder / "New" / "file.py").write_text("x")
    assert await told.names(1) == {"file.py"}


def test_the_plan_leaves_out_what_is_not_the_authors(tmp_path: Path) -> None:
    todo = tmp_path / "DeepTodo"
    for folder in ("Backend", ".deep", "Frontend/js", "Frontend/_build", "Frontend/node_modules", ".git"):
        (todo / folder).mkdir(parents=True)
    from dataclasses import replace

    from deep.model import Folders

    app = app_of()
    app = replace(app, property=replace(app.property, path=tmp_path))
    app = replace(app, microapps=(replace(app.microapps[1], path=todo, folders=Folders(frontend=todo / "Frontend")),))
    plan = watch_plan(app)
    assert plan.flat == {tmp_path, todo, todo / "Frontend"}
    assert plan.deep == {todo / "Backend", todo / "Frontend" / "js", todo / "Frontend" / "_build"}
