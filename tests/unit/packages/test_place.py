"""All or nothing: whatever interrupts an installation, the property is as before or as after it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deep.errors import EnvironmentProblem, ProjectError
from deep.packages.interrupted import finish_interrupted
from deep.packages.place import Move, copy_package, differences, replace_file, staging
from tests.fakes.packages import tree_of, write

OLD = {"A/f": "old a", "B/f": "old b"}
NEW = {"A/f": "new a", "B/f": "new b", "C/f": "new c"}


def test_all_moves_happen(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    with staging(tmp_path) as stage:
        write(stage.folder, NEW)
        stage.commit([Move(stage.folder / name, tmp_path / name) for name in "ABC"])
    assert tree_of(tmp_path) == NEW
    assert [path.name for path in (tmp_path / ".deep/install").iterdir()] == ["lock"]


def test_a_failure_before_the_commit_leaves_everything(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    with pytest.raises(FileExistsError), staging(tmp_path) as stage:
        write(stage.folder, NEW).mkdir()
    assert tree_of(tmp_path) == OLD


def test_a_failure_unmakes_the_folders_it_made(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError), staging(tmp_path / "new" / "app") as stage:
        stage.folder.mkdir()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_an_interrupted_commit_is_finished_by_the_next_command(done: int, tmp_path: Path) -> None:
    """The process died after `done` of three moves."""
    write(tmp_path, OLD)
    stage = tmp_path / ".deep/install/stage-1"
    write(stage, NEW)
    moves = [[f".deep/install/stage-1/{name}", name] for name in "ABC"]
    replace_file(tmp_path / ".deep/install/journal.json", json.dumps({"stage": ".deep/install/stage-1", "moves": moves}))
    for number, name in enumerate("ABC"[:done]):
        if (tmp_path / name).exists():
            (tmp_path / name).rename(stage / f"replaced-{number}")
        (stage / name).rename(tmp_path / name)
    assert finish_interrupted(tmp_path) is True
    assert tree_of(tmp_path) == NEW
    assert finish_interrupted(tmp_path) is False


VICTIM = """
import sys
from pathlib import Path
from deep.packages.place import Move, staging
property_path = Path(sys.argv[1])
with staging(property_path) as stage:
    for name in "ABC":
        for number in range(20):
            (stage.folder / name).mkdir(exist_ok=True)
            (stage.folder / name / f"f{number}").write_text("new")
    stage.commit([Move(stage.folder / name, property_path / name) for name in "ABC"])
"""


def test_kill_at_any_moment_leaves_old_or_new(tmp_path: Path) -> None:
    """Fault R17: SIGKILL at 20 moments spread over the installation."""
    old = {f"{name}/f{number}": "old" for name in "AB" for number in range(20)}
    new = {f"{name}/f{number}": "new" for name in "ABC" for number in range(20)}
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", VICTIM, str(tmp_path / "timing")], check=True)
    whole_s = time.monotonic() - started
    outcomes = []
    for attempt in range(20):
        folder = write(tmp_path / str(attempt), old)
        with subprocess.Popen([sys.executable, "-c", VICTIM, str(folder)]) as victim:
            time.sleep(whole_s * (0.5 + attempt / 32))
            victim.kill()
        finish_interrupted(folder)
        outcomes.append(tree_of(folder))
    assert all(outcome in (old, new) for outcome in outcomes)


def test_a_killed_installation_does_not_lock_the_next_out(tmp_path: Path) -> None:
    code = "import sys, time\nfrom pathlib import Path\nfrom deep.packages.place import staging\n"
    code += "with staging(Path(sys.argv[1])):\n    sys.stdout.write('in'); sys.stdout.flush(); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.read(2) == b"in"
        with pytest.raises(EnvironmentProblem, match=str(other.pid)), staging(tmp_path):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with staging(tmp_path) as stage:
            assert [path.name for path in (tmp_path / ".deep/install").glob("stage-*")] == [stage.folder.name]


def test_copies_leave_out_what_is_no_part_of_a_package(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a", {"f": "x", ".git/config": "x", "node_modules/m/i.js": "x", ".deep/data": "x", "s/__pycache__/c": "x", ".deepignore": "x"}
    )
    copy_package(source, tmp_path / "b")
    assert set(tree_of(tmp_path / "b")) == {"f", ".deepignore"}
    assert differences(source, tmp_path / "b") == []
    write(tmp_path / "b", {"f": "y", "g": "y"})
    assert differences(source, tmp_path / "b") == ["f", "g"]


@pytest.mark.parametrize("target", ["/etc/passwd", "/etc", "nowhere"])
def test_copies_refuse_links(target: str, tmp_path: Path) -> None:
    write(tmp_path / "a", {"f": "x"})
    (tmp_path / "a/link").symlink_to(target)
    with pytest.raises(ProjectError, match="link is a link"):
        copy_package(tmp_path / "a", tmp_path / "b")
