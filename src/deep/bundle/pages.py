"""Rendering: the tags that DEEP replaces in pages (`<deep-config/>` and its kin), and the deploy id in the addresses of pages and style sheets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from deep.bundle.content_types import CSS, HTML
from deep.bundle.frontend import LOCAL, Endpoints, frontend_config
from deep.bundle.headers import GTM_BEGIN, GTM_ORIGIN
from deep.bundle.site import SiteFile, root_asset_urls
from deep.bundle.target import Target
from deep.bundle.versions import version_css, version_html
from deep.errors import ProjectError
from deep.frozen import dataclass
from deep.model import App
from deep.names import split_reference

_GTM_CONTAINER = r"GTM-[A-Z0-9]+"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is rendered with."""

    app: App
    target: Target
    endpoints: Endpoints = LOCAL

    def setting(self, path: str) -> Any:
        """A global parameter by its path, such as `pageLoader|src`; None where it is not set."""
        value: Any = self.app.root.globals
        for key in path.split("|"):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    @property
    def base(self) -> str:
        """The path that the app lives at, ending with a slash: the global `basePath`."""
        return f"{str(self.setting('basePath') or '/').rstrip('/')}/"

    def locate(self, reference: str) -> str:
        """The address of a frontend file given as `@microapp:path`. Raises ProjectError (`bad-reference`), DeepError (`unknown-microapp`)."""
        try:
            identifier, path = split_reference(reference)
        except ValueError as error:
            raise ProjectError.of("bad-reference", str(error), file="parameters.json") from error
        microapp = self.app.microapp(identifier)
        return self.base + ("" if microapp.is_root else f"{identifier}/") + path.lstrip("/")


def render_page(html: str, app: App, target: Target, endpoints: Endpoints = LOCAL) -> str:
    """A page with its DEEP tags replaced and its assets versioned. Raises ProjectError for a global parameter that cannot be used."""
    return version_html(replace_tags(html, Page(app, target, endpoints)), target.deploy_id)


def render_file(file: SiteFile, page: Page) -> bytes:
    """What a browser is sent for a file of the site. Raises FileNotFoundError when it is gone, or a link has taken its place since it was listed."""
    if file.path.resolve() != file.path:
        raise FileNotFoundError(file.path)
    content = file.path.read_bytes()
    if not file.rendered:
        return content
    text = content.decode("utf-8", errors="surrogateescape")
    return _rendered(text, file, page).encode("utf-8", errors="surrogateescape")


def _rendered(text: str, file: SiteFile, page: Page) -> str:
    deploy_id = page.target.deploy_id
    if file.content_type == HTML:
        replaced = replace_tags(text, page)
        return version_html(replaced, deploy_id) if file.versioned else replaced
    return version_css(text, deploy_id) if file.content_type == CSS else text.replace("<deep-hash>", deploy_id)


def replace_tags(html: str, page: Page) -> str:
    """Replaces `<deep-name/>`, `<deep-name></deep-name>` and `${deep-root-assets-path}`; a tag that DEEP does not know stays."""
    return _TAG.sub(lambda tag: _TAGS[tag["name"].lower()](page), html).replace("${deep-root-assets-path}", escape(page.base))


def escape(text: str) -> str:
    """As `html.escape`, which would be imported with the names of two thousand characters."""
    return text.translate(_ESCAPES)


def _config(page: Page) -> str:
    """The configuration as a block of data, which no content security policy takes for a script."""
    text = json.dumps(frontend_config(page.app, page.target, page.endpoints), separators=(",", ":"), ensure_ascii=False)
    harmless = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'<script type="application/json" id="deep-config">{harmless}</script>'


def _version(page: Page) -> str:
    return f'<meta name="version" content="{escape(str(page.setting("version") or page.app.root.version))}">'


def _deploy_id(page: Page) -> str:
    return f'<meta name="deep-deploy-id" content="{escape(page.target.deploy_id)}">'


def _favicon(page: Page) -> str:
    """Without an icon of the app's an empty one, so that browsers do not ask for `/favicon.ico`."""
    reference = page.setting("favicon")
    return f'<link rel="icon" href="{escape(page.locate(str(reference)) if reference else "data:,")}">'


def _loader(page: Page) -> str:
    """The picture shown while the app starts, or only its text."""
    reference, alternative = page.setting("pageLoader|src"), escape(str(page.setting("pageLoader|alt") or ""))
    return f'<img src="{escape(page.locate(str(reference)))}" alt="{alternative}">' if reference else alternative


def _root_assets(page: Page) -> str:
    addresses = [escape(page.base + url.removeprefix("/")) for url in root_asset_urls(page.app)]
    styles = [f'<link rel="stylesheet" href="{address}">' for address in addresses if address.endswith(".css")]
    return "".join(styles + [f'<script src="{address}"></script>' for address in addresses if address.endswith(".js")])


def _gtm(page: Page) -> str:
    """Google Tag Manager, for apps that name a container."""
    container = page.setting("gtmContainerId")
    if not container:
        return ""
    if not re.fullmatch(_GTM_CONTAINER, str(container)):
        raise ProjectError.of(
            "bad-gtm-container", f'"{container}" is no container of Google Tag Manager', file="parameters.json", expected="GTM-XXXX"
        )
    return f'<script>{GTM_BEGIN}</script><script async src="{GTM_ORIGIN}/gtm.js?id={container}"></script>'


_TAGS: Mapping[str, Callable[[Page], str]] = {
    "config": _config,
    "deploy-id": _deploy_id,
    "favicon": _favicon,
    "gtm": _gtm,
    "loader": _loader,
    "root-assets": _root_assets,
    "version": _version,
}
_TAG = re.compile(rf"<deep-(?P<name>{'|'.join(_TAGS)})\s*/?>(?:\s*</deep-(?P=name)\s*>)?", re.IGNORECASE)
