"""Functions called by name: the original's `/_/lambda`. Parity 106, 107."""

from __future__ import annotations

import json
import time

import pytest

from tests.unit.local.conftest import Stage, failure

CREATE = "deep.todo:task:create"


def test_asynchronous_calls_answer_202_before_the_function_ends(stage: Stage) -> None:
    stage.functions.delay_s = 0.5
    began = time.monotonic()
    answer = stage.http.ask("POST", "/_/lambda-async", json.dumps({"lambda": CREATE, "payload": {"a": 1}}).encode())
    assert answer.status == 202
    assert time.monotonic() - began < 0.4
    time.sleep(0.1)
    assert stage.functions.calls[0].event == {"a": 1}


def test_the_original_protocol_answers_errors_with_200(stage: Stage) -> None:
    stage.functions.handlers[CREATE] = lambda event: failure("fault", "KeyError", "'Id'")  # type: ignore[index]
    answer = stage.http.ask("POST", "/_/lambda", json.dumps({"lambda": CREATE, "payload": {}}).encode())
    assert (answer.status, answer.json()) == (200, {"errorType": "KeyError", "errorMessage": "'Id'", "errorStack": ""})


def test_the_original_protocol_passes_payload_and_identity(stage: Stage) -> None:
    stage.functions.handlers[CREATE] = lambda event: {"Id": 1}  # type: ignore[index]
    assert stage.http.ask("POST", "/_/lambda", json.dumps({"lambda": CREATE, "payload": {"T": 1}, "method": "POST"}).encode()).json() == {"Id": 1}
    assert stage.functions.calls[0].event == {"T": 1}
    assert stage.functions.calls[0].identity_id == stage.identities.anonymous.identity_id


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"lambda":"nobody"}', 404), (b"{", 400), (b"[]", 404), (b"", 400), (b'{"lambda":"deep.todo:task:fail"}', 403), (b'{"lambda":["x"]}', 404)],
)
def test_the_original_protocol_refuses(stage: Stage, body: bytes, status: int) -> None:
    assert stage.http.ask("POST", "/_/lambda", body).status == status
    assert stage.functions.calls == []


def test_the_original_protocol_answers_options(stage: Stage) -> None:
    answer = stage.http.ask("OPTIONS", "/_/lambda")
    assert (answer.status, answer.json()) == (200, {})


def test_lambdas_own_api_is_not_here(stage: Stage) -> None:
    """It is behind the door, where calls are signed: here anybody could call any function."""
    assert stage.http.ask("POST", f"/2015-03-31/functions/{CREATE}/invocations", b"{}").status in (403, 404, 405)
    assert stage.functions.calls == []
