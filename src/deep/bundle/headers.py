"""Security headers: what every answer tells browsers to refuse, decided here once for the local platform and for what is deployed.

They are data, name to value, with lower-case names as HTTP/2 has them: the local gateway sends them, and a response headers policy of CloudFront
takes them as they are. Sources: OWASP Secure Headers Project; W3C Content Security Policy Level 3; RFC 6797 (HSTS).
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from deep.bundle.frontend import LOCAL, Endpoints
from deep.bundle.target import Target
from deep.errors import Problem, ProjectError
from deep.frozen import dataclass
from deep.model import App

GTM_ORIGIN = "https://www.googletagmanager.com"
GTM_BEGIN = '(window.dataLayer=window.dataLayer||[]).push({"gtm.start":Date.now(),event:"gtm.js"})'
"""The one script that DEEP ever writes into a page, for apps that name a container; pages allow it by its hash."""

SETTING = "contentSecurity"
"""The global under which an app names further sources: `contentSecurity|script`, `contentSecurity|connect`, ..."""

_LOOSENABLE = {
    "script": "script-src",
    "style": "style-src",
    "image": "img-src",
    "font": "font-src",
    "connect": "connect-src",
    "media": "media-src",
    "frame": "frame-src",
    "worker": "worker-src",
}
REPORT_PATH = "/_/csp"
"""Where browsers report what they refused, locally; `deep.local.gateway.violations` tells it."""

_SOURCE = re.compile(r"(https|wss)://(\*\.(?=[^:/]*\.))?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_POWERFUL = [*("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi")]
_POWERFUL += ("payment", "serial", "usb", "xr-spatial-tracking")
"""Features of browsers that no page here may use, nor any frame in it."""

_HSTS_S = 2 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class SecurityHeaders:
    """Name -> value: `pages` for everything of the site, `api` for what functions answer. A function that sets one of them itself is left its own."""

    pages: Mapping[str, str]
    api: Mapping[str, str]


def security_headers(app: App, target: Target, endpoints: Endpoints = LOCAL) -> SecurityHeaders:
    """The headers of an app's answers. Raises ProjectError (`unsafe-source`) for a source of `contentSecurity` that is no origin."""
    shared = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin",
    }
    if not target.development:
        shared["strict-transport-security"] = f"max-age={_HSTS_S}"
    pages = {
        "content-security-policy": _policy(app, target, endpoints),
        **shared,
        "cross-origin-opener-policy": "same-origin",
        "origin-agent-cluster": "?1",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in _POWERFUL),
        "referrer-policy": "strict-origin-when-cross-origin",
        "x-dns-prefetch-control": "off",
        "x-permitted-cross-domain-policies": "none",
        "x-xss-protection": "0",
    }
    api = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'", **shared, "referrer-policy": "no-referrer"}
    return SecurityHeaders(pages, api)


def loosened(app: App) -> tuple[str, ...]:
    """What the app opens to other web sites, a sentence each, for people to see: never is it done silently."""
    told = [f"{origin} may call the API (cors of deeploy.json)" for origin in app.property.cors]
    told += [f"pages may load {kind} from {source} (global {SETTING}|{kind})" for kind, named in _declared(app).items() for source in named]
    return (*told, *([f"pages load scripts from {GTM_ORIGIN} (global gtmContainerId)"] if app.root.globals.get("gtmContainerId") else []))


def _policy(app: App, target: Target, endpoints: Endpoints) -> str:
    directives: dict[str, list[str]] = {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *_reached(app, endpoints)],
        "media-src": ["'self'"],
        "worker-src": ["'self'"],
        "frame-src": [],
        "object-src": [],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": [],
    }
    if app.root.globals.get("gtmContainerId"):
        directives["script-src"] += [f"'sha256-{b2a_base64(sha256(GTM_BEGIN.encode()).digest(), newline=False).decode()}'", GTM_ORIGIN]
        directives["connect-src"].append(GTM_ORIGIN)
        directives["img-src"].append(GTM_ORIGIN)
    for kind, sources in _declared(app).items():
        directives[_LOOSENABLE[kind]] += sources
    text = [" ".join([name, *(dict.fromkeys(sources) or ["'none'"])]) for name, sources in directives.items()]
    return "; ".join([*text, f"report-uri {REPORT_PATH}" if target.development else "upgrade-insecure-requests"])


def _reached(app: App, endpoints: Endpoints) -> Iterator[str]:
    """The origins that the browser library calls: the endpoints that are elsewhere, and external actions."""
    addresses: list[Any] = [getattr(endpoints, field.name) for field in fields(endpoints)]
    addresses += [action.url for action in app.actions]
    addresses += [endpoints.user_pool["endpoint"]] if endpoints.user_pool else []
    addresses += [_invoke_origin(arn) for arn in endpoints.function_arns.values()]
    yield from sorted({origin for address in addresses if isinstance(address, str) and (origin := origin_of(address))})


def _invoke_origin(arn: str) -> str | None:
    """Where a deployed function is called past the API: AWS Lambda of its region; None for the ARNs of local runs, which name no region."""
    _, partition, _, region, *_ = arn.split(":")
    return f"https://lambda.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}" if region else None


def kind_of(directive: str) -> str | None:
    """The kind of source that a directive is about: `script-src-elem` -> `script`. None for one that no app may loosen."""
    return next((kind for kind, name in _LOOSENABLE.items() if directive == name or directive.startswith(f"{name}-")), None)


def origin_of(address: str) -> str | None:
    """`https://api.example:8443/v1` -> `https://api.example:8443`; None for what is not a web address, such as a path."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}" if parts.scheme in ("https", "http", "wss") and parts.netloc else None


def _declared(app: App) -> dict[str, list[str]]:
    """What the root's globals add, by kind. Keywords such as 'unsafe-inline' are no origins, and so are refused."""
    declared = app.root.globals.get(SETTING)
    if not isinstance(declared, Mapping):
        return {}
    found = {kind: _listed(value) for kind, value in declared.items() if value is not None}
    unknown = [_problem(f'"{SETTING}|{kind}" is no kind of source', ", ".join(_LOOSENABLE)) for kind in found if kind not in _LOOSENABLE]
    unsafe = [
        _problem(f'"{source}" of {SETTING}|{kind} is no origin', "an origin such as https://cdn.example or https://*.example.com")
        for kind, sources in found.items()
        for source in sources
        if not _SOURCE.fullmatch(source)
    ]
    if unknown or unsafe:
        raise ProjectError(*unknown, *unsafe)
    return found


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else str(value).split()


def _problem(message: str, expected: str) -> Problem:
    return Problem("unsafe-source", message, file="parameters.json", expected=expected, help="scripts and styles belong into files of the app")
