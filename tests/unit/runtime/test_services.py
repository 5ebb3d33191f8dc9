"""The kernel's services."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from deep.runtime.cache import MOST_ENTRIES, Cache
from deep.runtime.context import Context
from deep.runtime.exceptions import ConfigurationError, HttpError, InvalidArgumentError, MissingServiceError, ModelNotFoundError
from deep.runtime.kernel import Kernel
from tests.fakes.scripted import http_answer, scripted
from tests.fakes.tables import deployment, function_config

CREATE = {"type": "lambda", "methods": ["POST", "PUT"], "functionName": "DeepDevCreate", "path": "/deep-todo/task/create"}


def kernel_of(**config: Any) -> Kernel:
    return Kernel(deployment(**config))


def with_actions(**actions: Any) -> dict[str, Any]:
    microapps = function_config()["microapps"]
    microapps["deep.todo"]["resources"] = {"task": actions}
    return microapps  # type: ignore[no-any-return]


def test_missing_services_are_named() -> None:
    """Parity 49."""
    kernel = kernel_of()
    with pytest.raises(MissingServiceError, match=r"'search'.*asset, cache, db, log, resource, security, validation"):
        kernel.get("search")
    assert (kernel.has("db"), kernel.has("search")) == (True, False)
    assert kernel.get("cache") is kernel.get("cache")


def test_parameters() -> None:
    kernel = kernel_of()
    assert kernel.get_param("mail|from") == "a@b.c"
    assert kernel.get_param("mail|to", "nobody") == "nobody"
    assert kernel.get_param("mail|from|deeper") is None
    assert kernel.get_microapp_param("deep.root", "x", 1) == 1
    assert (kernel.env, kernel.deploy_id, kernel.microapp) == ("dev", "0123abcd", "deep.todo")
    with pytest.raises(InvalidArgumentError, match=r"deep\.nope"):
        kernel.get_microapp_param("deep.nope", "x")


@pytest.mark.parametrize("reference", ["deep.todo:x", "@deep.todo", "@deep.todo:", "@:x", "@deep.nope:x", "@deep.todo:a b"])
def test_bad_references_are_refused(reference: str) -> None:
    """Parity 51."""
    with pytest.raises(InvalidArgumentError):
        kernel_of().resolve(reference)


def test_asset_locates() -> None:
    """Parity 52."""
    asset = kernel_of().get("asset")
    assert asset.locate("@deep.todo:js/x.js") == "deep.todo/js/x.js?_v=0123abcd"
    assert asset.locate("@ deep.root : img/a.png") == "img/a.png?_v=0123abcd"


def test_cache_forgets_in_time_and_is_bounded() -> None:
    now = [0.0]
    cache = Cache(clock=lambda: now[0])
    cache.set("a", 1, ttl_s=10)
    cache.set("b", None)
    now[0] = 9.9
    assert (cache.get("a"), cache.has("b"), cache.get("b", 5)) == (1, True, None)
    now[0] = 10
    assert (cache.has("a"), cache.get("a", "gone")) == (False, "gone")
    for number in range(MOST_ENTRIES + 5):
        cache.set(str(number), number)
    assert not cache.has("0")
    assert cache.get(str(MOST_ENTRIES)) == MOST_ENTRIES
    cache.invalidate(str(MOST_ENTRIES))
    assert not cache.has(str(MOST_ENTRIES))
    cache.flush()
    assert not cache.has("7")


def test_log_writes_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    kernel = kernel_of()
    kernel.context = Context(SimpleNamespace(aws_request_id="r-1"))
    log = kernel.get("log")
    log.info("two\nlines", user=5, odd={1, 2}, message="not this")
    log.log("nan", "crit", value=float("nan"))
    for level in ("debug", "notice", "warn", "err", "crit", "alert", "emerg"):
        getattr(log, level)("half \ud800 pair")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines[0]["message"] == "two\nlines"
    assert (lines[0]["level"], lines[0]["user"], lines[0]["requestId"], lines[0]["action"]) == ("info", 5, "r-1", "deep.todo:task:create")
    assert lines[1]["details"] == "{'value': nan}"
    assert [line["level"] for line in lines[2:]] == ["debug", "notice", "warn", "err", "crit", "alert", "emerg"]


def test_security_tells_who_calls() -> None:
    assert (kernel_of().get("security").identity_id, kernel_of().get("security").is_anonymous) == (None, True)
    kernel = Kernel(deployment(), "us-east-1:x")
    for methods, anonymous in ((["unauthenticated"], True), (["authenticated", "accounts.test"], False)):
        cognito = {"identityId": "us-east-1:x", "amr": methods}
        event = {"requestContext": {"http": {}, "authorizer": {"iam": {"cognitoIdentity": cognito}}}}
        kernel.context = Context(None, event)
        assert (kernel.get("security").identity_id, kernel.get("security").is_anonymous) == ("us-east-1:x", anonymous)


def test_context_reads_lambdas() -> None:
    context = Context(SimpleNamespace(aws_request_id="r", invoked_function_arn="arn", get_remaining_time_in_millis=lambda: 1500))
    assert (context.aws_request_id, context.invoked_function_arn, context.get_remaining_time_in_millis()) == ("r", "arn", 1500)
    assert (context.has("aws_request_id"), context.has("nope"), context.get_option("nope", 7)) == (True, False, 7)
    assert Context(None).get_remaining_time_in_millis() == 0


def test_db_names_models_that_are_missing() -> None:
    kernel = kernel_of(tables={"TodoList": {"name": "T", "fields": {}, "indexes": []}})
    kernel.deployment._tables_client = object()  # type: ignore[assignment]
    db = kernel.get("db")
    assert db.get("todo-list") is db.get("TodoList")
    assert (db.has("Nope"), db.models) == (False, ("TodoList",))
    with pytest.raises(ModelNotFoundError, match="'Nope'; declared are TodoList"):
        db.get("Nope")


def test_db_needs_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(ConfigurationError, match="AWS_ACCESS_KEY_ID"):
        kernel_of().get("db")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    return monkeypatch


def test_backend_calls_backend(aws: pytest.MonkeyPatch) -> None:
    """Parity 54, 56, 57, 58."""
    failed = http_answer(200, b'{"errorType":"KeyError","errorMessage":"x"}', "X-Amz-Function-Error: Unhandled")
    missing = http_answer(404, b'{"Message":"Function not found"}')
    with scripted(http_answer(200, b'{"Id":"1"}', "x-amzn-RequestId: r-7"), http_answer(202, b""), failed, missing) as server:
        aws.setenv("AWS_ENDPOINT_URL_LAMBDA", server.url)
        task = kernel_of(microapps=with_actions(create=CREATE)).get("resource").get("@deep.todo:task")
        result = task.request("create", {"Title": "milk"}).send()
        assert (result.data, result.error, result.is_error, result.status_code, result.request_id) == ({"Id": "1"}, None, False, 200, "r-7")
        assert result.raw_data == b'{"Id":"1"}'
        later = task.request("create").invoke_async().send()
        assert (later.status_code, later.data) == (202, None)
        told = [task.request("create").send() for _ in range(2)]
        assert [(one.is_error, one.status_code, one.error["errorMessage"]) for one in told] == [(True, 500, "x"), (True, 404, "Function not found")]
        task._resources._origins[server.url].close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /2015-03-31/functions/DeepDevCreate/invocations HTTP/1.1")
    assert b"AWS4-HMAC-SHA256 Credential=a/" in head
    assert b"X-Amz-Security-Token: t" in head
    assert json.loads(body) == {"Title": "milk"}
    assert b"X-Amz-Invocation-Type: Event" in server.requests[1]


def test_external_actions(aws: pytest.MonkeyPatch) -> None:
    """Parity 56."""
    with scripted(http_answer(200, b"[1]"), http_answer(418, b"tea"), http_answer(200, b"{}")) as server:
        action = {"type": "external", "methods": ["GET", "POST"], "url": f"{server.url}/a/b?k=v", "path": "/x"}
        instance = kernel_of(microapps=with_actions(ask=action)).get("resource").get("@deep.todo:task:ask")
        assert instance.request({"q": "a b", "n": 5}).send().data == [1]
        refused = instance.request({"q": "x"}, "POST").send()
        assert (refused.status_code, refused.error) == (418, {"errorType": "HttpError", "errorMessage": "HTTP status 418"})
        instance.request().send()
        with pytest.raises(InvalidArgumentError, match="asynchronously"):
            instance.request().invoke_async()
        instance._resources._origins[server.url].close()
    assert [request.split(b"\r\n")[0] for request in server.requests] == [
        b"GET /a/b?k=v&n=5&q=a%20b HTTP/1.1",
        b"POST /a/b?k=v HTTP/1.1",
        b"GET /a/b?k=v HTTP/1.1",
    ]


def test_unknown_resources_actions_and_methods() -> None:
    """Parity 51, 55."""
    resources = kernel_of(microapps=with_actions(create=CREATE)).get("resource")
    for reference in ("@deep.todo:nope", "@deep.todo:task:nope", "@deep.nope:task", "task"):
        assert not resources.has(reference)
        with pytest.raises(InvalidArgumentError):
            resources.get(reference)
    with pytest.raises(InvalidArgumentError, match="does not take DELETE; it takes POST, PUT"):
        resources.get("@deep.todo:task").request("create", {}, "DELETE")
    assert resources.get("@deep.todo:task").request("create")._method == "POST"
    assert resources.get("@deep.todo:task").has("create")


def test_an_unreachable_function_is_an_error(aws: pytest.MonkeyPatch) -> None:
    aws.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:1")
    with pytest.raises(HttpError, match="does not answer"):
        kernel_of(microapps=with_actions(create=CREATE)).get("resource").get("@deep.todo:task:create").request().send()
