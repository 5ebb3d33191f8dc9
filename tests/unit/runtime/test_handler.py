"""Handlers: the order of an invocation, and what HTTP and direct callers get."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from deep.runtime import kernel as kernels
from deep.runtime.exceptions import ConflictError, ContextAlreadySentError, HttpError, ResourceNotFoundError, ValidationError
from deep.runtime.handler import Runtime, lambda_handler
from deep.runtime.kernel import MOST_KERNELS, Kernel, kernel_for
from deep.runtime.request import Request
from deep.runtime.response import Response
from tests.fakes.tables import deployment, function_config

EVENT = {"version": "2.0", "requestContext": {"http": {"method": "POST", "path": "/deep-todo/task/create"}}, "headers": {"X-Thing": "1"}}


def http_event(body: Any = None, method: str = "POST", identity: str | None = None, **more: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"http": {"method": method, "path": "/x"}}
    if identity:
        context["authorizer"] = {"iam": {"cognitoIdentity": {"identityId": identity, "amr": ["unauthenticated"]}}}
    return {**EVENT, "requestContext": context, "body": None if body is None else json.dumps(body), **more}


def run(handler: type[Runtime], event: Any, context: Any = None, **config: Any) -> Any:
    return handler(Kernel(deployment(**config))).run(event, context)


def answered(handler: type[Runtime], event: Any, **config: Any) -> tuple[int, Any]:
    answer = run(handler, event, **config)
    assert answer["headers"]["content-type"] == "application/json"
    return answer["statusCode"], json.loads(answer["body"])


class Echo(Runtime):
    def handle(self, request: Request) -> Any:
        return self.create_response(request.data)


def raising(error: BaseException) -> type[Runtime]:
    class Raising(Runtime):
        def handle(self, request: Request) -> Any:
            raise error

    return Raising


def test_a_class_with_only_handle_works() -> None:
    """Parity 64."""
    assert answered(Echo, http_event({"Title": "milk"})) == (200, {"Title": "milk"})


def test_send_and_return_and_plain_data_are_answers() -> None:
    """Parity 64."""

    class Sends(Runtime):
        def handle(self, request: Request) -> Any:
            self.create_response({"sent": True}).send()

    class Plain(Runtime):
        def handle(self, request: Request) -> Any:
            return {"plain": True}

    class SendsAndReturns(Runtime):
        def handle(self, request: Request) -> Any:
            return self.create_response({"both": True}, 200).send()

    assert [answered(handler, http_event())[1] for handler in (Sends, Plain, SendsAndReturns)] == [{"sent": True}, {"plain": True}, {"both": True}]


def test_double_send_raises() -> None:
    """Parity 70."""
    response = Response(1).send()
    assert response.is_sent
    with pytest.raises(ContextAlreadySentError):
        response.send()

    class Twice(Runtime):
        def handle(self, request: Request) -> Any:
            self.create_response(1).send()
            self.create_response(2).send()

    assert answered(Twice, http_event(), development=True)[1]["errorType"] == "ContextAlreadySentError"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ResourceNotFoundError("gone"), 404),
        (ConflictError("twice"), 409),
        (HttpError("teapot", 418), 400),
        (HttpError("no", 401), 401),
        (HttpError("bad gateway", 502), 500),
        (HttpError("odd", 999), 500),
        (HttpError("plain"), 400),
        (ValueError("secret"), 500),
    ],
)
def test_exceptions_become_statuses(error: Exception, status: int) -> None:
    """Parity 66."""
    told, body = answered(raising(error), http_event())
    assert told == status
    if status < 500:
        assert body == {"errorType": type(error).__name__, "errorMessage": str(error)}
    else:
        assert body == {"errorType": "InternalError", "errorMessage": "the function failed; its log says why"}


def test_development_tells_type_message_and_the_authors_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Parity 65."""

    class Breaks(Runtime):
        async def handle(self, request: Request) -> Any:
            return dict[str, int]()["missing"]

    status, body = answered(Breaks, http_event(), development=True)
    assert (status, body["errorType"], body["errorMessage"]) == (500, "KeyError", "'missing'")
    assert "test_handler.py" in body["errorStack"]
    assert 'return dict[str, int]()["missing"]' in body["errorStack"]
    assert "deep/runtime" not in body["errorStack"]
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["errorType"]) == ("err", "KeyError")


def test_async_handlers() -> None:
    class Waits(Runtime):
        async def handle(self, request: Request) -> Any:
            import asyncio

            await asyncio.sleep(0)
            return self.create_response("waited")

    assert answered(Waits, http_event()) == (200, "waited")


def test_create_error_answers() -> None:
    class Refuses(Runtime):
        def handle(self, request: Request) -> Any:
            self.create_error(ConflictError("taken")).send()

    assert answered(Refuses, http_event()) == (409, {"errorType": "ConflictError", "errorMessage": "taken"})
    with pytest.raises(ConflictError):
        run(Refuses, {"direct": 1})


@pytest.mark.parametrize("body", ["{", "[1,", "NaN", "\ufeff{}", "[" * 100_000])
def test_bad_json_is_400(body: str) -> None:
    status, told = answered(Echo, {**EVENT, "body": body})
    assert (status, told["errorType"]) == (400, "InvalidArgumentError")


