"""The platform that runs on a property already, for commands that would start another: where it answers, and how to have it run a function."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from deep.errors import EnvironmentProblem, Problem
from deep.local.door.invocations import PREFIX, SUFFIX
from deep.local.door.policies import DEVELOPER
from deep.local.functions.outcome import Answer, Failure, Outcome
from deep.local.identity.vault import Vault
from deep.wire.sigv4 import Credentials, Signer, canonical_request, percent_encode, signed_header_names

ADDRESS = "address"
"""The file in a property's `.deep/` that holds the URL of the platform running there; it is there as long as the platform is."""
DOOR = "door"
"""The same for the URL at which that platform answers AWS calls."""
_REGION = "us-east-1"
"""What the signature names; the developer's calls are not bound to a region."""
_CREDENTIALS_S = 900


def read_address(folder: Path, name: str = ADDRESS) -> str | None:
    """The URL in one of `folder`'s address files; None when no platform has written one."""
    with suppress(OSError, UnicodeDecodeError):
        return (folder / name).read_text(encoding="ascii").strip() or None
    return None


async def invoke_there(url: str, vault: Vault, identifier: str, event: bytes) -> Outcome:
    """Has the platform whose door is at `url` invoke a function, through Lambda's Invoke API, signed as its developer.

    `vault` holds the secret of that platform's property. Raises EnvironmentProblem when it does not answer.
    """
    began = time.monotonic()
    path = f"{PREFIX}{percent_encode(identifier)}{SUFFIX}"
    try:
        status, headers, body = await _post(url, path, _signed(url, path, vault, event), event)
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


def _signed(url: str, path: str, vault: Vault, body: bytes) -> dict[str, str]:
    """The headers of a signed request."""
    issued = vault.issue(DEVELOPER, _CREDENTIALS_S)
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(vault.clock()))
    headers = {"Host": urlsplit(url).netloc, "X-Amz-Date": date, "X-Amz-Security-Token": issued.session_token}
    canonical = canonical_request("POST", path, "", headers, sha256(body).hexdigest())
    signer = Signer(Credentials(issued.access_key, issued.secret_key, issued.session_token), _REGION, "lambda")
    return {**headers, "Authorization": signer.authorization(date, canonical, signed_header_names(headers))}


async def _post(url: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request; the platform always declares a length."""
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    try:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"POST {path} HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        status, *answered = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in answered)}
        return int(status.split()[1]), told, await reader.readexactly(int(told.get("content-length", "0")))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
