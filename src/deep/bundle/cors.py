"""Cross-origin sharing: which other web sites' pages may call the API, as an HTTP API grants it; nobody, unless `deeploy.json` names them.

The answers are those that API Gateway gives of itself: to any preflight, and beside what a function answers, whose own `access-control-*` it drops.
Credentials (cookies) are never granted, for no action reads any. Sources: Fetch Standard, CORS protocol; AWS, "Configuring CORS for HTTP APIs".
"""

from __future__ import annotations

from collections.abc import Mapping

from deep.frozen import dataclass
from deep.model import App

REQUEST_HEADERS = ("authorization", "content-type", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-api-key")
"""What the browser library sends: a signature, a key, and the type of a body."""

EXPOSED = ("apigw-requestid", "retry-after")
MAX_AGE_S = 600


@dataclass(frozen=True, slots=True)
class CorsRule:
    """The grant of one API: exactly these `origins`, these `methods`."""

    origins: frozenset[str]
    methods: tuple[str, ...]

    def preflight(self, origin: str | None) -> Mapping[str, str]:
        """What is added to the 204 of a preflight from `origin`; nothing for an origin that is not named."""
        if origin not in self.origins:
            return {"vary": "origin"}
        return {
            "access-control-allow-origin": str(origin),
            "access-control-allow-methods": ",".join(self.methods),
            "access-control-allow-headers": ",".join(REQUEST_HEADERS),
            "access-control-max-age": str(MAX_AGE_S),
            "vary": "origin",
        }

    def answer(self, origin: str | None) -> Mapping[str, str]:
        """What is added to the answer to a request from `origin`."""
        if origin not in self.origins:
            return {"vary": "origin"}
        return {"access-control-allow-origin": str(origin), "access-control-expose-headers": ",".join(EXPOSED), "vary": "origin"}


def cors_rule(app: App) -> CorsRule | None:
    """The grant of an app; None when it names no origin, and then no answer speaks of sharing at all."""
    if not app.property.cors:
        return None
    methods = {method for action in app.actions if action.type == "lambda" and action.scope != "private" for method in action.methods}
    return CorsRule(frozenset(app.property.cors), tuple(sorted(methods)))
