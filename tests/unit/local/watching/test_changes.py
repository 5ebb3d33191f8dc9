"""What an edited file asks for. Parity 110."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deep.local.watching.changes import NOTHING, Effects, effects_of, is_noise
from deep.model import App, Folders
from tests.fakes.apps import action_of, app_of

TODO = Path("/app/DeepTodo")
ALL = frozenset(("deep.todo:task:create", "deep.todo:task:delete"))


@pytest.fixture
def app() -> App:
    source = TODO / "Backend" / "src"
    made = app_of(action_of("create", source=source / "Create"), action_of("delete", source=source / "Delete"))
    folders = Folders(frontend=TODO / "Frontend", backend=TODO / "Backend", models=TODO / "Data" / "Models")
    root, todo = made.microapps
    return replace(made, microapps=(replace(root, path=Path("/app/DeepRoot")), replace(todo, path=TODO, folders=folders)))


@pytest.mark.parametrize(
    ("path", "effects"),
    [
        ("DeepTodo/Backend/src/Create/handler.py", Effects(functions=frozenset(("deep.todo:task:create",)))),
        ("DeepTodo/Backend/src/Create/deep/er/data.txt", Effects(functions=frozenset(("deep.todo:task:create",)))),
        ("DeepTodo/Backend/src/shared.py", Effects(functions=ALL)),
        ("DeepTodo/Backend/src/Creation/handler.py", Effects(functions=ALL)),
        ("DeepTodo/Backend/src/Create/requirements.txt", Effects(app=True)),
        ("DeepTodo/Backend/resources.json", Effects(app=True)),
        ("DeepTodo/deepkg.json", Effects(app=True)),
        ("DeepTodo/Data/Models/Todo.json", Effects(app=True)),
        ("DeepTodo/Data/Migration/version1.py", Effects(app=True, migrations=True)),
        ("deeploy.json", Effects(app=True)),
        ("DeepTodo/Frontend/js/app.js", Effects(frontends=frozenset(("deep.todo",)))),
        ("DeepTodo/Frontend/_build/js/app.js", Effects(pages=True)),
        ("DeepTodo/.deepignore", Effects(pages=True)),
        ("DeepTodo/root_assets/robots.txt", Effects(pages=True)),
        ("DeepTodo/Docs/index.md", NOTHING),
        ("README.md", NOTHING),
    ],
)
def test_effects(app: App, path: str, effects: Effects) -> None:
    assert effects_of(app, [Path("/app") / path]) == effects


def test_a_batch_asks_for_all_that_its_edits_ask_for(app: App) -> None:
    paths = [TODO / "Backend/src/Create/a.py", TODO / "Backend/src/Delete/b.py", TODO / "deepkg.json", TODO / "Frontend/x.css"]
    assert effects_of(app, paths) == Effects(app=True, functions=ALL, frontends=frozenset(("deep.todo",)))


@pytest.mark.parametrize("path", ["a/.deep/data/tables.db-wal", "a/node_modules/x.js", "a/b.pyc", "a/b.py~", "a/.b.py.swp", "a/4913", "a/.git/index"])
def test_noise(path: str) -> None:
    assert is_noise(Path("/app") / path)


def test_ordinary_files_are_no_noise() -> None:
    assert not is_noise(Path("/app/Backend/src/Create/handler.py"))
