"""Secret parameters: a configuration holds where each is kept, never what it is; the value is fetched when code asks for it.

They are kept in SSM as SecureStrings, deployed, and served from the developer's own answers by the local platform. Source: AWS Systems Manager API
Reference, "GetParameter".
"""

from __future__ import annotations

from time import monotonic

from deep.runtime import jsontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from deep.runtime.signed import Service
    from deep.runtime.transport import Answer

REFERENCE = "$secret"
"""As `deep.wire.config.SECRET_REFERENCE` has it; that module is typing, which functions do not load."""
KEPT_S = 300
"""How long a value is used before it is asked for again, so that a changed one is taken up without a deploy."""
_HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"}
_TEXTS = frozenset(("string", "date", "file"))


class Secrets:
    """Values of secret parameters, kept for a while. `clock` gives seconds."""

    def __init__(self, ssm: Service, clock: Callable[[], float] = monotonic) -> None:
        self._ssm = ssm
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}

    def revealed(self, value: Any) -> Any:
        """`value` with every reference in it replaced by what it refers to. Raises ServiceError."""
        if not isinstance(value, dict):
            return value
        if REFERENCE in value:
            return self._secret(value[REFERENCE], value.get("type", "string"))
        return {name: self.revealed(inner) for name, inner in value.items()}

    def close(self) -> None:
        """Closes kept connections."""
        self._ssm.close()

    def _secret(self, name: str, kind: str) -> Any:
        expires, value = self._kept.get(name, (0.0, None))
        now = self._clock()
        if now >= expires:
            text = self._fetched(name)
            value = text if kind in _TEXTS else jsontext.loads(text)
            self._kept[name] = (now + KEPT_S, value)
        return value

    def _fetched(self, name: str) -> str:
        answer = self._ssm.post(_HEADERS, jsontext.dumps({"Name": name, "WithDecryption": True}).encode(), _failure)
        return str(jsontext.loads(answer.body)["Parameter"]["Value"])


def _failure(answer: Answer) -> tuple[str, str]:
    try:
        details = jsontext.loads(answer.body)
        return str(details["__type"]).rpartition("#")[2], str(details.get("message") or details.get("Message") or "")
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {answer.status}", ""
