"""What browsers refused because of the content security policy, told where the author looks: beside the log of requests, with what to do about it.

Browsers say it on their console alone, and deployed nobody says it at all: so a page that breaks its policy is found while it is written.
Source: Content Security Policy Level 3, 5.3 (`report-uri`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from deep.bundle.headers import SETTING, kind_of
from deep.local.http.reply import Reply, message_reply
from deep.local.http.request import HttpRequest

MOST_BYTES = 64 * 1024
MOST_TOLD = 200
"""Each violation is told once in a run, and no more than this many: a page may report as often as it likes."""
_LONGEST = 200
_INLINE = {"inline": "an inline {kind}", "eval": "text run as code (eval)", "wasm-eval": "WebAssembly", "trusted-types-policy": "a policy of its own"}


class Violations:
    """Takes reports and tells each once; `tell(who, what)` is the request log's `fault`."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()

    async def serve(self, request: HttpRequest) -> Reply:
        """`POST` of a browser's report. What is no report is refused and told nobody."""
        try:
            report = orjson.loads(request.body)["csp-report"] if len(request.body) <= MOST_BYTES else None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            report = None
        if not isinstance(report, dict):
            return message_reply(400, "This is no report of a content security policy")
        words = worded(report)
        if words not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(words)
            self._tell("page", words)
        return Reply(204, [], b"")


def worded(report: Mapping[str, Any]) -> str:
    """A report as a sentence: what was refused, where, and how to mend it."""
    directive = _text(report, "effective-directive") or _text(report, "violated-directive").partition(" ")[0]
    blocked, kind = _text(report, "blocked-uri"), kind_of(directive)
    place, line = _text(report, "source-file") or _text(report, "document-uri"), report.get("line-number")
    where = f"{place}:{line}" if isinstance(line, int) and line > 0 else place
    if blocked in _INLINE:
        return f"the browser refused {_INLINE[blocked].format(kind=kind or 'part')} of {where}: it belongs into a file of the app"
    mend = f"name its origin in the global {SETTING}|{kind}" if kind else "no page may do that"
    return f"the browser refused {kind or directive} {blocked} of {where}: {mend}"


def _text(report: Mapping[str, Any], name: str) -> str:
    value = report.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""
