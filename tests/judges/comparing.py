"""What of an answer must be alike wherever an app runs. The rest is told in `docs/design/local-and-deployed.md`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.judges.calling import Response

OF_THE_MOMENT = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|\?_v=[0-9a-z]+|(?<=deep-config.>)[^<]*")
"""Identifiers, times, and the addresses that a page is told, which are never the same twice."""
OF_THE_WAY = re.compile(
    "date|via|server|connection|content-length|apigw-requestid|strict-transport-security|x-cache|x-amz.*|accept-ranges|etag|last-modified"
)
OF_DEVELOPMENT = re.compile(r"; (report-uri|upgrade-insecure-requests|connect-src)[^;]*")
"""What the way adds or decides: see "Headers that differ" of the page."""


def shown(content_type: str, body: bytes) -> Any:
    """JSON as what it says: neither has an order of fields."""
    text = OF_THE_MOMENT.sub("<>", body.decode())
    return json.loads(text) if text and "json" in content_type else text


def comparable(response: Response) -> tuple[int, Mapping[str, str], Any]:
    headers = {name: value for name, value in response.headers.items() if not OF_THE_WAY.fullmatch(name)}
    if "content-security-policy" in headers:
        headers["content-security-policy"] = OF_DEVELOPMENT.sub("", headers["content-security-policy"])
    if headers.get("content-type", "").startswith("text/html"):
        headers.pop("cache-control", None)
    return response.status, headers, shown(headers.get("content-type", ""), response.body)
