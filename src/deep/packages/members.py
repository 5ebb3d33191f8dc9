"""Which names a package's members may bear: relative, portable to every file system, and no two the same on any of them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from deep.errors import Problem, ProjectError

_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_MOST_SEGMENT_BYTES = 255
_MOST_PATH_BYTES = 1024


def refused(code: str, member: str, found: str, expected: str) -> ProjectError:
    """The error for a member that breaks a rule; its name is escaped, for it comes from strangers."""
    shown = member if member.isprintable() else ascii(member)
    help_ = "nothing of the package was kept; tell whoever made it"
    return ProjectError(Problem(code, f"{shown[:200]} {found}", expected=expected, help=help_))


class Members:
    """The members of one package so far; hands out a safe relative path for each name or raises ProjectError."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: dict[str, tuple[str, bool]] = {}  # how file systems may fold a path -> (its spelling, whether it is a folder)
        self._files: set[str] = set()

    def file(self, name: str) -> Path:
        """The path of a regular file called `name`."""
        return self._add(name, is_folder=False)

    def folder(self, name: str) -> Path:
        """The path of a folder called `name`; naming one twice is harmless."""
        return self._add(name.rstrip("/") if name.strip("/") else name, is_folder=True)

    def _add(self, name: str, *, is_folder: bool) -> Path:
        segments = _checked(name)
        for depth in range(1, len(segments)):
            self._claim(name, "/".join(segments[:depth]), is_folder=True)
        if segments:
            self._claim(name, "/".join(segments), is_folder=is_folder)
        if len(self._seen) > self._most:
            raise refused("archive-too-large", "the package", f"has more than {self._most} files and folders", f"at most {self._most}")
        return Path(*segments)

    def _claim(self, name: str, path: str, *, is_folder: bool) -> None:
        key = unicodedata.normalize("NFC", path).casefold()
        before = self._seen.setdefault(key, (path, is_folder))
        is_repeated_file = not is_folder and key in self._files
        if before != (path, is_folder) or is_repeated_file:
            raise refused("archive-clash", name, f"would land on {before[0]!r}", "names that differ on every file system")
        if not is_folder:
            self._files.add(key)


def _checked(name: str) -> list[str]:
    plain = name.removeprefix("./")
    if name in (".", "./"):
        return []
    if not plain or plain.startswith("/") or len(plain.encode("utf-8", "surrogateescape")) > _MOST_PATH_BYTES:
        raise refused("archive-unsafe-name", name, "is not a relative path", f"a path below the package, up to {_MOST_PATH_BYTES} bytes")
    segments = plain.split("/")
    for segment in segments:
        if why := _fault_of(segment):
            raise refused("archive-unsafe-name", name, why, "a path below the package that every file system can bear")
    return segments


def _fault_of(segment: str) -> str | None:
    if segment in ("", ".", ".."):
        return f"holds the part {segment!r}, which would leave its place"
    if len(segment.encode("utf-8", "surrogateescape")) > _MOST_SEGMENT_BYTES:
        return f"has a part longer than {_MOST_SEGMENT_BYTES} bytes"
    if any(character in '\\:<>"|?*' or not character.isprintable() for character in segment):
        return "holds a character that file names must not hold"
    if segment[-1] in ". " or _RESERVED.fullmatch(segment):
        return f"holds the part {segment!r}, which some systems take for something else"
    if unicodedata.normalize("NFC", segment).casefold() in (".git", "git~1"):
        return "reaches into a git repository's own folder"
    return None
