"""The site as objects of a bucket: what is uploaded of an app's pages, with the headers that browsers and the CDN get.

Objects are uploaded as they are: CloudFront compresses on its way out, by brotli or gzip as each browser asks, and keeps what it compressed. A bucket
can hold one encoding of an object only, which clients without it could not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

import orjson

from deep.bundle.content_types import CONTENT_TYPES, HTML
from deep.bundle.frontend import LOCAL, Endpoints, frontend_config
from deep.bundle.pages import Page, render_file
from deep.bundle.site import BUILD_FOLDER, SiteFile, index_of, site_files
from deep.bundle.target import Target
from deep.errors import EnvironmentProblem, Problem
from deep.frozen import dataclass
from deep.model import App

CONFIG_KEY = "_config.json"
INDEX_KEY = "index.html"

IMMUTABLE = "public, max-age=31536000, immutable"
"""For what never changes under its address: a year, the longest that browsers keep anything (RFC 9111; RFC 8246)."""
REVALIDATED = "no-cache"
"""For everything else: kept, and asked for each time whether it is still the same, which costs a 304 and no content (RFC 9111, 5.2.2.4)."""

_HASHED = re.compile(r"[.-](?:(?=[0-9]*[a-f])[0-9a-f]{8,64}|(?=[\w-]*[0-9])(?=[\w-]*[A-Z])[\w-]{8})\.[a-z0-9]+(?:\.map)?", re.ASCII)
"""The end of names that builders give: `app.3f9a1c2b.js`, `index-BxY12_bc.css`."""


@dataclass(frozen=True, slots=True)
class SiteObject:
    """An object of the site's bucket. `digest` (SHA-256, hex) is of the content and the headers together: the same digest, nothing to upload."""

    key: str
    body: bytes
    content_type: str
    cache_control: str
    digest: str

    @property
    def turn(self) -> int:
        """When it is sent: assets first, then `_config.json`, then pages, and last the page at `/`."""
        if self.key == INDEX_KEY:
            return 3
        return 2 if self.content_type == HTML else 1 if self.key == CONFIG_KEY else 0

    @property
    def headers(self) -> dict[str, str]:
        """By the names that S3's PutObject has for them."""
        return {"CacheControl": self.cache_control, "ContentType": self.content_type}

    def as_json(self) -> dict[str, Any]:
        size = len(self.body)
        return {"key": self.key, "contentType": self.content_type, "cacheControl": self.cache_control, "sizeBytes": size, "digest": self.digest}


def site_upload(app: App, target: Target, endpoints: Endpoints = LOCAL, files: Mapping[str, SiteFile] | None = None) -> tuple[SiteObject, ...]:
    """Every object of the site, in the order to upload them: assets, `_config.json`, pages, and last the page at `/`, which makes it all seen.

    `endpoints` are those of the deployed app, `files` the site's where they are known already. The page at `/` is the object `index.html`, whichever
    microapplication it is of. Raises DeepError when a page cannot be rendered, EnvironmentProblem when a file is gone.
    """
    files = site_files(app) if files is None else files
    page = Page(app, target, endpoints)
    index = index_of(app, files)
    objects = {url.removeprefix("/"): _object(url.removeprefix("/"), file, page) for url, file in files.items()}
    objects[CONFIG_KEY] = _made(CONFIG_KEY, orjson.dumps(frontend_config(app, target, endpoints)), CONTENT_TYPES[".json"])
    if index is not None:
        objects[INDEX_KEY] = _object(INDEX_KEY, files[index], page)
    return tuple(sorted(objects.values(), key=lambda one: (one.turn, one.key)))


def changed(objects: tuple[SiteObject, ...], manifest: Mapping[str, str]) -> tuple[SiteObject, ...]:
    """Those to upload, in their order; `manifest` tells what is there: key -> digest."""
    return tuple(one for one in objects if manifest.get(one.key) != one.digest)


def stale(objects: tuple[SiteObject, ...], manifest: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that are there and no longer of the site, to be deleted once nobody is shown the old pages any more."""
    return tuple(sorted(manifest.keys() - {one.key for one in objects}))


def manifest_of(objects: tuple[SiteObject, ...]) -> dict[str, str]:
    """Key -> digest, as `changed` and `stale` compare with the next time."""
    return {one.key: one.digest for one in objects}


def cache_control(key: str, *, is_built: bool) -> str:
    """What is told to browsers of an object: built files whose names hold a hash of their content are kept for a year, all else is asked for again.

    An asset whose address has the deploy id (`?_v=`) is one object for all ids, and modules import each other without it: only who sees the address,
    the CDN, may let browsers keep it longer (`IMMUTABLE`).
    """
    is_hashed = is_built and _HASHED.search(PurePosixPath(key).name) is not None
    return IMMUTABLE if is_hashed and not key.endswith((".html", ".htm")) else REVALIDATED


def _object(key: str, file: SiteFile, page: Page) -> SiteObject:
    try:
        return _made(key, render_file(file, page), file.content_type, is_built=BUILD_FOLDER in file.path.parts)
    except OSError as error:
        message = f"{file.path} changed while the site was put together"
        raise EnvironmentProblem(Problem("files-changed", message, file=str(file.path), help="run the command again")) from error


def _made(key: str, body: bytes, content_type: str, *, is_built: bool = False) -> SiteObject:
    control = cache_control(key, is_built=is_built)
    digest = sha256(b"\0".join([content_type.encode(), control.encode(), body])).hexdigest()
    return SiteObject(key, body, content_type, control, digest)
