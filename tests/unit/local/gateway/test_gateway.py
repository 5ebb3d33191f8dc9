"""The gateway over a real socket: routes, methods, errors, doors. Parity 106-108; threats L2, L3, L7, L10; bad inputs 69-74."""

from __future__ import annotations

import json
import re
import time

import pytest

from deep.local.functions.outcome import Answer
from tests.fakes.http import read_to_end
from tests.unit.local.conftest import Stage, failure

CREATE = "/deep-todo/task/create"
RETRIEVE = "/deep-todo/task/retrieve"


def test_an_action_answers_at_its_deployed_path(stage: Stage) -> None:
    """Parity 108."""
    answer = stage.http.ask("POST", CREATE, b'{"Title":"caf\xc3\xa9 \xf0\x9f\x98\x80"}', {"Content-Type": "application/json"})
    assert (answer.status, answer.json()) == (200, {"Title": "café 😀"})
    call = stage.functions.calls[0]
    assert call.identifier == "deep.todo:task:create"
    assert call.event["requestContext"]["http"] == {
        "method": "POST",
        "path": CREATE,
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "",
    }
    assert answer.headers["apigw-requestid"] == call.request_id == call.event["requestContext"]["requestId"]


def test_a_chunked_body_arrives_whole(stage: Stage) -> None:
    head = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with stage.http.connect() as connection:
        connection.sendall(head)
        for piece in (b'{"a":', b"1", b"}"):
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            time.sleep(0.02)
        connection.sendall(b"0\r\n\r\n")
        while connection.recv(65536):
            pass
    assert stage.functions.calls[0].event["body"] == '{"a":1}'


def test_a_wrong_method_is_405_with_allow(stage: Stage) -> None:
    answer = stage.http.ask("DELETE", CREATE)
    assert (answer.status, answer.headers["allow"]) == (405, "POST, PUT")
    assert stage.functions.calls == []


@pytest.mark.parametrize(("path", "allow"), [(CREATE, "POST, PUT"), ("/", "GET, HEAD"), ("/_config.json", "GET, HEAD"), ("/nothing", "GET, HEAD")])
def test_trace_is_405_everywhere_and_echoes_nothing(stage: Stage, path: str, allow: str) -> None:
    """Bad input 69."""
    answer = stage.http.ask("TRACE", path, headers={"X-Planted": "echo"})
    assert (answer.status, answer.headers["allow"]) == (405, allow)
    assert b"echo" not in answer.body


def test_options_tells_the_methods_and_grants_no_other_site_anything(stage: Stage) -> None:
    """Parity 107."""
    answer = stage.http.ask("OPTIONS", CREATE)
    assert (answer.status, answer.headers["allow"]) == (204, "POST, PUT")
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_head_runs_the_get_and_sends_no_body(stage: Stage) -> None:
    stage.functions.handlers["deep.todo:task:retrieve"] = lambda event: {"a": 1}  # type: ignore[index]
    answer = stage.http.ask("HEAD", RETRIEVE)
    assert (answer.status, answer.body) == (200, b"")


def test_an_unknown_route_names_near_ones(stage: Stage) -> None:
    answer = stage.http.ask("POST", "/deep-todo/task/creat")
    assert answer.status == 404
    assert answer.json()["near"][0] == CREATE
    assert stage.http.ask("GET", "/deep-todo/task/creat", headers={"Accept": "text/html"}).status == 404


def test_query_parameters_are_decoded_once(stage: Stage) -> None:
    stage.http.ask("GET", f"{RETRIEVE}?a=1&b=x+y&a=2&c=%2525&d&e=%E2%82%AC")
    event = stage.functions.calls[0].event
    assert event["queryStringParameters"] == {"a": "1,2", "b": "x y", "c": "%25", "d": "", "e": "€"}
    assert event["rawQueryString"] == "a=1&b=x+y&a=2&c=%2525&d&e=%E2%82%AC"


