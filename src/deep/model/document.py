"""A JSON document that knows where each of its keys and values stands, so that a check can point at what it means."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from deep.errors import Place, Problem

Path = tuple[str | int, ...]
"""The way to a value: keys and positions, outermost first. `()` is the whole document."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_WIDEST_SHOWN = 200
"""A longer line (a minified file) is not shown below an error: it would flood the screen."""


class Broken:
    """Stands for a value that could not be read. Its problem is told already, so checks pass over it."""


BROKEN = Broken()


class JsonObject(dict[str, Any]):
    """An object and the spots of its members: key -> (first character of the key, first of the value, one past the value).

    A container's own spot covers its opening bracket alone, which is what an error points at.
    """

    __slots__ = ("spots",)

    def __init__(self) -> None:
        self.spots: dict[str, tuple[int, int, int]] = {}


class JsonArray(list[Any]):
    """An array and the spots of its items: (first character, one past the last)."""

    __slots__ = ("spots",)

    def __init__(self) -> None:
        self.spots: list[tuple[int, int]] = []


def plain(value: Any) -> Any:
    """The value as ordinary dicts and lists, free of positions."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


class SourceText:
    """The text of a file under the name it is told by, usually relative to the property."""

    __slots__ = ("_starts", "content", "name")

    def __init__(self, name: str, content: str) -> None:
        self.name = name
        self.content = content
        self._starts: list[int] | None = None

    def place(self, start: int, end: int | None = None) -> Place:
        """Line and column of the characters `start` to `end` (exclusive), marked to the end of their first line. LF, CRLF and CR end lines."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.content))]
        number = bisect_right(self._starts, start)
        first = self._starts[number - 1]
        line_end = _LINE_END.search(self.content, first)
        line = self.content[first : line_end.start() if line_end else len(self.content)]
        column = min(start - first, len(line))
        length = max(min((end or start + 1) - start, len(line) - column), 1)
        return Place(self.name, number, column + 1, length, _shown(line))


class Document:
    """A file that was read: its text, its value (`JsonObject`, `JsonArray` or a scalar) and the problems of its syntax.

    With problems the value holds `BROKEN` where something could not be read; it is good for finding further problems and for nothing else.
    """

    __slots__ = ("problems", "text", "value")

    def __init__(self, text: SourceText, value: Any, problems: tuple[Problem, ...] = ()) -> None:
        self.text = text
        self.value = value
        self.problems = problems

    def place(self, path: Path = ()) -> Place:
        """Where the value at `path` stands; the nearest enclosing value when nothing stands there."""
        spot = self._spot(path)
        return self.text.place(spot[-2], spot[-1])

    def key_place(self, path: Path) -> Place:
        """Where the key that names the value at `path` stands, its quotes included; an array's item has none, so its own place."""
        spot = self._spot(path)
        if len(spot) == 2:
            return self.text.place(*spot)
        key_end = _KEY.match(self.text.content, spot[0])
        return self.text.place(spot[0], key_end.end() if key_end else spot[0] + 1)

    def _spot(self, path: Path) -> tuple[int, ...]:
        start = len(self.text.content) - len(self.text.content.lstrip(" \t\r\n"))
        spot: tuple[int, ...] = (start, start + 1)
        node = self.value
        for step in path:
            match node, step:
                case JsonObject(), str() if step in node.spots:
                    spot, node = node.spots[step], node[step]
                case JsonArray(), int() if step < len(node.spots):
                    spot, node = node.spots[step], node[step]
                case _:
                    break
        return spot


_KEY = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s:]+')


def _shown(line: str) -> str:
    """The line as it may be printed: terminal controls and invisible marks replaced one for one, so that carets stay right."""
    if len(line) > _WIDEST_SHOWN:
        return ""
    return "".join(character if character.isprintable() else " " if character == "\t" else "\ufffd" for character in line)
