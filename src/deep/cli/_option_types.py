"""What people may give options and arguments, and what becomes of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


class Folder(click.ParamType[Path]):
    """A folder as people type it: `~`, relative and absolute all do."""

    name = "path"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return Path(value).expanduser().absolute()


class Event(click.ParamType[bytes]):
    """An event as people give it: JSON itself, the name of a file that holds it, or `-` for standard input."""

    name = "event"

    def convert(self, value: str | bytes, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        if isinstance(value, bytes):
            return value
        try:
            given = sys.stdin.buffer.read() if value == "-" else Path(value).expanduser().read_bytes() if _names_a_file(value) else value.encode()
            json.loads(given)
        except (ValueError, RecursionError) as error:
            self.fail(f"the event is not JSON: {error}", param, ctx)
        return given


class LoadFile(click.ParamType[tuple[str, bytes | None]]):
    """A load by its name, or a file with what it holds."""

    name = "load"

    def convert(self, value: str | tuple[str, bytes | None], param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, bytes | None]:
        if isinstance(value, tuple):
            return value
        return value, Path(value).expanduser().read_bytes() if _names_a_file(value) else None


class Names(click.ParamType[tuple[str, ...]]):
    """Names with commas between them."""

    name = "names"

    def convert(self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        return value if isinstance(value, tuple) else tuple(name.strip() for name in value.split(",") if name.strip())


class NamedFile(click.ParamType[tuple[str, bytes]]):
    """A file as its name and what it holds."""

    name = "file"

    def convert(self, value: str | tuple[str, bytes], param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, bytes]:
        if isinstance(value, tuple):
            return value
        if not _names_a_file(value):
            self.fail(f"there is no file {value}", param, ctx)
        return value, Path(value).expanduser().read_bytes()


class Ratio(click.ParamType[float]):
    """`OLD:NEW`, as the part that is the new one's."""

    name = "ratio"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        old, _, new = value.partition(":")
        if not (old.isdecimal() and new.isdecimal() and int(new) > 0):
            self.fail(f"{value!r} is no ratio such as 9:1, of which the second number is not 0", param, ctx)
        return int(new) / (int(old) + int(new))


def _names_a_file(value: str) -> bool:
    try:
        return Path(value).expanduser().is_file()
    except (OSError, ValueError):  # too long, or not a name at all: JSON, then
        return False