@pytest.mark.parametrize(
    "path",
    [f"{RETRIEVE}?a=%ZZ", f"{RETRIEVE}?a=%c0%af", f"{RETRIEVE}?a=%ed%a0%80", "/%ZZ", "/%c0%ae%c0%ae/x", f"{RETRIEVE}?" + "&".join(["a"] * 1001)],
)
def test_what_cannot_be_decoded_is_400(stage: Stage, path: str) -> None:
    assert stage.http.ask("GET", path).status == 400
    assert stage.functions.calls == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [("fault", 502), ("exit", 502), ("memory", 502), ("init", 502), ("too-large", 502), ("timeout", 504), ("throttled", 429)],
)
def test_failures_have_the_deployed_status(stage: Stage, kind: str, status: int) -> None:
    stage.functions.handlers["deep.todo:task:retrieve"] = lambda event: failure(kind)  # type: ignore[index, arg-type]
    answer = stage.http.ask("GET", RETRIEVE)
    assert answer.status == status
    assert "message" in answer.json()
    if kind == "throttled":
        assert answer.headers["retry-after"] == "1"


def test_a_fault_is_told_in_development_and_logged_with_its_line(stage: Stage) -> None:
    frames = ['  File "/app/src/Task/Fail/handler.py", line 7, in handle\n', '  File "/x/site-packages/lib.py", line 3, in f\n']
    stage.functions.handlers["deep.todo:task:retrieve"] = lambda event: failure("fault", "KeyError", "'Id'", *frames)  # type: ignore[index]
    answer = stage.http.ask("GET", RETRIEVE)
    assert answer.json() == {"message": "Internal Server Error", "errorType": "KeyError", "errorMessage": "'Id'"}
    stage.log.flush()
    assert stage.reporter.logs == [("deep.todo:task:retrieve", "KeyError: 'Id' (/app/src/Task/Fail/handler.py:7)")]


def test_an_action_that_nothing_here_runs_is_502(stage: Stage) -> None:
    stage.functions.handlers.pop("deep.todo:task:retrieve")  # type: ignore[attr-defined]
    answer = stage.http.ask("GET", RETRIEVE)
    assert (answer.status, answer.json()["errorType"]) == (502, "Runtime.Unsupported")


def test_a_fault_of_the_platform_itself_is_told_and_survived(stage: Stage) -> None:
    stage.functions.breaks = True
    answer = stage.http.ask("GET", RETRIEVE)
    assert (answer.status, answer.json()) == (500, {"message": "Internal Server Error"})
    stage.log.flush()
    [(where, told)] = stage.reporter.logs
    assert where == f"GET {RETRIEVE}"
    assert "RuntimeError: planted" in told
    assert stage.http.ask("GET", "/").status == 200


def test_a_result_without_status_is_a_200_body(stage: Stage) -> None:
    stage.functions.handlers["deep.todo:task:retrieve"] = lambda event: [1, "two"]  # type: ignore[index]
    answer = stage.http.ask("GET", RETRIEVE)
    assert (answer.status, answer.json(), answer.headers["content-type"]) == (200, [1, "two"], "application/json")


@pytest.mark.parametrize(
    "host", ["evil.com", "localhost.evil.com", "127.0.0.1.nip.io", "", "evil.com:8000", "localhost:x", "[::1", "localhost@evil.com", "a b", "0x7f.1"]
)
def test_foreign_hosts_are_refused_everywhere(stage: Stage, host: str) -> None:
    """Threat L2."""
    for path in ("/", CREATE, "/_config.json", "/js/app.js", "/_/reload"):
        assert stage.http.ask("GET", path, headers={"Host": host}).status == 421
    assert stage.functions.calls == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "todo.localhost:1", "127.0.0.1", "[::1]:8000", "localhost.", "192.168.1.5:80"])
def test_own_hosts_are_served(stage: Stage, host: str) -> None:
    assert stage.http.ask("GET", "/", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", CREATE, {"Origin": "https://evil.com"}),
        ("POST", CREATE, {"Origin": "null"}),
        ("POST", CREATE, {"Origin": "http://localhost:1"}),
        ("PUT", CREATE, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("GET", RETRIEVE, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("POST", "/_/lambda", {"Origin": "https://evil.com"}),
        ("POST", "/_/cognito-identity", {"Sec-Fetch-Site": "cross-site"}),
        ("POST", "/2015-03-31/functions/deep.todo:task:create/invocations", {"Origin": "https://evil.com"}),
        ("GET", "/_config.json", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}),
        ("GET", "/_/reload", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}),
    ],
)
def test_pages_of_other_sites_cause_nothing(stage: Stage, method: str, path: str, headers: dict[str, str]) -> None:
    """Threat L3."""
    answer = stage.http.ask(method, path, b'{"lambda":"deep.todo:task:create"}' if method != "GET" else b"", headers)
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert stage.functions.calls == []