def test_where_data_comes_from() -> None:
    assert answered(Echo, http_event([1, 2]))[1] == [1, 2]
    assert answered(Echo, http_event(method="GET", queryStringParameters={"a": "1"}))[1] == {"a": "1"}
    assert answered(Echo, http_event(method="DELETE", queryStringParameters={"Id": "x"}))[1] == {"Id": "x"}
    assert answered(Echo, {**EVENT, "body": "eyJhIjoxfQ==", "isBase64Encoded": True})[1] == {"a": 1}
    assert answered(Echo, http_event())[1] == {}
    assert run(Echo, {"direct": 1}) == {"direct": 1}


def test_request_data_cannot_be_changed() -> None:
    """Parity 69."""
    request = Request({}, {"a": [1], "n": None})
    request.data["a"].append(2)
    request.get_param("a").append(3)
    assert request.data == {"a": [1], "n": None}
    assert (request.get_param("b", 5), request.get_param("n", 5)) == (5, None)
    with pytest.raises(AttributeError):
        request.data = {}  # type: ignore[misc]


def test_request_tells_method_and_headers() -> None:
    request = Request(EVENT, {})
    assert (request.method, request.path, request.headers["x-thing"], request.is_http) == ("POST", "/deep-todo/task/create", "1", True)


def test_force_user_identity() -> None:
    """Parity 67."""
    assert answered(Echo, http_event({}), forceUserIdentity=True)[0] == 403
    assert answered(Echo, http_event({}, identity="us-east-1:x"), forceUserIdentity=True)[0] == 200


def test_identity_comes_before_validation() -> None:
    class Checked(Echo):
        validation_schema: ClassVar = {"Title": "string"}

    assert answered(Checked, http_event({"Title": 1}), forceUserIdentity=True)[0] == 403
    assert answered(Checked, http_event({"Title": 1}))[0] == 400


def test_a_direct_event_cannot_claim_another_identity() -> None:
    """Parity 72: what Lambda says of the caller wins over what an event looks like."""
    context = SimpleNamespace(identity=SimpleNamespace(cognito_identity_id="us-east-1:real"))

    class Who(Runtime):
        def handle(self, request: Request) -> Any:
            return [self.context.identity_id if self.context else None, request.identity_id]

    forged = {"requestContext": {"authorizer": {"iam": {"cognitoIdentity": {"identityId": "us-east-1:forged"}}}}}
    assert run(Who, forged) == [None, None]
    assert run(Who, forged, context) == ["us-east-1:real"] * 2
    answer = run(Who, http_event(identity="us-east-1:forged"), context)
    assert json.loads(answer["body"]) == ["us-east-1:real"] * 2


def test_validation_by_dict_function_and_name(tmp_path: Path) -> None:
    """Parity 68."""

    class ByDict(Echo):
        validation_schema: ClassVar = {"Title": "string", "Done": "boolean"}

    status, body = answered(ByDict, http_event({"Title": 1, "Done": "x", "Extra": 1}))
    assert status == 400
    assert body["validationErrors"] == [{"path": "Title", "message": "must be string"}, {"path": "Done", "message": "must be boolean"}]
    assert answered(ByDict, http_event({"Title": "a", "Extra": 1})) == (200, {"Title": "a"})

    class ByFunction(Echo):
        @staticmethod
        def validation_schema(data: Any) -> Any:
            if "Title" not in data:
                raise ValidationError([{"path": "Title", "message": "is required"}])
            return {"Title": data["Title"].strip()}

    assert answered(ByFunction, http_event({"Title": " a "})) == (200, {"Title": "a"})
    assert answered(ByFunction, http_event({}))[0] == 400
    assert answered(Echo, http_event({}), validationSchema="Nowhere")[1]["errorMessage"].startswith("there is no validation schema 'Nowhere'")


def test_lambda_handler_finds_its_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity 63."""
    (tmp_path / "_config.json").write_text(json.dumps(function_config(env="test")))
    monkeypatch.setenv("DEEP_CONFIG", str(tmp_path / "_config.json"))

    class Handler(Runtime):
        def handle(self, request: Request) -> Any:
            return self.kernel.env

    @lambda_handler
    def function(request: Request) -> Any:
        return request.data["a"]

    @lambda_handler
    def with_kernel(request: Request, kernel: Kernel) -> Any:
        return kernel.env

    @lambda_handler
    async def waiting(request: Request) -> Any:
        return "waited"

    assert lambda_handler(Handler)({}, None) == "test"
    assert [function({"a": 5}, None), with_kernel({}), waiting({})] == [5, "test", "waited"]
    assert function.__name__ == "function"
    assert Handler(Kernel.from_lambda_context(None, {})).run({}, None) == "test"


def test_a_handler_without_handle_says_so() -> None:
    assert answered(Runtime, http_event(), development=True)[1]["errorType"] == "NotImplementedError"


def test_kernels_are_one_per_identity_and_bounded() -> None:
    """Parity 72."""
    shared = deployment()
    kernels._kernels.clear()
    first = kernel_for(shared, "a")
    first.get("cache").set("secret", 1)
    assert kernel_for(shared, "a") is first
    assert kernel_for(shared, "b").get("cache").get("secret") is None
    for number in range(MOST_KERNELS * 2):
        kernel_for(shared, str(number))
        kernel_for(shared, "a")
    assert len(kernels._kernels) == MOST_KERNELS
    assert kernel_for(shared, "a") is first, "the one used last stays"


def test_the_context_ends_with_the_invocation() -> None:
    kernel = Kernel(deployment())
    Echo(kernel).run({})
    assert kernel.context is None
