"""The Todo app's API, run locally and deployed, answers alike byte by byte; where it cannot, a page of the documentation says why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from deep.testing import serve
from tests.browser.serving import APPS, copy_app
from tests.judges.calling import TASK, Caller, Request, local_caller
from tests.judges.comparing import comparable
from tests.judges.deployed import DeployedApp, deployed

TOLD_IN = Path(__file__).parents[2] / "docs" / "design" / "local-and-deployed.md"
DIFFERENCES = {
    "emulator-identity-first": (404, 403),
    "emulator-method": (405, 403),
    "emulator-preflight": (204, 403),
    "emulator-foreign-authorization": (403, 403),
    "emulator-error-type": (403, 403),
    "emulator-broken-text": (400, 200),
    "local-reason": (403, 403),
    "cloudfront-method": (404, 403),
    "unknown-file": (404, 403),
}
"""What is not alike, and the statuses of the two: local, deployed. Each is explained on the page."""
NOBODY = "0190a5c8-0000-7000-8000-000000000000"
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Row:
    """A request; `differs` names the line of the page that explains what the two answer differently."""

    name: str
    request: Request
    differs: str | None = None


def post(action: str, body: bytes, method: str = "POST", headers: Mapping[str, str] = JSON) -> Request:
    return Request(method, f"{TASK}/{action}", body=body, headers=headers)


def get(action: str, query: str = "", method: str = "GET") -> Request:
    return Request(method, f"{TASK}/{action}", query)


def todo(title: str) -> bytes:
    return json.dumps({"Title": title}, ensure_ascii=False).encode()


ROWS = [
    Row("create", post("create", todo("milk"))),
    Row("create in other scripts", post("create", todo("牛乳 🥛 молоко \u202e"))),
    Row("create escaped", post("create", b'{"Title": "\\u725b\\ud83e\\udd5b"}')),
    Row("create half of a character", post("create", b'{"Title": "\\ud83e"}')),
    Row("create with unknown fields", post("create", b'{"Title": "milk", "Colour": "white", "Id": "mine"}')),
    Row("create nothing", post("create", b"{}")),
    Row("create without a body", post("create", b"")),
    Row("create a list", post("create", b"[]")),
    Row("create null", post("create", b"null")),
    Row("create broken JSON", post("create", b'{"Title": ')),
    Row("create empty title", post("create", todo(""))),
    Row("create blank title", post("create", todo("  "))),
    Row("create number", post("create", b'{"Title": 5}')),
    Row("create long title", post("create", todo("m" * 100_000))),
    Row("create megabyte", post("create", todo("m" * 1_000_000))),
    Row("create deep", post("create", b'{"Title": ' + b"[" * 200 + b"]" * 200 + b"}")),
    Row("create as a form", post("create", b"Title=milk", headers={"content-type": "application/x-www-form-urlencoded"})),
    Row("create as text", post("create", todo("milk"), headers={"content-type": "text/plain"})),
    Row("create without a type", post("create", todo("milk"), headers={})),
    Row("create with charset", post("create", todo("milk"), headers={"content-type": "application/json; charset=utf-8"})),
    Row("retrieve unknown", get("retrieve", f"Id={NOBODY}")),
    Row("retrieve bad query", get("retrieve", "Id=")),
    Row("retrieve repeated query", get("retrieve", f"Id={NOBODY}&Id={NOBODY}")),
    Row("retrieve odd query", get("retrieve", "a=%20%26%3D&b=%E7%89%9B&c")),
    Row("head", get("retrieve", f"Id={NOBODY}", "HEAD")),
    Row("update unknown", post("update", json.dumps({"Id": NOBODY, "Title": "boo"}).encode(), "PUT")),
    Row("update nothing", post("update", json.dumps({"Id": NOBODY}).encode(), "PUT")),
    Row("update null", post("update", json.dumps({"Id": NOBODY, "Completed": None}).encode(), "PUT")),
    Row("delete unknown", get("delete", f"Id={NOBODY}", "DELETE")),
    Row("delete nothing", get("delete", "", "DELETE")),
    Row("delete many", post("deleteCompleted", json.dumps([NOBODY]).encode())),
    Row("delete none", post("deleteCompleted", b"[]")),
    Row("delete no list", post("deleteCompleted", b"{}")),
    Row("mark many", post("markAll", json.dumps([{"Id": NOBODY, "Completed": True}]).encode())),
    Row("mark none", post("markAll", b"[]")),
    Row("create bytes that are no text", post("create", b'{"Title": "\xff\xfe"}'), "emulator-broken-text"),
    Row("wrong method", get("create"), "emulator-method"),
    Row("wrong method with a body", post("retrieve", b"{}"), "emulator-method"),
    Row("patch", post("update", b"{}", "PATCH"), "emulator-method"),
    Row("options", get("create", "", "OPTIONS"), "emulator-preflight"),
    Row("unknown action", get("nothing"), "emulator-identity-first"),
    Row("unknown resource", Request("GET", "/deep-todo/nothing/create"), "emulator-identity-first"),
    Row("unknown microapplication", Request("GET", "/deep-nothing/task/create"), "unknown-file"),
    Row("deeper path", get("create/more"), "emulator-identity-first"),
    Row("trailing slash", get("retrieve/"), "emulator-identity-first"),
    Row("other case", Request("GET", f"{TASK}/Retrieve"), "emulator-identity-first"),
    Row("unsigned", Request("GET", f"{TASK}/retrieve", signed=False), "local-reason"),
    Row(
        "signed by another",
        Request("GET", f"{TASK}/retrieve", headers={"authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/x/y/aws4_request"}, signed=False),
        "emulator-error-type",
    ),
    Row("bearer", Request("GET", f"{TASK}/retrieve", headers={"authorization": "Bearer x"}, signed=False), "emulator-foreign-authorization"),
    Row("page", Request("GET", "/", signed=False)),
    Row("script", Request("GET", "/js/lib/deep-framework.js", signed=False)),
    Row("head of a page", Request("HEAD", "/", signed=False)),
    Row("unknown page", Request("GET", "/nothing", headers={"accept": "text/html"}, signed=False)),
    Row("deep link", Request("GET", "/task/7?tab=a", headers={"accept": "text/html"}, signed=False)),
    Row("what is no page", Request("GET", "/nothing", headers={"accept": "application/json"}, signed=False), "unknown-file"),
    Row("unknown file", Request("GET", "/nothing.js", signed=False), "unknown-file"),
    Row("posting to a page", Request("POST", "/", body=b"x", signed=False), "cloudfront-method"),
    Row("hidden file", Request("GET", "/.env", signed=False), "unknown-file"),
    Row("climbing", Request("GET", "/..%2f..%2fetc%2fpasswd", signed=False), "unknown-file"),
]


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedApp]:
    folder = tmp_path_factory.mktemp("deployed")
    with deployed(copy_app("todo", folder), folder) as app:
        yield app


@pytest.fixture(scope="module")
def here() -> Iterator[Caller]:
    with serve(APPS / "todo") as app:
        yield local_caller(app)


@pytest.mark.timeout(120)
def test_both_answer_alike_but_for_what_is_told(here: Caller, away: DeployedApp) -> None:
    """Parity 145: status, headers and content of each request."""
    visitor = away.caller()
    for row in ROWS:
        local, there = comparable(here.ask(row.request)), comparable(visitor.ask(row.request))
        if row.differs is None:
            assert there == local, row.name
        else:
            assert (local[0], there[0]) == DIFFERENCES[row.differs], row.name
            assert there != local, row.name


def test_each_difference_is_told_and_occurs() -> None:
    told = set(re.findall(r"^\| `([a-z-]+)` ", TOLD_IN.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == set(DIFFERENCES) == {row.differs for row in ROWS} - {None}
