"""Documentation as a transcript: the files a page tells to write and the commands it tells to type, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A fenced block with a title: the whole content of that file."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class Command:
    """A line after `$ ` in a console block, with the output shown below it. `...` in the output stands for anything."""

    line: str
    output: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """`^C` in a console block: Ctrl-C in the terminal where the server runs."""


Step = WrittenFile | Command | Interrupt


def steps(page: Path) -> Iterator[Step]:
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        if block["title"]:
            yield WrittenFile(block["title"], block["body"])
        elif block["language"] == "console":
            yield from _typed(block["body"])


def _typed(body: str) -> Iterator[Command | Interrupt]:
    for part in re.split(r"^(?=\$ |\^C$)", body, flags=re.MULTILINE):
        first, _, rest = part.partition("\n")
        if first == "^C":
            yield Interrupt()
        elif first:
            yield Command(first.removeprefix("$ "), rest.strip())


def is_as_shown(shown: str, found: str) -> bool:
    """Whether an output is the one documented: equal as JSON where it is JSON, as text otherwise, `...` standing for anything."""
    try:
        return _is_alike(json.loads(shown), json.loads(found))
    except ValueError:
        pattern = ".*".join(re.escape(part) for part in shown.split("..."))
        return re.fullmatch(pattern.strip(), found.strip(), flags=re.DOTALL) is not None


def _is_alike(shown: Any, found: Any) -> bool:
    match shown, found:
        case "...", _:
            return True
        case dict(), dict():
            return shown.keys() == found.keys() and all(_is_alike(shown[key], found[key]) for key in shown)
        case list(), list():
            return len(shown) == len(found) and all(map(_is_alike, shown, found))
    return type(shown) is type(found) and bool(shown == found)
