"""What browsers refused, told to the author once, in words that mend."""

from __future__ import annotations

import json

import pytest

from deep.local.gateway.violations import MOST_TOLD, worded
from tests.unit.local.conftest import Stage

APP = "http://localhost:8000/js/app.js"
REPORT = {
    "document-uri": "http://localhost:8000/",
    "effective-directive": "script-src-elem",
    "violated-directive": "script-src-elem",
    "blocked-uri": "https://cdn.example/x.js",
    "source-file": APP,
    "line-number": 12,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            f"the browser refused script https://cdn.example/x.js of {APP}:12: name its origin in the global contentSecurity|script",
        ),
        (
            {"blocked-uri": "inline", "effective-directive": "style-src-attr", "source-file": None, "line-number": 0},
            "the browser refused an inline style of http://localhost:8000/: it belongs into a file of the app",
        ),
        (
            {"blocked-uri": "eval", "effective-directive": "", "violated-directive": "script-src 'self'"},
            f"the browser refused text run as code (eval) of {APP}:12: it belongs into a file of the app",
        ),
        (
            {"effective-directive": "object-src", "blocked-uri": "https://a.example", "line-number": "x"},
            f"the browser refused object-src https://a.example of {APP}: no page may do that",
        ),
    ],
)
def test_a_report_says_what_where_and_how_to_mend_it(changes: dict[str, object], words: str) -> None:
    assert worded({**REPORT, **changes}) == words


def report(stage: Stage, **changes: object) -> int:
    return stage.http.ask("POST", "/_/csp", json.dumps({"csp-report": {**REPORT, **changes}}).encode()).status


def test_each_is_told_once_and_not_without_end(stage: Stage) -> None:
    assert [report(stage), report(stage)] == [204, 204]
    for number in range(MOST_TOLD + 20):
        report(stage, **{"line-number": number + 100})
    stage.log.flush()
    assert len([who for who, _ in stage.reporter.logs if who == "page"]) <= MOST_TOLD
    assert len(set(stage.reporter.logs)) == len(stage.reporter.logs)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"csp-report": []}', b'{"csp-report": "' + b"x" * 70_000 + b'"}'])
def test_what_is_no_report_is_refused(stage: Stage, body: bytes) -> None:
    assert stage.http.ask("POST", "/_/csp", body).status == 400
    stage.log.flush()
    assert stage.reporter.logs == []


def test_pages_of_other_sites_report_nothing(stage: Stage) -> None:
    body = json.dumps({"csp-report": REPORT}).encode()
    assert stage.http.ask("POST", "/_/csp", body, {"Origin": "https://evil.example"}).status == 403
    stage.log.flush()
    assert stage.reporter.logs == []
