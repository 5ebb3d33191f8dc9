"""What the disk may refuse: folders, pipes, links and permissions, in the place of files."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deep.errors import EnvironmentProblem, ExitCode, ProjectError
from deep.model import load_app
from deep.model.read import Disk
from tests.unit.model.conftest import HEALTHY, Bench

MODEL = "Shop/Data/Models/Task.json"


def without(bench: Bench, name: str) -> Path:
    """The healthy property, with nothing at the path of this file."""
    bench.write({})
    target = bench.path / name
    target.unlink()
    return target


@pytest.mark.timeout(10)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
@pytest.mark.parametrize("name", ["Shop/deepkg.json", MODEL, "Shop/Backend/resources.json", "Shop/Backend/src/Task/Create/handler.py"])
def test_a_pipe_is_named_and_never_waited_for(bench: Bench, name: str) -> None:
    """Item 24."""
    os.mkfifo(without(bench, name))
    problem = next(problem for problem in bench_problems(bench) if problem.file == name)
    assert (problem.code, problem.message) == ("not-a-file", "a file is expected here, found a pipe")


def bench_problems(bench: Bench) -> tuple:  # type: ignore[type-arg]
    with pytest.raises(ProjectError) as caught:
        load_app(bench.path, environ={})
    return caught.value.problems


def test_a_folder_in_the_place_of_a_file_is_named(bench: Bench) -> None:
    """Item 24."""
    without(bench, MODEL).mkdir()
    (problem,) = bench_problems(bench)
    assert (problem.code, problem.message, problem.file) == ("not-a-file", "a file is expected here, found a folder", MODEL)


def test_a_socket_in_the_place_of_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 24. Its path must be short, so it is bound from inside."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("x.json")
        with pytest.raises((ProjectError, EnvironmentProblem)) as caught:
            Disk(tmp_path).json(tmp_path / "x.json")
    assert caught.value.problems[0].file == "x.json"


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../deeploy.json"])
def test_a_link_that_leads_out_of_the_microapp_is_refused(bench: Bench, target: str) -> None:
    """Item 24."""
    without(bench, MODEL).symlink_to(target)
    (problem,) = bench_problems(bench)
    assert (problem.code, problem.file) == ("link-outside", MODEL)


def test_a_link_inside_the_microapp_is_followed(bench: Bench) -> None:
    target = without(bench, MODEL)
    (bench.path / "Shop/task.json").write_text('{"A": "string"}')
    target.symlink_to("../../task.json")
    assert dict(load_app(bench.path, environ={}).models[0].fields) == {"A": "string"}


def test_a_link_to_itself_and_a_link_to_nothing_are_told(bench: Bench) -> None:
    without(bench, MODEL).symlink_to("Task.json")
    (bench.path / "Shop/Data/Models/Gone.json").symlink_to("nothing.json")
    told = {problem.file: problem.code for problem in bench_problems(bench)}
    assert told == {MODEL: "unreadable-file", "Shop/Data/Models/Gone.json": "missing-file"}


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Tests may run as root, whom no permission stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system has no such permissions")
def test_a_file_that_may_not_be_read_is_a_problem_of_the_environment(bench: Bench) -> None:
    """Item 25."""
    bench.write({})
    _open_to_all(bench.path)
    (bench.path / MODEL).chmod(0)
    with ordinary_user(), pytest.raises(EnvironmentProblem) as caught:
        load_app(bench.path, environ={})
    (problem,) = caught.value.problems
    assert (caught.value.exit_code, problem.file, problem.help) == (ExitCode.ENVIRONMENT, MODEL, f"chmod u+r '{MODEL}'")
    assert problem.message.startswith("cannot be read: permission denied; its owner is ")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system has no such permissions")
@pytest.mark.parametrize("mode", [0o000, 0o600])
def test_a_folder_that_may_not_be_listed_or_entered_is_a_problem_of_the_environment(bench: Bench, mode: int) -> None:
    bench.write({})
    _open_to_all(bench.path)
    (bench.path / "Shop/Data/Models").chmod(mode)
    try:
        with ordinary_user(), pytest.raises(EnvironmentProblem) as caught:
            load_app(bench.path, environ={})
    finally:
        (bench.path / "Shop/Data/Models").chmod(0o755)
    assert "Shop/Data/Models" in str(caught.value.problems[0].file)


def _open_to_all(path: Path) -> None:
    """pytest's folders are closed to others, from the first that it made."""
    for folder in (path, *path.parents):
        if folder.owner() == path.owner() and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)


def test_a_mistake_and_a_refusal_together_are_the_projects(bench: Bench) -> None:
    without(bench, MODEL).symlink_to("Task.json")
    (bench.path / "Shop/deepkg.json").write_text("{")
    assert len(bench_problems(bench)) == 2


@pytest.mark.parametrize("name", ["with space", "quo'te\"s", "$HOME", "new\nline", "Größe 😀"])
def test_folders_of_any_name_are_read(tmp_path: Path, name: str) -> None:
    """Item 88."""
    app = Bench(tmp_path / name).load()
    assert app.path.name == name
    assert len(app.actions) == 1


def test_a_name_that_is_not_utf_8_is_read(tmp_path: Path) -> None:
    """Item 88."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    assert len(Bench(path).load().actions) == 1


def test_what_tools_leave_behind_is_passed_over(bench: Bench) -> None:
    broken = {f"{folder}/deepkg.json": "{" for folder in ("node_modules", ".git", "__pycache__")}
    cache = {"Shop/Backend/src/Task/Create/node_modules/x.py": "(", "Shop/Backend/src/Task/Create/.venv/y.py": "("}
    assert len(bench.load({**broken, **cache}).microapps) == len([name for name in HEALTHY if name.endswith("deepkg.json")])
