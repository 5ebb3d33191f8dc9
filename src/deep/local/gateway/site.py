"""The app's files over HTTP: only what the site map lists is ever opened, so no path can reach anything else.

A URL is decoded once and looked up whole; it is never joined to a folder. Files are read again when they change on disk, and pages are never cached
by the browser, so that an edit shows at the next request.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b

from deep.bundle.site import SiteFile
from deep.frozen import dataclass
from deep.local.http.reply import Reply, message_reply
from deep.local.http.request import HttpRequest

BIG_BYTES = 1024 * 1024
"""Above this size a file is read in a thread and not remembered."""
MEMORY_BYTES = 64 * 1024 * 1024
NOT_FOUND = "/404.html"
_NEVER = (b"cache-control", b"no-store")


Read = Callable[[SiteFile], bytes]
"""What is sent for a file: its content, rendered where it is a page. Raises OSError when it is gone or is no longer the file that was listed."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A file's content as last read, and by what to know that it is still the same."""

    stamp: tuple[int, int, int]
    etag: str
    modified: str
    content: bytes


class Site:
    """Serves one site map. `index` is the URL path of the page at `/`, which answers for deep links too; None when the app has no page.

    `headers` are added to every answer.
    """

    def __init__(self, files: Mapping[str, SiteFile], index: str | None, read: Read, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._files = files
        self._index = index
        self._read_file = read
        self._headers = headers
        self._copies: dict[str, _Copy] = {}
        self._remembered_bytes = 0

    async def reply(self, request: HttpRequest, *, deep_links: bool = True) -> Reply | None:
        """The file a GET or HEAD asks for; None when there is none. With `deep_links`, unknown paths that look like pages get the index."""
        if request.method not in ("GET", "HEAD"):
            return None
        path = self._resolve(request, deep_links=deep_links)
        if path is None:
            return await self._not_found(request) if deep_links else None
        if not path.startswith("/"):
            return Reply(308, [(b"location", f"/{path}".encode())], b"")
        copy = await self._read(path)
        return message_reply(404, "Not Found") if copy is None else self._answer(request, path, copy)

    async def _not_found(self, request: HttpRequest) -> Reply | None:
        """The app's own `/404.html`, where it has one and a page was asked for."""
        copy = await self._read(NOT_FOUND) if NOT_FOUND in self._files and _wants_page(request) else None
        kind = self._files[NOT_FOUND].content_type.encode() if copy else b""
        return None if copy is None else Reply(404, [(b"content-type", kind), _NEVER, *self._headers], copy.content)

    def _resolve(self, request: HttpRequest, *, deep_links: bool) -> str | None:
        """A path of the site map; or one without its leading slash, where the browser is to be sent so that relative links hold."""
        path = request.path
        if path == "/" and self._index is not None:
            return self._index
        if path in self._files:
            return path
        if path.endswith("/"):
            folder_index = f"{path}index.html"
            if folder_index in self._files:
                return folder_index
        elif f"{path}/index.html" in self._files:
            return f"{request.raw_path.lstrip('/')}/"
        return self._index if deep_links and self._is_deep_link(request) else None

    @staticmethod
    def _is_deep_link(request: HttpRequest) -> bool:
        """A page of a single-page app: the browser wants HTML, no part of the path is hidden and its last one has no extension."""
        path = request.path
        if "\\" in path or "\0" in path or "/." in path:
            return False
        return "." not in path.rpartition("/")[2] and _wants_page(request)

    async def _read(self, path: str) -> _Copy | None:
        served = self._files[path]
        try:
            status = os.stat(served.path, follow_symlinks=False)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._copies.get(path)
            if known is not None and known.stamp == stamp:
                return known
            if not stat.S_ISREG(status.st_mode):
                return None  # a link or a pipe has taken the file's place since the map was made
            content = await asyncio.to_thread(self._read_file, served) if status.st_size > BIG_BYTES else self._read_file(served)
        except OSError:
            return None  # deleted since: the watcher is about to tell
        return self._remember(path, stamp, content)

    def _remember(self, path: str, stamp: tuple[int, int, int], content: bytes) -> _Copy:
        etag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
        copy = _Copy(stamp, etag, formatdate(stamp[0] / 1e9, usegmt=True), content)
        if len(content) <= BIG_BYTES and self._remembered_bytes + len(content) <= MEMORY_BYTES:
            replaced = self._copies.get(path)
            self._remembered_bytes += len(content) - (len(replaced.content) if replaced else 0)
            self._copies[path] = copy
        return copy

    def _answer(self, request: HttpRequest, path: str, copy: _Copy) -> Reply:
        content_type = self._files[path].content_type
        caching = _NEVER if content_type.startswith("text/html") else (b"cache-control", b"no-cache")
        headers = [(b"etag", copy.etag.encode()), caching, (b"last-modified", copy.modified.encode()), *self._headers]
        if caching is not _NEVER and _is_unchanged(request, copy):
            return Reply(304, headers, b"")
        return Reply(200, [(b"content-type", content_type.encode()), *headers], copy.content)


def _wants_page(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _is_unchanged(request: HttpRequest, copy: _Copy) -> bool:
    """RFC 9110 13.2.2: If-None-Match decides; If-Modified-Since only where it is absent."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or copy.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return int(parsedate_to_datetime(since).timestamp()) >= copy.stamp[0] // 1_000_000_000
    except (ValueError, OverflowError):
        return False