def test_own_pages_may_change_things(stage: Stage) -> None:
    host = f"localhost:{stage.http.port}"
    headers = {"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    assert stage.http.ask("POST", CREATE, b"{}", headers).status == 200


SPOOFED = ["x-amzn-trace-id", "x-amzn-oidc-identity", "x-amzn-requestid", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-deep-user"]
SPOOFED += ["x-deep-identity", "x-amzn-cognito", "x-forwarded-port", "X-AMZN-Lambda", "X-Deep-Anything"]


@pytest.mark.parametrize("name", SPOOFED)
def test_clients_cannot_set_what_only_a_gateway_sets(stage: Stage, name: str) -> None:
    """Threat L7."""
    stage.http.ask("POST", CREATE, b"{}", {name: "spoofed"})
    assert "spoofed" not in json.dumps(stage.functions.calls[0].event)
    assert stage.functions.calls[0].identity_id == stage.identities.anonymous.identity_id


def test_a_request_without_token_is_the_anonymous_identity(stage: Stage) -> None:
    stage.http.ask("POST", CREATE, b"{}")
    call = stage.functions.calls[0]
    assert call.identity_id == call.event["requestContext"]["authorizer"]["iam"]["cognitoIdentity"]["identityId"]
    assert call.identity_id is not None
    assert call.identity_id.startswith("us-east-1:")


def test_an_action_without_authorization_knows_no_caller(stage: Stage) -> None:
    stage.http.ask("GET", "/deep-todo/task/open")
    call = stage.functions.calls[0]
    assert call.identity_id is None
    assert "authorizer" not in call.event["requestContext"]


def test_configuration_is_served_under_both_names(stage: Stage) -> None:
    """Parity 106."""
    for path in ("/_config.json", "/_async_config.json"):
        answer = stage.http.ask("GET", path)
        assert (answer.json(), answer.headers["cache-control"]) == ({"version": 1}, "no-store")
    assert stage.http.ask("POST", "/_config.json", b"{}").status == 405


def test_requests_are_logged_after_the_answer(stage: Stage) -> None:
    stage.functions.handlers["deep.todo:task:retrieve"] = lambda event: Answer(b"{}", 31.5, 2.0)  # type: ignore[index]
    stage.http.ask("GET", f"{RETRIEVE}?token=planted")
    stage.http.ask("GET", "/nothing")
    stage.log.flush()
    first, second = stage.reporter.requests
    assert (first.method, first.path, first.status, first.function, first.cold) == ("GET", RETRIEVE, 200, "deep.todo:task:retrieve", True)
    assert (second.path, second.status, second.function, second.cold) == ("/nothing", 404, None, False)


def test_a_client_that_leaves_midway_is_not_answered_and_harms_nobody(stage: Stage) -> None:
    with stage.http.connect() as connection:
        connection.sendall(f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc".encode())
    assert stage.http.ask("POST", CREATE, b"{}").status == 200
    assert len(stage.functions.calls) == 1


def test_pipelined_requests_are_answered_whole_and_in_order(stage: Stage) -> None:
    asks = [f"POST {CREATE}", "GET /js/app.js", "HEAD /js/app.js", "GET /nothing.js", "OPTIONS /_/lambda", f"OPTIONS {CREATE}"]
    raw = b"".join(f"{ask} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for ask in asks)
    answers = stage.http.raw(raw + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", answers)] == [200, 200, 200, 404, 200, 204, 200]
    assert answers.count(b"let x = 1") == 1
    assert answers.endswith(b"<h1>root 1.0</h1>")


def test_http_1_0_is_answered_and_closed(stage: Stage) -> None:
    answer = stage.http.raw(b"GET /js/app.js HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"connection: close\r\n\r\nlet x = 1")


def test_a_client_that_reads_slowly_gets_everything(stage: Stage) -> None:
    """More than the socket's buffers hold, so that writing must wait."""
    (stage.files / "app.js").write_bytes(b"x" * 5_000_000)
    request = b"GET /js/app.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with stage.http.connect() as connection:
        connection.sendall(request * 3 + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        time.sleep(0.5)
        raw = read_to_end(connection)
    assert raw.count(b"HTTP/1.1 200 OK") == 4
    assert raw.count(b"x" * 1000) == 3 * 5000
    assert raw.endswith(b"<h1>root 1.0</h1>")
