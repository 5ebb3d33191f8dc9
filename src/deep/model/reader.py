"""Our own JSON reader: it knows positions, and refuses what `json` lets pass (duplicate keys, NaN, endless nesting, lone surrogates).

The grammar is RFC 8259. It goes on after a mistake where what was meant is plain, so that a file's mistakes are told in one run. It does not recurse:
the containers that are open are a list, `MAX_DEPTH` long at most.
"""

from __future__ import annotations

import re
from typing import Any

from deep.errors import Problem, ProjectError
from deep.model.document import BROKEN, Document, JsonArray, JsonObject, SourceText
from deep.model.encoding import decode
from deep.model.scalars import Scalars, Senseless

MAX_DEPTH = 64
MAX_PROBLEMS = 50
"""Told of one file; a file with more is not the kind of file it should be."""

_SPACE = r"[ \t\r\n]*"
_SCALAR = r'(?:"([^"\\\x00-\x1f]*)"|(-?(?:0|[1-9][0-9]{0,15})(?![0-9.eE]))|(true|false|null))'
_MEMBER = re.compile(rf'{_SPACE}"([^"\\\x00-\x1f]*)"{_SPACE}:{_SPACE}(?:{_SCALAR}{_SPACE}([,}}])|([{{\[]))')
"""A whole member at once, if it is an ordinary one; `{`/`[` ends the match when the value is a container. Everything else takes the slow way."""
_ITEM = re.compile(rf"{_SPACE}(?:{_SCALAR}{_SPACE}([,\]])|([{{\[]))")
_SEPARATOR = re.compile(rf"{_SPACE}([,}}\]])")
_BLANK = re.compile(_SPACE)
_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?(?:\*/|\Z)|#[^\r\n]*", re.DOTALL)
_CONFLICT = re.compile(r"^<{7}(?= |$)", re.MULTILINE)
_BARE_KEY = re.compile(r"'[^'\r\n]*'|[^\W\d][\w$.-]*")
_WORDS = {"true": True, "false": False, "null": None}


def read_json(name: str, data: bytes, minimal: str = "{}") -> Document:
    """The document in `data`, its problems included; `name` is how messages call the file and `minimal` the least that it may hold.

    Raises ProjectError when nothing of the text can be used: wrong encoding, empty, cut off, merge conflict, too large, too deep.
    """
    text = decode(name, data)
    if not text.content.strip(" \t\r\n"):
        raise ProjectError.of("json-empty", "the file is empty", file=name, help=f"the least that it may hold is {minimal}")
    if conflict := _CONFLICT.search(text.content):
        problem = Problem(
            "json-merge-conflict",
            "a merge conflict was left in the file",
            place=text.place(*conflict.span()),
            help="keep one side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>",
        )
        raise ProjectError(problem)
    return _Reader(text).document()


