"""One call of a served app, as a program without an identity makes it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any


def call(url: str, path: str, payload: Any) -> tuple[int, Any]:
    """(status, JSON) of a POST."""
    request = urllib.request.Request(f"{url}{path}", json.dumps(payload).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
