"""Values of secret parameters are blotted out of logs and errors. Threat L10."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deep.errors import Place
from deep.local.gateway.shield import Shield
from deep.local.redaction import BLOT, RedactingReporter, Redaction, secret_values
from deep.model import Parameter
from tests.fakes.reporter import RecordingReporter
from tests.unit.bundle.site_apps import two_microapps
from tests.unit.local.conftest import Stage, failure, served

HERE = Place("parameters.json", 1, 1)
SECRET = 'pä"ss\\word-1'


def parameter(name: str, value: object, *, secret: bool = True) -> Parameter:
    return Parameter("backend", name, "string", "", False, value, "answers", HERE, secret=secret)


def test_the_values_are_those_of_secret_parameters(tmp_path: Path) -> None:
    parameters = (parameter("a", SECRET), parameter("b", "plain-value", secret=False), parameter("c", "short"), parameter("d", None))
    assert secret_values(two_microapps(tmp_path, parameters=parameters)) == (SECRET,)


def test_a_value_is_blotted_out_however_it_is_spelled() -> None:
    redaction = Redaction((SECRET, f"{SECRET}-longer"))
    for spelled in (SECRET, json.dumps(SECRET)[1:-1], json.dumps(SECRET, ensure_ascii=False)[1:-1], f"{SECRET}-longer"):
        assert redaction.text(f"no connection: {spelled}!") == f"no connection: {BLOT}!"
        assert redaction.content(b"\xff" + spelled.encode()) == b"\xff" + BLOT.encode()


def test_without_secrets_nothing_is_touched() -> None:
    redaction = Redaction()
    assert not redaction
    assert (redaction.text("a.c"), redaction.content(b"\xff")) == ("a.c", b"\xff")
    assert Redaction(("a.cdef",)).text("abcdef") == "abcdef"


def test_what_functions_say_is_blotted() -> None:
    heard = RecordingReporter()
    reporter = RedactingReporter(heard, Redaction((SECRET,)))
    reporter.log("deep.todo:task:create", f"connecting with {SECRET}")
    reporter.step("step")
    reporter.changed(["a"])
    reporter.ready("http://localhost:1")
    assert heard.logs == [("deep.todo:task:create", f"connecting with {BLOT}")]
    assert (heard.steps, heard.changes, heard.urls) == (["step"], [("a",)], ["http://localhost:1"])


@pytest.mark.parametrize("kind", ["fault", "init"])
def test_an_error_tells_its_caller_no_secret(stage: Stage, kind: str) -> None:
    stage.gateway.use(replace(served(stage.files, stage.identities), shield=Shield(redaction=Redaction((SECRET,)))))
    stage.functions.handlers["deep.todo:task:retrieve"] = lambda event: failure(kind, "OSError", f"refused: {SECRET}")  # type: ignore[index, arg-type]
    assert stage.http.ask("GET", "/deep-todo/task/retrieve").json()["errorMessage"] == f"refused: {BLOT}"
