"""A gateway over fake functions and a folder of files, served on a real socket."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.site import SiteFile
from deep.local.functions.outcome import Failure, FailureKind
from deep.local.gateway.events import EventTemplate
from deep.local.gateway.gateway import Gateway, Served
from deep.local.gateway.guard import Guard, Realm, Rules
from deep.local.gateway.livereload import LiveReload
from deep.local.gateway.requestlog import RequestLog
from deep.local.gateway.routes import Route, Routes
from deep.local.gateway.site import Site
from deep.local.identity.identity import Identities, anonymous_identity
from deep.local.identity.principal import Principal
from deep.security.explain import Explanation
from tests.fakes.accounts import IDENTITY_POOL, House
from tests.fakes.functions import FakeFunctions
from tests.fakes.http import ServedApp, serving
from tests.fakes.reporter import RecordingReporter

POOL = IDENTITY_POOL


VISITOR = Principal("unauthenticated", anonymous_identity(POOL))
"""Who unsigned requests act as, in tests that are not about who calls."""


def plain_file(path: Path, content_type: str) -> SiteFile:
    return SiteFile(path, content_type, rendered=False, versioned=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """All parts of a served gateway, for tests to look into."""

    http: ServedApp
    gateway: Gateway
    functions: FakeFunctions
    reporter: RecordingReporter
    log: RequestLog
    live: LiveReload
    identities: Identities
    files: Path


def route(identifier: str, path: str, *methods: str, is_open: bool = True, signed: bool = True) -> Route:
    events = {method: EventTemplate.of(method, path, "123456789012", signed=signed) for method in methods}
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{identifier}"
    return Route(identifier, arn, ", ".join(sorted(methods)).encode(), events, is_open, signed)


def failure(kind: FailureKind, error_type: str = "ValueError", message: str = "it broke", *stack: str) -> Failure:
    return Failure({"errorType": error_type, "errorMessage": message, "stackTrace": list(stack)}, kind)


def echo(event: Any) -> Any:
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": event.get("body", "")}


ROUTES = [
    route("deep.todo:task:create", "/deep-todo/task/create", "POST", "PUT"),
    route("deep.todo:task:retrieve", "/deep-todo/task/retrieve", "GET", "HEAD"),
    route("deep.todo:task:open", "/deep-todo/task/open", "GET", signed=False),
    route("deep.todo:task:fail", "/deep-todo/task/fail", "GET", is_open=False),
]


def served(files: Path, identities: Identities) -> Served:
    listed = {
        "/index.html": plain_file(files / "index.html", "text/html; charset=utf-8"),
        "/js/app.js": plain_file(files / "app.js", "text/javascript"),
        "/deep.todo/index.html": plain_file(files / "todo.html", "text/html; charset=utf-8"),
        "/link.txt": plain_file(files / "link.txt", "text/plain"),
    }
    site = Site(listed, "/index.html", lambda file: file.path.read_bytes().replace(b"<deep-version/>", b"1.0"))
    by_name = {name: known for known in ROUTES for name in (known.identifier, known.function_arn)}
    by_path = {"/" + known.identifier.replace(".", "-").replace(":", "/"): known for known in ROUTES}
    return Served(Routes(by_path, by_name, frozenset({"deep-todo"})), site, b'{"version":1}', identities, guard(identities, VISITOR))


def guard(identities: Identities, act_as: Principal | None, *, development: bool = True) -> Guard:
    """A guard that lets visitors call everything, and editors call nothing but `create`."""
    roles = {known.identifier: frozenset({"unauthenticated"} | ({"editors"} if known.identifier.endswith("create") else set())) for known in ROUTES}
    explained = Explanation(False, "nothing grants it", "add it to a role")
    rules = Rules(roles, lambda role, action: explained)
    return Guard(rules, Realm(identities.vault, POOL, "123456789012", "us-east-1", act_as), development=development)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "index.html").write_text("<h1>root <deep-version/></h1>")
    (tmp_path / "app.js").write_text("let x = 1")
    (tmp_path / "todo.html").write_text("<h1>todo</h1>")
    (tmp_path / "secret.txt").write_text("planted-secret")
    (tmp_path / "link.txt").symlink_to(tmp_path / "secret.txt")
    reporter = RecordingReporter()
    log, live, house = RequestLog(reporter), LiveReload(), House(tmp_path / "identity", clock=time.time)
    functions = FakeFunctions({known.identifier: echo for known in ROUTES})
    gateway = Gateway(served(tmp_path, house.identities), functions, log, live)
    with serving(gateway) as http:
        yield Stage(http, gateway, functions, reporter, log, live, house.identities, tmp_path)
    house.close()
