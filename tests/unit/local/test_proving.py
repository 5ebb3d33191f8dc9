"""Tests that were run are evidence; tests that failed, or are not there, are none."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from deep.errors import DeepError
from deep.local.door.recorder import VARIABLE, Recorder, Recording, read_calls, recordings_path
from deep.local.proving import evidence_of, gather
from deep.model import App
from deep.security.evaluate import Access
from deep.security.proof import Evidence
from tests.fakes.apps import action_of, app_of

PUT, GET = (Access(f"dynamodb:{name}", "arn", {"k": ("v",)}) for name in ("PutItem", "GetItem"))
DO = "deep.todo:task:do"


def recorded(path: Path) -> None:
    recorder = Recorder()
    for own, access, allowed in ((False, PUT, True), (True, GET, True), (False, GET, False)):
        recorder.note(Recording(DO, own, access, allowed))
    recorder.note_call("editors", DO)
    recorder.note_call("editors", DO)
    recorder.save(path)
    recorder.save(path)


def in_folder(folder: Path) -> App:
    """An app without tests, whose commands run in `folder`."""
    app = app_of(action_of("do"))
    return replace(app, property=replace(app.property, path=folder))


def test_what_was_recorded_is_evidence_and_denials_are_not(tmp_path: Path) -> None:
    recorded(tmp_path / "recorded")
    evidence = evidence_of(tmp_path / "recorded")
    assert evidence == Evidence({DO: [PUT]}, {DO: [GET]}, frozenset({("editors", DO)}))
    assert len((tmp_path / "recorded").read_bytes().splitlines()) == 4, "each once"


def test_calls_are_passed_over_when_they_were_cut_off(tmp_path: Path) -> None:
    (tmp_path / "recorded").write_bytes(b'{"role":"a","call":"b"}\n{"role":"a"\n[]\n')
    assert read_calls(tmp_path / "recorded") == {("a", "b")}


def test_recordings_are_written_where_the_one_who_proves_wants_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert recordings_path(tmp_path) == tmp_path / "accesses.jsonl"
    monkeypatch.setenv(VARIABLE, "/elsewhere")
    assert recordings_path(tmp_path) == Path("/elsewhere")


def test_a_command_is_run_and_what_it_recorded_is_read(tmp_path: Path) -> None:
    told: list[str] = []
    script = f'import os, pathlib; pathlib.Path(os.environ[\'{VARIABLE}\']).write_text(\'{{"role": "a", "call": "b"}}\')'
    evidence = gather(in_folder(tmp_path), [sys.executable, "-c", script], told.append)
    assert evidence.calls == {("a", "b")}
    assert told[0].startswith("running ")


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ([sys.executable, "-c", "print('it went wrong'); raise SystemExit(4)"], "tests-failed", "it went wrong"),
        (["/nonexistent/program"], "unusable-command", "No such file"),
        ([], "no-tests", "nothing can be proved"),
    ],
)
def test_what_is_no_evidence(tmp_path: Path, command: list[str], code: str, said: str) -> None:
    with pytest.raises(DeepError) as refused:
        gather(in_folder(tmp_path), command, lambda text: None)
    (problem,) = refused.value.problems
    assert (problem.code, said in problem.message) == (code, True)
