"""The data folder and its lock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deep.errors import EnvironmentProblem, ExitCode
from deep.local.datadir import DataDir

HOLD = """
import sys, time
from pathlib import Path
from deep.local.datadir import DataDir
data = DataDir.open(Path(sys.argv[1]))
print('held', flush=True)
time.sleep(60)
"""


def test_the_folder_is_kept_out_of_histories(tmp_path: Path) -> None:
    with DataDir.open(tmp_path) as data:
        assert data.path == tmp_path / ".deep"
        assert (data.path / ".gitignore").read_text(encoding="ascii") == "*\n"
        assert data.folder("data").is_dir()


def test_a_second_platform_is_refused_and_told_whom_to_stop(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(EnvironmentProblem) as refused:
        DataDir.open(tmp_path)
    assert refused.value.exit_code == ExitCode.ENVIRONMENT
    assert f"process {holder.pid}" in refused.value.problems[0].message
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with DataDir.open(tmp_path) as data:
        assert data.previous is not None
        assert data.previous.pid == holder.pid
        assert not data.machine_went_down


def test_a_clean_stop_leaves_no_trace_of_a_holder(tmp_path: Path) -> None:
    DataDir.open(tmp_path).close()
    with DataDir.open(tmp_path) as data:
        assert data.previous is None


@pytest.mark.parametrize("content", ["", "garbage", "[]", '{"pid": "x"}', "\0" * 5000])
def test_a_spoiled_lock_file_is_no_obstacle(tmp_path: Path, content: str) -> None:
    DataDir.open(tmp_path).close()
    (tmp_path / ".deep/lock").write_text(content, encoding="ascii")
    with DataDir.open(tmp_path) as data:
        assert data.previous is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux names its runs")
def test_a_crash_of_the_machine_is_noticed(tmp_path: Path) -> None:
    DataDir.open(tmp_path).close()
    stale = {"pid": os.getpid(), "started": "2026-01-01T00:00:00+00:00", "boot": "another"}
    (tmp_path / ".deep/lock").write_text(json.dumps(stale), encoding="ascii")
    with DataDir.open(tmp_path) as data:
        assert data.machine_went_down


def test_a_folder_that_cannot_be_made_is_an_environment_problem(tmp_path: Path) -> None:
    (tmp_path / ".deep").write_text("a file", encoding="ascii")
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        DataDir.open(tmp_path)
