"""Hostile requests against a really running platform, byte by byte: what leaked, what was done, who was let in. Threats L2 to L10."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from deep.local.engines.dynoxide import find_binary
from tests.journeys.hostile_app import PLANTED, SECRET_FILES, Target, attacked
from tests.unit.local.http.framing import BAD_FRAMING

pytestmark = [pytest.mark.journey, pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")]

CREATE, WHOAMI, ENVIRONMENT = "/my-things/thing/create", "/my-things/thing/whoami", "/my-things/thing/environment"
EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Unsigned requests are let in, so that nothing but what is tested here stands in their way."""
    home = tmp_path_factory.mktemp("home")
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(f"[default]\naws_secret_access_key = {PLANTED}\n")
    secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GITHUB_TOKEN", "DATABASE_URL", "DEEP_SOMETHING", "PYTHONSTARTUP"]
    with pytest.MonkeyPatch.context() as environment:
        for name in secrets:
            environment.setenv(name, PLANTED)
        environment.setenv("AWS_PROFILE", "default")
        environment.setenv("HOME", str(home))
        with attacked(tmp_path_factory.mktemp("property") / "things", "--act-as", "unauthenticated") as served:
            yield served


def test_the_app_itself_answers(target: Target) -> None:
    """What follows means nothing where the good request fails."""
    before = len(target.items("Thing"))
    answer = target.ask("POST", CREATE, {**target.host, "Content-Type": "application/json"}, b'{"Title":"good"}')
    assert (answer.status, len(target.items("Thing"))) == (200, before + 1)


HOSTS = ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "evil.example:8000", "localhost@evil.example", "0x7f.1", "[::1"]


def hosts(target: Target) -> dict[str, bytes]:
    """Ten requests, each with another idea of who is asked."""
    tail = b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"
    asked = {host: f"POST {CREATE} HTTP/1.1\r\nHost: {host}\r\n".encode() + tail for host in HOSTS}
    asked["two"] = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n".encode() + tail
    asked["absolute"] = f"POST http://evil.example{CREATE} HTTP/1.1\r\nHost: localhost\r\n".encode() + tail
    return asked


def test_rebound_hosts_are_refused(target: Target) -> None:
    """L2: 10 of 10."""
    before = target.items("Thing")
    answers = {name: target.raw(request) for name, request in hosts(target).items()}
    assert {name: answer[9:12] for name, answer in answers.items() if answer[9:12] not in (b"421", b"400")} == {}
    assert len(answers) == 10
    assert target.items("Thing") == before


