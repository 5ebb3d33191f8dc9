"""Headers for the browser's sake, on every kind of answer, and sharing with the pages of named sites. Parity 107, 123; threat L3."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deep.bundle.cors import CorsRule
from deep.bundle.headers import SecurityHeaders
from deep.local.gateway.shield import Shield
from deep.local.gateway.site import Site
from tests.unit.local.conftest import Stage, plain_file, served

CREATE = "/deep-todo/task/create"
PARTNER = "https://partner.example"
HEADERS = SecurityHeaders({"content-security-policy": "pages", "x-frame-options": "DENY"}, {"content-security-policy": "api"})


@pytest.fixture
def shielded(stage: Stage) -> Stage:
    shield = Shield(HEADERS, CorsRule(frozenset({PARTNER}), ("GET", "POST")))
    listed = {"/index.html": plain_file(stage.files / "index.html", "text/html"), "/404.html": plain_file(stage.files / "todo.html", "text/html")}
    site = Site(listed, "/index.html", lambda file: file.path.read_bytes(), shield.pages)
    stage.gateway.use(replace(served(stage.files, stage.identities), site=site, shield=shield))
    return stage


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/a/deep/link", 200), ("/missing.html", 404)])
def test_pages_have_the_headers_of_pages(shielded: Stage, path: str, status: int) -> None:
    answer = shielded.http.ask("GET", path, headers={"Accept": "text/html"})
    assert (answer.status, answer.headers["content-security-policy"], answer.headers["x-frame-options"]) == (status, "pages", "DENY")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", CREATE, {}, 200),
        ("DELETE", CREATE, {}, 405),
        ("OPTIONS", CREATE, {}, 204),
        ("GET", "/_config.json", {}, 200),
        ("GET", "/nothing.js", {}, 404),
        ("GET", "/%ZZ", {}, 400),
        ("GET", "/", {"Host": "evil.example"}, 421),
        ("POST", CREATE, {"Origin": "https://evil.example"}, 403),
    ],
)
def test_every_other_answer_has_those_of_the_api(shielded: Stage, method: str, path: str, headers: dict[str, str], status: int) -> None:
    answer = shielded.http.ask(method, path, headers=headers)
    assert (answer.status, answer.headers["content-security-policy"]) == (status, "api")


def test_what_a_function_sets_itself_stays(shielded: Stage) -> None:
    own = {"statusCode": 200, "headers": {"Content-Security-Policy": "sandbox"}, "body": ""}
    shielded.functions.handlers["deep.todo:task:create"] = lambda event: own  # type: ignore[index]
    raw = shielded.http.raw(f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert raw.count(b"content-security-policy: ") == 1
    assert b"content-security-policy: sandbox\r\n" in raw


def test_a_named_site_is_granted_its_preflight_and_its_request(shielded: Stage) -> None:
    asked = {"Origin": PARTNER, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Access-Control-Request-Method": "POST"}
    preflight = shielded.http.ask("OPTIONS", CREATE, headers=asked)
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, PARTNER)
    assert preflight.headers["access-control-allow-methods"] == "GET,POST"
    answer = shielded.http.ask("POST", CREATE, b"{}", {"Origin": PARTNER, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"})
    assert (answer.status, answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (200, PARTNER, "origin")
    assert len(shielded.functions.calls) == 1


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{PARTNER}.evil.example", "http://partner.example"])
def test_other_sites_stay_outside(shielded: Stage, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (shielded.http.ask("OPTIONS", CREATE, headers=asked), shielded.http.ask("POST", CREATE, b"{}", {"Origin": origin})):
        assert not any(name.startswith("access-control") for name in answer.headers)
    assert shielded.functions.calls == []


def test_a_named_site_reaches_nothing_but_the_api(shielded: Stage) -> None:
    for path in ("/_/lambda", "/_/cognito-identity", "/2015-03-31/functions/deep.todo:task:create/invocations"):
        answer = shielded.http.ask("POST", path, b"{}", {"Origin": PARTNER, "Sec-Fetch-Site": "cross-site"})
        assert (answer.status, "access-control-allow-origin" in answer.headers) == (403, False)


def test_a_named_site_needs_a_host_of_ours(shielded: Stage) -> None:
    assert shielded.http.ask("POST", CREATE, b"{}", {"Origin": PARTNER, "Host": "evil.example"}).status == 421


def test_what_a_function_grants_of_itself_is_dropped(shielded: Stage) -> None:
    own = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true"}, "body": ""}
    shielded.functions.handlers["deep.todo:task:create"] = lambda event: own  # type: ignore[index]
    assert not any(name.startswith("access-control") for name in shielded.http.ask("POST", CREATE).headers)
    assert shielded.http.ask("POST", CREATE, headers={"Origin": PARTNER}).headers["access-control-allow-origin"] == PARTNER


def test_hidden_paths_and_the_platforms_own_are_no_deep_links(shielded: Stage) -> None:
    html = {"Accept": "text/html"}
    for path in ("/.git/config", "/.env", "/a/.b/c"):
        answer = shielded.http.ask("GET", path, headers=html)
        assert (answer.status, answer.body) == (404, b"<h1>todo</h1>")
    for path in ("/_/nothing", "/2015-03-31/nothing", "/deep-todo/task/nothing"):
        answer = shielded.http.ask("GET", path, headers=html)
        assert (answer.status, answer.json()["message"]) == (404, "Not Found")
