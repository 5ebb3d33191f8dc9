"""What becomes of an answer on its way out: security headers, leave for the pages of other sites that the app names, and no secret in an error."""

from __future__ import annotations

from collections.abc import Mapping

from deep.bundle.cors import CorsRule
from deep.bundle.headers import SecurityHeaders
from deep.local.http.reply import Headers, Reply
from deep.local.http.request import HttpRequest
from deep.local.redaction import Redaction

_SHARING = b"access-control-"


class Shield:
    """What one state of the app does to answers. Without headers, rule or secrets it does nothing."""

    def __init__(self, headers: SecurityHeaders | None = None, cors: CorsRule | None = None, redaction: Redaction | None = None) -> None:
        self.pages = _raw(headers.pages) if headers else []
        self._others = _raw(headers.api) if headers else []
        self._cors = cors
        self._redaction = redaction or Redaction()
        self.origins = cors.origins if cors else frozenset()

    def cover(self, reply: Reply) -> None:
        """Adds the headers that an answer has not got yet; what a function set itself stays."""
        names = {name for name, _ in reply.headers}
        reply.headers.extend(header for header in self._others if header[0] not in names)

    def share(self, request: HttpRequest, reply: Reply) -> Reply:
        """The answer of an action with what the asking page's origin is granted, and without what its function thought to grant.

        Of an error, also without the values of secret parameters.
        """
        if reply.status >= 500 and self._redaction:
            reply = Reply(reply.status, reply.headers, self._redaction.content(reply.body), reply.why)
        if self._cors is None:
            return reply
        answered = self._cors.preflight if request.method == "OPTIONS" and reply.status == 204 else self._cors.answer
        own = (header for header in reply.headers if not header[0].startswith(_SHARING))
        return Reply(reply.status, [*own, *_raw(answered(request.headers.get("origin")))], reply.body, reply.why)


def _raw(headers: Mapping[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
