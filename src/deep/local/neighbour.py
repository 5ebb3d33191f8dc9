"""The platform that runs on a property already, for commands that would start another: where it answers, and how to have it run a function."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson

from deep.errors import EnvironmentProblem, Problem
from deep.local.functions.outcome import Answer, Failure, Outcome
from deep.local.gateway.directcalls import INVOKE_PREFIX, INVOKE_SUFFIX

ADDRESS = "address"
"""The file in a property's `.deep/` that holds the URL of the platform running there; it is there as long as the platform is."""


def read_address(folder: Path) -> str | None:
    """The URL in `folder`'s address file; None when no platform has written one."""
    with suppress(OSError, UnicodeDecodeError):
        return (folder / ADDRESS).read_text(encoding="ascii").strip() or None
    return None


async def invoke_there(url: str, identifier: str, event: bytes) -> Outcome:
    """Has the platform at `url` invoke a function, through Lambda's Invoke API. Raises EnvironmentProblem when it does not answer."""
    began = time.monotonic()
    try:
        status, headers, body = await _post(url, f"{INVOKE_PREFIX}{quote(identifier, safe='')}{INVOKE_SUFFIX}", event)
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        raise EnvironmentProblem(Problem("platform-unreachable", f"the platform at {url} does not answer: {error}")) from error
    duration_ms = (time.monotonic() - began) * 1000
    if status == 200 and "x-amz-function-error" not in headers:
        return Answer(body, None, duration_ms)
    document = orjson.loads(body)
    if status == 200:
        return Failure(document, "fault", None, duration_ms)
    message = document.get("Message") or document.get("message") or f"status {status}"
    raise EnvironmentProblem(Problem("platform-refused", f"the platform at {url} does not run {identifier}: {message}"))


async def _post(url: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request; the platform always declares a length."""
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    try:
        head = f"POST {path} HTTP/1.1\r\nHost: {target.netloc}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(status.split()[1]), headers, await reader.readexactly(int(headers.get("content-length", "0")))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
