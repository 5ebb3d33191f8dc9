"""Ignore files such as `.deepignore`: patterns of paths, one a line, in the grammar of gitignore."""

from __future__ import annotations

import re
from pathlib import Path

from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an ignore file. `keeps` is a line that begins with `!` and takes back what earlier ones ignored."""

    pattern: re.Pattern[str]
    keeps: bool
    folders_only: bool


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The rules of one ignore file; the last that matches decides."""

    rules: tuple[Rule, ...] = ()

    def ignores(self, path: str) -> bool:
        """Whether a file is ignored, by its own rules or because a folder above it is. `path` is relative, with forward slashes."""
        parts = path.split("/")
        folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        return any(self._says(folder, is_folder=True) for folder in folders) or self._says(path, is_folder=False)

    def _says(self, path: str, *, is_folder: bool) -> bool:
        for rule in reversed(self.rules):
            if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(path):
                return not rule.keeps
        return False


NOTHING = IgnoreRules()
"""Ignores nothing."""


def read_ignore_file(path: Path) -> IgnoreRules:
    """The rules of an ignore file; none when there is no such file."""
    return parse_ignore(path.read_text(encoding="utf-8")) if path.is_file() else NOTHING


def parse_ignore(text: str) -> IgnoreRules:
    """Reads patterns: `*` and `?` stay within a folder, `**` does not, `[a-z]` is one of a class, `\\` takes the next character as it is, a leading
    or inner `/` ties a pattern to the top, a trailing one means folders only, `!` takes back, `#` begins a comment."""
    return IgnoreRules(tuple(_rule(line) for line in (raw.strip() for raw in text.splitlines()) if line and not line.startswith("#")))


def _rule(line: str) -> Rule:
    keeps = line.startswith("!")
    body = line[1:] if keeps else line
    folders_only = body.endswith("/")
    body = body.rstrip("/")
    anchored = "/" in body
    expression = _expression(body.removeprefix("/"))
    return Rule(re.compile(expression if anchored else f"(?:.*/)?{expression}", re.DOTALL), keeps, folders_only)


_TOKENS = r"(?P<any_folders>\*\*/)|(?P<anything>\*\*)|(?P<star>\*)|(?P<one>\?)|\\(?P<escaped>.)|\[(?P<negated>[!^]?)(?P<set>[^\]]+)\]|(?P<plain>.)"


def _expression(body: str) -> str:
    return "".join(_translated(token) for token in re.finditer(_TOKENS, body))


def _translated(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "any_folders":
            return "(?:.*/)?"
        case "anything":
            return ".*"
        case "star":
            return "[^/]*"
        case "one":
            return "[^/]"
        case "set":
            members = token["set"].replace("\\", r"\\").replace("[", r"\[")
            return f"(?!/)[{'^' if token['negated'] else ''}{members}]"
        case _:
            return re.escape(token["escaped"] or token["plain"])
