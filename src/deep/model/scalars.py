"""Strings, numbers and words of JSON, one at a time, when they are not the ordinary ones that the reader takes by itself."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from deep.model.document import BROKEN, SourceText

MAX_NUMBER_CHARACTERS = 1000
"""Of one number. No reader of JSON keeps as many, and turning them into a number takes time that grows with their square."""

Tell = Callable[[str, str, int, int | None, str | None], None]
"""Notes a problem: code, message, first character, one past the last, help."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LITERAL = re.compile(r"'[^'\r\n]*'|[\w$+\-.]+|.", re.DOTALL)
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_FOREIGN_WORDS = {"true": "true", "false": "false", "null": "null", "none": "null", "nil": "null", "undefined": "null"}


class Senseless(Exception):
    """Leads out of a text that makes no sense any more; what is wrong with it is noted already."""


class Scalars:
    """Reads single values of one text; mistakes go to `tell`, and `BROKEN` stands for what could not be read."""

    def __init__(self, text: SourceText, tell: Tell) -> None:
        self.content = text.content
        self.tell = tell

    def value(self, start: int) -> tuple[Any, int]:
        """(value, one past it) of the scalar at `start`, which must not be the end of the text."""
        if self.content.startswith('"', start):
            return self.string(start)
        literal = _LITERAL.match(self.content, start)
        told = literal.group() if literal else ""
        end = start + len(told)
        if told in _WORDS:
            return _WORDS[told], end
        if number := _NUMBER.fullmatch(told):
            return self.number(number, start, end), end
        self.tell("json-syntax", f"{_short(told)} is not a value of JSON", start, end, _mend(told))
        return BROKEN, end

    def number(self, match: re.Match[str], start: int, end: int) -> Any:
        told = match.group()
        if len(told) > MAX_NUMBER_CHARACTERS:
            message = f"a number of {len(told):,} characters; {MAX_NUMBER_CHARACTERS:,} is the most that is read"
            self.tell("json-number", message, start, end, "write it as text")
            return BROKEN
        if match.group(1) is None and match.group(2) is None:
            return int(told)
        value = float(told)
        if math.isinf(value):
            self.tell("json-number", f"{_short(told)} is larger than any number a program holds", start, end, "write it as text, or use null")
            return BROKEN
        return value

    def string(self, start: int) -> tuple[Any, int]:
        """(text, one past the closing quote) of the string whose opening quote is at `start`. Raises Senseless when it is not closed."""
        pieces: list[str] = []
        at, problems = start + 1, 0
        while True:
            plain = _PLAIN.match(self.content, at)
            if plain:
                pieces.append(plain.group())
                at = plain.end()
            character = self.content[at : at + 1]
            if character == '"':
                return (BROKEN if problems else "".join(pieces)), at + 1
            if character in ("", "\n", "\r"):
                self.tell("json-syntax", "the text is not closed on its line", start, at, "add the closing quote; a line break is written \\n")
                raise Senseless
            piece, at = self.escape(at) if character == "\\" else self.control(at)
            problems += piece is None
            pieces.append(piece or "")

    def escape(self, at: int) -> tuple[str | None, int]:
        """(what the escape at `at` stands for, one past it); None after telling that it stands for nothing."""
        if unicode_ := _UNICODE.match(self.content, at):
            return self.code_unit(unicode_)
        character = self.content[at + 1 : at + 2]
        if character in _ESCAPES:
            return _ESCAPES[character], at + 2
        end = at + 2 if character not in ("", "\n", "\r") else at + 1
        self.tell("json-syntax", f"{self.content[at:end]!r} is no escape of JSON", at, end, "a backslash itself is written \\\\")
        return None, end

    def code_unit(self, first: re.Match[str]) -> tuple[str | None, int]:
        high = int(first.group(1), 16)
        if not 0xD800 <= high <= 0xDFFF:
            return chr(high), first.end()
        second = _UNICODE.match(self.content, first.end())
        low = int(second.group(1), 16) if second else 0
        if second and high <= 0xDBFF and 0xDC00 <= low <= 0xDFFF:
            return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00), second.end()
        self.tell(
            "json-syntax", f"{first.group()} is half of a surrogate pair, which is not text", first.start(), first.end(), "write the character itself"
        )
        return None, first.end()

    def control(self, at: int) -> tuple[str | None, int]:
        code = ord(self.content[at])
        self.tell(
            "json-syntax",
            f"control character \\u{code:04x} inside a text",
            at,
            at + 1,
            "write it as an escape" if code != 9 else "a tab is written \\t",
        )
        return None, at + 1


def _mend(told: str) -> str:
    bare = told.lower().lstrip("+-")
    if bare in ("nan", "infinity", "inf"):
        return "JSON has no such number: use null or text"
    if told.lower() in _FOREIGN_WORDS:
        return f"write {_FOREIGN_WORDS[told.lower()]}"
    if bare[:1].isdigit() or bare[:1] == ".":
        return "a number has no leading zeros or plus, digits on both sides of its point, and is decimal"
    return "text stands in double quotes"


def _short(told: str) -> str:
    return repr(told if len(told) <= 40 else f"{told[:40]}...")
