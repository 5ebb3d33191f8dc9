"""Functions called by name: Lambda's Invoke API and the original's `/_/lambda`. Parity 57, 106, 107."""

from __future__ import annotations

import json
import time

import pytest

from tests.unit.local.conftest import Stage, failure

CREATE = "deep.todo:task:create"
INVOKE = f"/2015-03-31/functions/{CREATE}/invocations"


def test_invoke_passes_the_event_and_the_answer_through(stage: Stage) -> None:
    stage.functions.handlers[CREATE] = lambda event: {"got": event}  # type: ignore[index]
    answer = stage.http.ask("POST", INVOKE, b'{"Title":"x"}')
    assert (answer.status, answer.json(), answer.headers["x-amz-executed-version"]) == (200, {"got": {"Title": "x"}}, "$LATEST")


def test_invoke_takes_arns_escaped_as_boto3_does(stage: Stage) -> None:
    arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Adeep.todo%3Atask%3Acreate"
    assert stage.http.ask("POST", f"/2015-03-31/functions/{arn}/invocations", b'{"body":"x"}').status == 200


def test_invoke_without_a_payload_sends_an_empty_event(stage: Stage) -> None:
    stage.http.ask("POST", INVOKE)
    assert stage.functions.calls[0].event == {}


def test_invoke_says_that_the_function_failed_as_lambda_does(stage: Stage) -> None:
    stage.functions.handlers[CREATE] = lambda event: failure("fault", "KeyError", "'Id'")  # type: ignore[index]
    answer = stage.http.ask("POST", INVOKE, b"{}")
    assert (answer.status, answer.headers["x-amz-function-error"]) == (200, "Unhandled")
    assert answer.json() == {"errorType": "KeyError", "errorMessage": "'Id'", "stackTrace": []}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "error"),
    [
        ("/2015-03-31/functions/nobody/invocations", b"{}", {}, 404, "ResourceNotFoundException"),
        (INVOKE, b"{broken", {}, 400, "InvalidRequestContentException"),
        (INVOKE, b"{}", {"X-Amz-Invocation-Type": "Never"}, 400, "InvalidParameterValueException"),
    ],
)
def test_invoke_refuses_in_lambdas_words(stage: Stage, path: str, body: bytes, headers: dict[str, str], status: int, error: str) -> None:
    answer = stage.http.ask("POST", path, body, headers)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, error)
    assert stage.functions.calls == []


def test_invoke_tells_a_full_queue_as_throttling(stage: Stage) -> None:
    stage.functions.handlers[CREATE] = lambda event: failure("throttled")  # type: ignore[index]
    assert stage.http.ask("POST", INVOKE, b"{}").status == 429


def test_dry_run_invokes_nothing(stage: Stage) -> None:
    assert stage.http.ask("POST", INVOKE, b"{}", {"X-Amz-Invocation-Type": "DryRun"}).status == 204
    assert stage.functions.calls == []


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [(INVOKE, b'{"a":1}', {"X-Amz-Invocation-Type": "Event"}), ("/_/lambda-async", json.dumps({"lambda": CREATE, "payload": {"a": 1}}).encode(), {})],
)
def test_asynchronous_calls_answer_202_before_the_function_ends(stage: Stage, path: str, body: bytes, headers: dict[str, str]) -> None:
    stage.functions.delay_s = 0.5
    began = time.monotonic()
    answer = stage.http.ask("POST", path, body, headers)
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
