"""Whatever a process prints, cut into lines fit for a log: any bytes, any length, with or without an end of line."""

from __future__ import annotations

MAX_LINE_BYTES = 16 * 1024
"""A longer line is told in pieces of this size, so that a function printing without end cannot fill the platform's memory."""


class LineSplitter:
    """Feed it bytes, take lines of text. Bytes that are not UTF-8 appear as `\\xff`; other control characters stay for the screen to judge."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    @property
    def pending(self) -> bool:
        """Whether the beginning of a line waits for its end."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes."""
        *whole, rest = (self._rest + data).split(b"\n")
        lines = [piece for line in whole for piece in _pieces(line)]
        *full, self._rest = _cut(rest)
        return lines + [_text(piece) for piece in full]

    def flush(self) -> list[str]:
        """The unfinished line, if there is one."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _pieces(line: bytes) -> list[str]:
    return [_text(piece) for piece in _cut(line.removesuffix(b"\r"))]


def _cut(line: bytes) -> list[bytes]:
    if len(line) <= MAX_LINE_BYTES:
        return [line]
    return [line[start : start + MAX_LINE_BYTES] for start in range(0, len(line), MAX_LINE_BYTES)]


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")
