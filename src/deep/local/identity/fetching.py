"""Fetches what identity providers publish: small documents, from where the app says, and from nowhere a redirect points to."""

from __future__ import annotations

import urllib.request
from http.client import HTTPException
from ipaddress import ip_address
from urllib.parse import urlsplit

DEADLINE_S = 5.0
LARGEST_BYTES = 256 * 1024


class NotFetched(Exception):
    """The document cannot be had; the text says why."""


def _opener() -> urllib.request.OpenerDirector:
    """urllib's usual opener without what follows redirects."""
    opener = urllib.request.OpenerDirector()
    errors = (urllib.request.HTTPDefaultErrorHandler, urllib.request.HTTPErrorProcessor)
    for handler in (urllib.request.HTTPHandler, urllib.request.HTTPSHandler, *errors):
        opener.add_handler(handler())
    return opener


_OPENER = _opener()


def is_safe(url: str) -> bool:
    """Whether `url` may be fetched without a certificate proving who answers: only from this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(url: str) -> bytes:
    """The document at `url`. Raises NotFetched for anything but a 200 of a moderate size within five seconds."""
    scheme = urlsplit(url).scheme
    if scheme != "https" and not (scheme == "http" and is_safe(url)):
        raise NotFetched("providers are asked over https")
    try:
        with _OPENER.open(urllib.request.Request(url, headers={"accept": "application/json"}), timeout=DEADLINE_S) as reply:  # noqa: S310 - checked
            content: bytes = reply.read(LARGEST_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise NotFetched(str(error)) from error
    if len(content) > LARGEST_BYTES:
        raise NotFetched("the answer is too large")
    return content
