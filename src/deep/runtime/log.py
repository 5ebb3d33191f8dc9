"""The `log` service: one JSON object a line on standard error, which Lambda and the local platform collect. (`logging` costs 18 ms of cold start.)"""

from __future__ import annotations

import sys

from deep.runtime import jsontext
from deep.runtime.stamps import now_iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from deep.runtime.kernel import Kernel

_tell = jsontext.encoder(str)


class Log:
    """Levels are syslog's, as in the original: debug to emerg."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def log(self, message: object, level: str = "info", /, **details: Any) -> None:
        """Writes `message` with `details`; what JSON does not know is written as `str` makes it."""
        context = self._kernel.context
        line = {"time": now_iso(), "level": level, "message": str(message), "action": self._kernel.config["action"]}
        if context and context.aws_request_id:
            line["requestId"] = context.aws_request_id
        try:
            text = _tell({**details, **line})
        except ValueError:  # NaN, or something that contains itself
            text = _tell({**line, "details": repr(details)})
        sys.stderr.write(text.encode("utf-8", "backslashreplace").decode() + "\n")

    def debug(self, message: object, /, **details: Any) -> None:
        self.log(message, "debug", **details)

    def info(self, message: object, /, **details: Any) -> None:
        self.log(message, "info", **details)

    def notice(self, message: object, /, **details: Any) -> None:
        self.log(message, "notice", **details)

    def warn(self, message: object, /, **details: Any) -> None:
        self.log(message, "warn", **details)

    def err(self, message: object, /, **details: Any) -> None:
        self.log(message, "err", **details)

    def crit(self, message: object, /, **details: Any) -> None:
        self.log(message, "crit", **details)

    def alert(self, message: object, /, **details: Any) -> None:
        self.log(message, "alert", **details)

    def emerg(self, message: object, /, **details: Any) -> None:
        self.log(message, "emerg", **details)
