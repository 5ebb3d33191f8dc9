"""Parts of packages: files that belong together, named by a digest of their content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import file_digest, sha256
from pathlib import Path

from deep.bundle.bytecode import byte_code_name
from deep.frozen import dataclass

FORMAT = "1"
"""Told in every digest. To be raised when the same files shall make other packages than before."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be: its name in the package, and its content or where that lies. `runs`: whether it may be executed."""

    name: str
    content: bytes | Path
    runs: bool = False

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()

    def digest(self) -> str:
        """SHA-256 of the content, which is never in memory as a whole when it lies in a file."""
        if isinstance(self.content, bytes):
            return sha256(self.content).hexdigest()
        with self.content.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """Files of a package. `digest` names them by content; `compiled` says that byte code lies beside their Python in the package."""

    digest: str
    sources: Callable[[], Iterable[Source]]
    compiled: bool


def part_of(sources: tuple[Source, ...], *, compiled: bool) -> Part:
    """A part, its content read for the digest."""
    return Part(digest_of(((source, source.digest()) for source in sources), compiled=compiled), lambda: sources, compiled)


def digest_of(contents: Iterable[tuple[Source, str]], *, compiled: bool) -> str:
    """The digest of files, each with that of its content: of their names, of what may be run, and of whether they are compiled."""
    lines = sorted(f"{source.name}\0{'x' if source.runs else '-'}\0{content}\n" for source, content in contents)
    return sha256("".join([f"{FORMAT} {byte_code_name('.py') if compiled else ''}\n", *lines]).encode()).hexdigest()