FORM = "application/x-www-form-urlencoded"
CROSS_SITE = [
    ("fetch", "POST", CREATE, {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Content-Type": "application/json"}),
    ("simple fetch", "POST", CREATE, {"Origin": EVIL, "Content-Type": "text/plain"}),
    ("form", "POST", CREATE, {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Content-Type": FORM}),
    ("sandboxed form", "POST", CREATE, {"Origin": "null", "Content-Type": FORM}),
    ("direct call", "POST", "/_/lambda", {"Origin": EVIL, "Content-Type": "text/plain"}),
    ("invoke API", "POST", "/2015-03-31/functions/my.things:thing:create/invocations", {"Origin": EVIL}),
    ("another port", "POST", CREATE, {"Origin": "http://localhost:1", "Sec-Fetch-Site": "same-site"}),
    ("image", "GET", WHOAMI, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
    ("configuration", "GET", "/_config.json", {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}),
    ("description", "GET", "/_/openapi.json", {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}),
]


@pytest.mark.parametrize(("method", "path", "headers"), [case[1:] for case in CROSS_SITE], ids=[case[0] for case in CROSS_SITE])
def test_pages_of_other_sites_cause_and_read_nothing(target: Target, method: str, path: str, headers: dict[str, str]) -> None:
    """L3: side effects 0, and no leave to read."""
    before = target.items("Thing")
    body = json.dumps({"lambda": "my.things:thing:create", "payload": {"Title": "planted"}}).encode() if method == "POST" else b""
    answer = target.ask(method, path, {**target.host, **headers}, body)
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert target.items("Thing") == before


@pytest.mark.parametrize("path", [CREATE, "/_/reload", "/", "/_/lambda"])
def test_a_web_socket_is_never_opened(target: Target, path: str) -> None:
    """L3: the platform speaks none, and what follows the request is not read as another."""
    smuggled = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    upgrade = f"GET {path} HTTP/1.1\r\nHost: localhost:{target.app.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: {EVIL}\r\n"
    upgrade += (
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: websocket\r\n\r\n"
    )
    before = target.items("Thing")
    answer = target.raw(upgrade.encode() + smuggled)
    assert not answer.startswith(b"HTTP/1.1 101")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert target.items("Thing") == before


STEPS = [
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    ".%2e/",
    "..%5c",
    "..\\",
    "%2e%2e%5c",
    "..;/",
    "..%00/",
    "..%c0%af",
    "..%e0%80%af",
    "..%252f",
    "%252e%252e/",
]
ENDS = [
    "%00",
    "%00.js",
    ";.js",
    "::$DATA",
    ":$DATA",
    "?raw",
    "?raw??",
    "?import&raw",
    "#.js",
    "%20",
    ".",
    "~1",
    "/",
    "/.",
    "%2f",
    "%0a",
    "\\",
    "?x=.js",
]
HEADS = [
    "/",
    "//",
    "/./",
    "/@fs/",
    "/file:///",
    "/%2f",
    "/%5c%5c",
    "/js/..%2f",
    "/js/app.js/../../",
    "/js/app.js%2f..%2f..%2f",
    "/my.things/../",
    "/~/",
]
WAYS = [f"/{step}{{}}" for step in STEPS] + [f"/js/{step}{step}{{}}" for step in STEPS]
WAYS += [f"{head}{{}}" for head in HEADS] + [f"/{{}}{end}" for end in ENDS] + ["/my.things/{}", "/my.things/js/app.js?file={}"]


def test_no_spelling_reaches_a_secret_file(target: Target) -> None:
    """L4: 60 ways to each of ten files, from the property's folder, the microapplication's and the disk's."""
    assert len(WAYS) == 60
    asked = [way.format(place) for way in WAYS for file in SECRET_FILES for place in (file, file.removeprefix("Things/"))]
    asked += [way.format(str(target.app.path / file).lstrip("/")) for way in WAYS for file in SECRET_FILES]

    def leaks(path: str) -> bool:
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,*/*\r\nConnection: close\r\n\r\n".encode()
        return PLANTED.encode() in target.raw(request)

    assert len(asked) >= 60 * 10
    with ThreadPoolExecutor(8) as pool:
        leaked = [path for path, is_leaked in zip(asked, pool.map(leaks, asked), strict=True) if is_leaked]
    assert leaked == []


@pytest.mark.parametrize("name", BAD_FRAMING)
def test_nothing_is_smuggled(target: Target, name: str) -> None:
    """L5: refused or closed, and the request hidden behind it is never carried out."""
    hidden = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    before = target.items("Thing")
    answer = target.raw(BAD_FRAMING[name].replace(b"/a", CREATE.encode()) + hidden)
    assert answer[9:10] in (b"4", b"5", b"")
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert target.items("Thing") == before


SLOW = 150


@pytest.mark.slow
def test_slow_clients_keep_nobody_waiting_and_are_closed(target: Target) -> None:
    """L6: slow headers and slow bodies beside good requests; good errors 0, and the slow headers gone after their ten seconds."""
    head = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n".encode()
    slow = [target.connect() for _ in range(2 * SLOW)]
    for number, connection in enumerate(slow):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " if number < SLOW else head)
    ended = threading.Event()
    dripping = threading.Thread(target=_drip, args=(slow, ended))
    dripping.start()
    began = time.monotonic()
    try:
        statuses, times = _good_requests(target, until=began + 12)
        gone = sum(_is_closed(connection) for connection in slow[:SLOW])
    finally:
        ended.set()
        dripping.join()
        for connection in slow:
            connection.close()
    assert set(statuses) == {200}
    assert len(statuses) > 100
    assert sorted(times)[len(times) * 99 // 100] < 1.0
    assert gone == SLOW


def _good_requests(target: Target, until: float) -> tuple[list[int], list[float]]:
    statuses: list[int] = []
    times: list[float] = []
    while (began := time.monotonic()) < until:
        statuses.append(target.ask("GET", "/my.things/js/app.js" if len(statuses) % 2 else WHOAMI, target.host).status)
        times.append(time.monotonic() - began)
        time.sleep(0.02)
    return statuses, times


def _drip(connections: list[socket.socket], ended: threading.Event) -> None:
    while not ended.wait(1):
        for connection in connections:
            try:
                connection.send(b"a")
            except OSError:
                continue


def _is_closed(connection: socket.socket) -> bool:
    connection.settimeout(2)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


SPOOFED = [
    "x-amzn-oidc-identity",
    "x-amzn-oidc-data",
    "x-amzn-cognito-identity",
    "x-amz-cognito-identity-id",
    "x-amzn-lambda-context",
    "x-amzn-trace-id",
]
SPOOFED += ["x-deep-user", "x-deep-identity", "x-forwarded-user", "x-forwarded-for", "x-middleware-subrequest", "x-original-url"]


@pytest.mark.parametrize("name", SPOOFED)
def test_a_header_makes_nobody_somebody_else(target: Target, name: str) -> None:
    """L7: identity changed 0 of 12, signed or not."""
    spoofed = {name: f"us-east-1:{PLANTED}"}
    visitor = target.app.client()
    answer = visitor.request("POST", WHOAMI, {}, spoofed)
    if name.startswith("x-amz-"):
        assert answer.status == 403  # these are to be signed
    else:
        assert (answer.status, answer.data["identity"]) == (200, visitor.identity_id)
        assert PLANTED not in json.dumps(answer.data["event"]["requestContext"])
    unsigned = target.ask("GET", WHOAMI, {**target.host, **spoofed})
    assert PLANTED not in json.dumps(json.loads(unsigned.body)["event"]["requestContext"])


@pytest.mark.parametrize("name", SPOOFED)
def test_a_body_that_looks_like_an_event_is_only_a_body(target: Target, name: str) -> None:
    visitor = target.app.client()
    event = {"requestContext": {"authorizer": {"iam": {"cognitoIdentity": {"identityId": PLANTED}}}}, "headers": {name: PLANTED}, "identity": PLANTED}
    answer = visitor.request("POST", WHOAMI, event)
    assert answer.data["identity"] == visitor.identity_id
    assert PLANTED not in json.dumps(answer.data["event"]["requestContext"])


def test_a_function_sees_nothing_of_the_developers(target: Target) -> None:
    """L9: neither the variables of who started the platform, nor the way to their files."""
    answer = target.app.client().request("GET", ENVIRONMENT)
    assert answer.status == 200
    assert PLANTED not in json.dumps(answer.data)
    assert answer.data["home"] == ""
    assert answer.data["env"]["AWS_REGION"]


def told(target: Target, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:
    return target.ask(method, path, {**target.host, **headers}, body).body.decode()


def test_error_answers_do_not_repeat_what_was_secret(target: Target) -> None:
    """L10: tokens and keys that came with a request are in none of the platform's own refusals and errors."""
    secret = {"Authorization": f"Bearer {PLANTED}", "X-Amz-Security-Token": PLANTED, "X-Api-Key": PLANTED, "Cookie": f"session={PLANTED}"}
    answers = [told(target, "GET", path, secret) for path in ("/nothing", "/_/nothing", "/my-things/thing/nothing", "/%ZZ", f"/?token={PLANTED}")]
    answers += [told(target, "DELETE", CREATE, secret), told(target, "POST", CREATE, secret, b"{")]
    answers += [told(target, "POST", path, secret, b"{}") for path in ("/_/cognito-identity", "/_/lambda", "/_/lambda-async")]
    answers += [told(target, "GET", "/my-things/thing/fail", secret)]
    assert [answer for answer in answers if PLANTED in answer] == []


def test_the_log_tells_neither_queries_nor_tokens(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """L10, D13: 1,000 requests with a token in query, headers, cookie and body; what the screen showed may be pasted anywhere."""
    paths = (f"{WHOAMI}?token={PLANTED}", f"/?key={PLANTED}", f"/my-things/thing/fail?x={PLANTED}", f"/nothing?{PLANTED}")
    head = f"HTTP/1.1\r\nHost: localhost\r\nX-Token: Bearer {PLANTED}\r\nX-Api-Key: {PLANTED}\r\nCookie: session={PLANTED}\r\n"
    requests = "".join(f"GET {path} {head}\r\n" for path in paths) * 249
    posts = f"POST {CREATE} {head}Content-Length: 32\r\n\r\n" + json.dumps({"Title": PLANTED}).ljust(32)
    with attacked(tmp_path / "things", "--act-as", "unauthenticated") as served:
        answers = served.raw((requests + posts * 3 + f"GET / {head}Connection: close\r\n\r\n").encode())
    assert answers.count(b"HTTP/1.1 ") == 1000
    seen = capfd.readouterr()
    assert "/my-things/thing/fail" in seen.err + seen.out
    assert PLANTED not in seen.err + seen.out
