"""Which of an author's files ship, and which actions are deployed at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deep.bundle.deployed import deployed_actions, left_out
from deep.bundle.function_files import own_files
from deep.errors import ProjectError
from deep.model import App
from tests.fakes.apps import action_of, app_of


def at(folder: Path, app: App) -> App:
    return replace(app, property=replace(app.property, path=folder))


def shipped(folder: Path) -> list[str]:
    action = action_of("create", source=folder / "code")
    return [source.name for source in own_files(at(folder, app_of(action)), action)]


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_hidden_files_byte_code_and_our_own_files_stay(tmp_path: Path) -> None:
    write(tmp_path / "code", "handler.py", "data/words.txt", "data/_config.json", "run.sh")
    staying = [".env", ".git/config", "x.pyc", "__pycache__/handler.cpython-311.pyc", "node_modules/a/index.js", "_config.json", "_validators.py"]
    write(tmp_path / "code", *staying, "requirements.txt")
    assert shipped(tmp_path) == ["data/_config.json", "data/words.txt", "handler.py", "run.sh"]


def test_an_ignore_file_beside_the_code_is_heeded(tmp_path: Path) -> None:
    """Parity 46."""
    write(tmp_path / "code", "handler.py", "tests/test_handler.py", "notes/a.md", "notes/keep.md", "big.csv")
    (tmp_path / "code" / ".deepignore").write_text("tests/\n*.md\n!keep.md\n/big.csv\n")
    assert shipped(tmp_path) == ["handler.py", "notes/keep.md"]


def test_links_are_followed_inside_the_app(tmp_path: Path) -> None:
    write(tmp_path, "code/handler.py", "shared/words.py")
    (tmp_path / "code" / "shared").symlink_to(tmp_path / "shared")
    (tmp_path / "shared" / "round").symlink_to(tmp_path / "shared")
    assert shipped(tmp_path) == ["handler.py", "shared/words.py"]


@pytest.mark.parametrize("name", ["credentials", "folder/credentials"])
def test_links_out_of_the_app_are_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "home", name)
    write(tmp_path / "app", "code/handler.py")
    (tmp_path / "app" / "code" / "link").symlink_to(tmp_path / "home" / name.partition("/")[0])
    with pytest.raises(ProjectError) as refused:
        shipped(tmp_path / "app")
    assert [problem.code for problem in refused.value.problems] == ["link-outside"]


def test_a_folder_in_the_place_of_the_runtime_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "code/handler.py", "code/deep/x.py")
    with pytest.raises(ProjectError) as refused:
        shipped(tmp_path)
    assert refused.value.problems[0].code == "shadows-runtime"


def test_what_may_be_run_may_be_run_when_deployed(tmp_path: Path) -> None:
    write(tmp_path, "code/handler.py", "code/tool")
    (tmp_path / "code" / "tool").chmod(0o700)
    action = action_of("create", source=tmp_path / "code")
    assert {source.name: source.runs for source in own_files(at(tmp_path, app_of(action)), action)} == {"handler.py": False, "tool": True}


def test_every_function_in_another_language_is_named(tmp_path: Path) -> None:
    app = at(tmp_path, app_of(action_of("create"), action_of("mail", runtime="nodejs22.x"), action_of("report", runtime="java21")))
    with pytest.raises(ProjectError) as refused:
        deployed_actions(app)
    assert [problem.code for problem in refused.value.problems] == ["undeployable-language"] * 2
    assert "deep.todo:task:mail is in Node.js" in refused.value.problems[0].message
    assert "resource/deep.todo:task:report" in str(refused.value.problems[1].help)


def test_actions_are_left_out_of_deploys_by_name(tmp_path: Path) -> None:
    """Parity 46."""
    (tmp_path / ".deeployignore").write_text("# not yet\nresource/deep.todo:task:*\n!resource/deep.todo:task:create\n")
    app = at(tmp_path, app_of(action_of("create"), action_of("mail", runtime="nodejs22.x"), action_of("weather", type="external", url="https://x")))
    assert [action.name for action in deployed_actions(app)] == ["create"]
    assert [action.name for action in left_out(app)] == ["mail", "weather"]
