"""What identity providers publish is fetched from where the app says, and from nowhere else."""

from __future__ import annotations

import pytest

from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.identity.fetching import LARGEST_BYTES, NotFetched, fetch, is_safe
from tests.fakes.http import Replying, serving


async def site(request: HttpRequest) -> Reply:
    match request.path:
        case "/moved":
            return Reply(302, [(b"location", b"/keys")], b"")
        case "/large":
            return Reply(200, [], b"x" * (LARGEST_BYTES + 1))
        case path:
            return Reply(503 if path == "/away" else 200, [], b'{"keys":[]}')


def test_a_document_is_fetched_and_redirects_are_not_followed() -> None:
    with serving(Replying(site)) as http:
        base = f"http://localhost:{http.port}"
        assert fetch(f"{base}/keys") == b'{"keys":[]}'
        for path in ("moved", "large", "away"):
            with pytest.raises(NotFetched):
                fetch(f"{base}/{path}")


@pytest.mark.parametrize(
    "url",
    ["http://accounts.example.com/keys", "http://127.0.0.1.example.com/", "http://169.254.169.254/", "file:///etc/passwd", "ftp://localhost/"],
)
def test_only_this_machine_is_asked_without_a_certificate(url: str) -> None:
    with pytest.raises(NotFetched, match="https"):
        fetch(url)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("http://localhost:9000/x", True),
        ("http://a.localhost", True),
        ("http://[::1]:8000", True),
        ("http://127.9.9.9", True),
        ("http://localhost.evil.test", False),
        ("http://user@evil.test#localhost", False),
        ("http://10.0.0.1", False),
    ],
)
def test_what_this_machine_is(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