class _Reader:
    """One pass over one text. `at` is the next character; `open` are the containers around it and where they begin."""

    def __init__(self, text: SourceText) -> None:
        self.text = text
        self.content = text.content
        self.at = 0
        self.open: list[tuple[JsonObject | JsonArray, int]] = []
        self.problems: list[Problem] = []
        self.scalars = Scalars(text, self.tell)

    def document(self) -> Document:
        try:
            value = self.root()
        except Senseless:
            raise ProjectError(*self.problems) from None
        return Document(self.text, value, tuple(self.problems))

    def root(self) -> Any:
        self.skip()
        if self.at == len(self.content):
            self.stop("json-empty", "the file holds nothing but comments", self.at)
        value = self.value()
        while self.open:
            node = self.open[-1][0]
            if isinstance(node, JsonObject):
                self.members(node)
            else:
                self.items(node)
        self.skip()
        if self.at < len(self.content):
            self.tell("json-syntax", "the document ended before this", self.at, help_="remove what follows it")
        return value

    def tell(self, code: str, message: str, start: int, end: int | None = None, help_: str | None = None) -> None:
        self.problems.append(Problem(code, message, place=self.text.place(start, end), help=help_))
        if len(self.problems) >= MAX_PROBLEMS:
            raise Senseless

    def stop(self, code: str, message: str, start: int, help_: str | None = None) -> None:
        self.tell(code, message, start, help_=help_)
        raise Senseless

    # The fast way: ordinary members and items, a match each.

    def members(self, node: JsonObject) -> None:
        """Members up to the object's end, to a container inside it, or to one that is out of the ordinary."""
        content, spots, at = self.content, node.spots, self.at
        while found := _MEMBER.match(content, at):
            key, string, number, word, end, opening = found.groups()
            if key in node:
                self.duplicate(node, key, found.start(1) - 1, found.end(1) + 1)
            if opening:
                spots[key] = (found.start(1) - 1, found.start(6), found.end(6))
                node[key] = self.enter(opening, found.start(6))
                return
            if string is not None:
                node[key] = string
                spots[key] = (found.start(1) - 1, found.start(2) - 1, found.end(2) + 1)
            elif number is not None:
                node[key] = int(number)
                spots[key] = (found.start(1) - 1, found.start(3), found.end(3))
            else:
                node[key] = _WORDS[word]
                spots[key] = (found.start(1) - 1, found.start(4), found.end(4))
            at = found.end()
            if end == "}":
                self.leave(at)
                return
        self.at = at
        self.odd_member(node)

    def items(self, node: JsonArray) -> None:
        """As `members`, for an array."""
        content, spots, at = self.content, node.spots, self.at
        while found := _ITEM.match(content, at):
            string, number, word, end, opening = found.groups()
            if opening:
                spots.append(found.span(5))
                node.append(self.enter(opening, found.start(5)))
                return
            if string is not None:
                node.append(string)
                spots.append((found.start(1) - 1, found.end(1) + 1))
            elif number is not None:
                node.append(int(number))
                spots.append(found.span(2))
            else:
                node.append(_WORDS[word])
                spots.append(found.span(3))
            at = found.end()
            if end == "]":
                self.leave(at)
                return
        self.at = at
        self.odd_item(node)

    # The slow way: empty containers, escapes, fractions, and mistakes.

    def odd_member(self, node: JsonObject) -> None:
        if self.closed_or_stray("}"):
            return
        start = self.at
        key = self.key()
        key_end = self.at
        self.skip()
        if not self.content.startswith(":", self.at):
            self.refuse_end()
            self.stop("json-syntax", f"':' is expected after a key, found {self.content[self.at]!r}", self.at)
        self.at += 1
        self.skip()
        if key in node:
            self.duplicate(node, key, start, key_end)
        value_start, depth = self.at, len(self.open)
        node[key] = self.value()
        node.spots[key] = (start, value_start, self.at)
        if len(self.open) == depth:
            self.separator()

    def odd_item(self, node: JsonArray) -> None:
        if self.closed_or_stray("]"):
            return
        start, depth = self.at, len(self.open)
        node.append(self.value())
        node.spots.append((start, self.at))
        if len(self.open) == depth:
            self.separator()

    def closed_or_stray(self, closing: str) -> bool:
        """Whether the container ended here, or a comma too many was passed over; `at` is then behind it."""
        comma = self.at - 1
        after_comma = self.content[comma] == ","
        self.skip()
        if self.content.startswith(closing, self.at):
            if after_comma:
                self.tell("json-syntax", f"a comma before '{closing}'", comma, help_="remove this comma")
            self.leave(self.at + 1)
            return True
        if self.content.startswith(",", self.at):
            self.tell("json-syntax", "a comma with nothing before it", self.at, help_="remove this comma")
            self.at += 1
            return True
        self.refuse_end()
        return False

    def key(self) -> str:
        if self.content.startswith('"', self.at):
            start = self.at
            key, self.at = self.scalars.string(start)
            return key if isinstance(key, str) else f"x-unreadable-{start}"
        bare = _BARE_KEY.match(self.content, self.at)
        if bare is None:
            self.stop("json-syntax", f"a key in double quotes is expected here, found {self.content[self.at]!r}", self.at)
            return ""
        key = bare.group().strip("'")
        self.tell("json-syntax", "keys stand in double quotes", *bare.span(), help_=f'write "{key}"')
        self.at = bare.end()
        return key

    def value(self) -> Any:
        """The value that begins at `at`. A container is entered: its members follow."""
        self.refuse_end()
        character = self.content[self.at]
        if character in "{[":
            return self.enter(character, self.at)
        if character in ",:}]":
            self.tell("json-syntax", f"a value is expected here, found {character!r}", self.at)
            if character == ":":
                raise Senseless
            return BROKEN
        value, self.at = self.scalars.value(self.at)
        return value

    def enter(self, opening: str, start: int) -> JsonObject | JsonArray:
        if len(self.open) == MAX_DEPTH:
            self.stop("json-too-deep", f"values are nested deeper than {MAX_DEPTH} levels, the most that is read", start)
        node = JsonObject() if opening == "{" else JsonArray()
        self.open.append((node, start))
        self.at = start + 1
        return node

    def leave(self, at: int) -> None:
        """The innermost container ended before `at`; what separates it from the next value is taken with it."""
        self.open.pop()
        self.at = at
        self.separator()

    def separator(self) -> None:
        """Takes what follows a value inside a container: a comma, or as many ends as there are."""
        while self.open:
            node, start = self.open[-1]
            closing = "}" if isinstance(node, JsonObject) else "]"
            found = _SEPARATOR.match(self.content, self.at)
            if found is None:
                self.skip()
                self.refuse_end()
                if not (found := _SEPARATOR.match(self.content, self.at)):
                    self.tell("json-syntax", f"',' or '{closing}' is expected here, found {self.content[self.at]!r}", self.at)
                    self.stop_unless_value_begins()
                    return
            if found.group(1) == ",":
                self.at = found.end()
                return
            if found.group(1) != closing:
                opened = self.text.place(start)
                self.stop("json-syntax", f"'{closing}' is expected here, found {found.group(1)!r}; the block opened at {opened}", found.start(1))
            self.open.pop()
            self.at = found.end()

    def stop_unless_value_begins(self) -> None:
        """A forgotten comma leaves the next value to go on with; anything else leaves nothing."""
        if self.content[self.at] not in '"{[':
            raise Senseless

    def duplicate(self, node: JsonObject, key: str, start: int, end: int) -> None:
        first = self.text.place(node.spots[key][0])
        self.tell("json-duplicate-key", f'the key "{key}" stands here twice', start, end, f"the first is at {first}; keep one")

    def skip(self) -> None:
        """Passes over white space, and over comments after telling that JSON has none."""
        while True:
            blank = _BLANK.match(self.content, self.at)
            self.at = blank.end() if blank else self.at
            comment = _COMMENT.match(self.content, self.at)
            if comment is None:
                return
            self.tell("json-comment", "JSON has no comments", *comment.span(), help_='remove it, or keep it as the text of a "//" key')
            self.at = comment.end()

    def refuse_end(self) -> None:
        if self.at < len(self.content):
            return
        if not self.open:
            self.stop("json-syntax", "the file ends where a value is expected", self.at)
        node, start = self.open[-1]
        closing = "}" if isinstance(node, JsonObject) else "]"
        last = len(self.content.rstrip()) - 1
        self.stop("json-syntax", f"the file ends where '{closing}' is expected; the block opened at {self.text.place(start)}", last)
