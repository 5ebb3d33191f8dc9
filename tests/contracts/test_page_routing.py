"""The function at the edge routes pages as the local platform does: what it makes of an address is what the platform answers that address with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deep.bundle.site import index_of, site_files
from deep.model import load_app
from deep.provision.resources.page_routing import MOST_BYTES, routing_code
from deep.testing import serve
from tests.browser.serving import copy_app

HTML, ANY = "text/html,*/*;q=0.8", "*/*"
FILES = ("about/index.html", "about/team.html", "about/LICENSE", "two words/index.html", "größe/index.html", "LICENSE")
PATHS = (
    *("/", "/index.html", "/active", "/task/7", "/task/7/", "/tasks/missing.js", "/js/lib/deep-framework.js", "/.env", "/a/.git/x", "/a/..", "/v1.2"),
    *(
        "/deep.todo",
        "/deep.todo/",
        "/deep.todo/about",
        "/deep.todo/about/",
        "/deep.todo/about/index.html",
        "/deep.todo/about/team",
        "/deep.todo/LICENSE",
    ),
    *("/deep.todo/about/LICENSE", "/deep.todo/about/LICENSE/", "/deep.todo/two%20words", "/deep.todo/two%20words/", "/deep.todo/gr%C3%B6%C3%9Fe/"),
    *("/deep.todo/%61bout/", "/tasks%5cactive", "/tasks%00", "/a/%2e%2e/tasks", "/ABOUT", "/constructor", "/toString", "/deep-todo"),
)
RUN = """
const [code, events] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const handler = new Function(code + '; return handler;')();
process.stdout.write(JSON.stringify(events.map(handler)));
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = copy_app("todo", tmp_path)
    for name in FILES:
        file = path / "DeepTodo" / "Frontend" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<h1>{name}</h1>")
    return path


def routed(project: Path, requests: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """What the function answers to each method, path and `Accept`: the request that goes on, or a response."""
    app = load_app(project)
    files = site_files(app)
    code = routing_code(files, answers_links=index_of(app, files) is not None)
    assert len(code.encode()) < MOST_BYTES / 2
    events = [{"request": {"method": method, "uri": path, "headers": {"accept": {"value": accept}}}} for method, path, accept in requests]
    run = subprocess.run(["node", "-e", RUN], input=json.dumps([code, events]), capture_output=True, text=True, check=True, timeout=60)
    return list(json.loads(run.stdout))


def test_an_address_leads_where_it_does_locally(project: Path) -> None:
    """Parity 104."""
    requests = [(method, path, accept) for method in ("GET", "HEAD") for path in PATHS for accept in (HTML, ANY)]
    with serve(project) as local, closing(HTTPConnection(urlsplit(local.url).netloc)) as connection:

        def ask(method: str, path: str, accept: str = ANY) -> tuple[int, str | None, bytes]:
            connection.request(method, path, headers={"accept": accept})
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, answer.headers["location"], body if answer.status == 200 else b""

        for (method, path, accept), edge in zip(requests, routed(project, requests), strict=True):
            mine = ask(method, path, accept)
            if "statusCode" in edge:
                theirs = (edge["statusCode"], edge["headers"]["location"]["value"], b"")
            else:  # the object `index.html` is the page at `/`
                theirs = ask(method, "/" if edge["uri"] == "/index.html" else edge["uri"])
            assert mine == theirs, f"{method} {path} {accept}: {edge}"


def test_other_methods_are_left_alone(project: Path) -> None:
    (edge,) = routed(project, [("OPTIONS", "/task/7", HTML)])
    assert edge["uri"] == "/task/7"
