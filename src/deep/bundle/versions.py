"""Deploy ids in addresses: `app.js` becomes `app.js?_v=1234abcd`, so that browsers may keep files for long and still see the next deploy at once.

Only addresses of the site's own assets change; links to pages, to other hosts and to fragments stay as they are.
"""

from __future__ import annotations

import re

from deep.bundle.content_types import HTML, content_type

_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#")
_ADDRESS = re.compile(r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?", re.DOTALL)
_ASSET_TAG = re.compile(r"<(?:script|link|img|source|video|audio|track|embed|input|image|use)\b[^>]*>", re.IGNORECASE)
_ASSET_ATTRIBUTE = re.compile(
    r"(?P<before>\s(?P<name>src|href|poster|srcset)\s*=\s*)(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.IGNORECASE | re.DOTALL
)
_CSS_ADDRESS = re.compile(
    r"(?P<before>url\(\s*(?P<quote>[\"']?)|@import\s+(?P<mark>[\"']))(?P<value>[^\"'()\s][^\"'()]*?)(?P<after>(?(mark)(?P=mark)|(?P=quote)\s*\)))",
    re.IGNORECASE,
)


def versioned_address(address: str, deploy_id: str) -> str:
    """The address with the deploy id in its query, if it is one of an asset of this site and has none yet."""
    if _ABSOLUTE.match(address):
        return address
    parts = _ADDRESS.fullmatch(address)
    kind = content_type(parts["path"]) if parts else None
    if parts is None or kind in (None, HTML) or "_v=" in (parts["query"] or ""):
        return address
    query = f"{parts['query']}&_v={deploy_id}" if parts["query"] else f"_v={deploy_id}"
    return f"{parts['path']}?{query}{parts['fragment'] or ''}"


def version_html(html: str, deploy_id: str) -> str:
    """A page with every asset that its tags load versioned; links (`<a href>`) are left."""

    def attribute(match: re.Match[str]) -> str:
        rewrite = _srcset if match["name"].lower() == "srcset" else versioned_address
        return f"{match['before']}{match['quote']}{rewrite(match['value'], deploy_id)}{match['quote']}"

    return _ASSET_TAG.sub(lambda tag: _ASSET_ATTRIBUTE.sub(attribute, tag[0]), html)


def version_css(css: str, deploy_id: str) -> str:
    """A style sheet with every `url(...)` and `@import` of this site versioned."""
    return _CSS_ADDRESS.sub(lambda match: f"{match['before']}{versioned_address(match['value'], deploy_id)}{match['after']}", css)


def _srcset(value: str, deploy_id: str) -> str:
    """Candidates such as `a.png 1x, b.png 2x`; a data address, which has commas of its own, leaves the whole as it is."""
    if "data:" in value:
        return value
    candidates = [candidate.strip().partition(" ") for candidate in value.split(",")]
    return ", ".join(f"{versioned_address(address, deploy_id)}{space}{size}" for address, space, size in candidates)
