"""One reading of a property: the disk it reads from, and what it found wrong so far. All problems of all files are told in one run."""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import Any

from deep.errors import DeepError, Place, Problem
from deep.frozen import dataclass
from deep.model.checks import check
from deep.model.document import Document
from deep.model.document import Path as Way
from deep.model.read import Disk
from deep.model.shape import Shape, Text, sample_text


@dataclass(frozen=True, slots=True)
class Reading:
    """Carried through the loaders, which add to `problems` and `warnings` instead of stopping at the first.

    `documents` are the files that were read, by the name they are told by; `unread` are those that could not be, whose contents are unknown.
    """

    disk: Disk
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    unread: set[Path] = field(default_factory=set)

    def tell(self, code: str, message: str, where: Place | Path, help_: str | None = None) -> None:
        """Notes an error at a place, or in a file as a whole."""
        self.problems.append(self._problem(code, message, where, help_))

    def warn(self, code: str, message: str, where: Place | Path, help_: str | None = None) -> None:
        """Notes what the app works in spite of."""
        self.warnings.append(self._problem(code, message, where, help_))

    def checked(self, path: Path, shape: Shape) -> tuple[Document, Any] | None:
        """(document, value with defaults) of a file, or None when it is of no use. Its problems are noted; what is wrong is as if left out."""
        try:
            document = self.disk.json(path, sample_text(shape))
        except DeepError as error:
            self.problems.extend(error.problems)
            self.unread.add(path)
            return None
        self.documents[document.text.name] = document
        value, problems = check(document, shape)
        self.problems.extend(document.problems)
        self.problems.extend(problems)
        if value is None:
            self.unread.add(path)
            return None
        return document, value

    def optional(self, path: Path, shape: Shape) -> tuple[Document, Any] | None:
        """As `checked`, but a file that does not exist is no problem, unless its name differs in case alone."""
        if path.exists() or path.is_symlink():
            return self.checked(path, shape)
        self.tell_of_case(path)
        return None

    def tell_of_case(self, path: Path) -> None:
        """Notes a file beside `path` whose name differs from it in upper and lower case only: elsewhere it would not be found."""
        for entry in self.disk.entries(path.parent):
            if entry.name.casefold() == path.name.casefold() and entry.name != path.name:
                self.tell("wrong-case", f"{entry.name} is not read: names are case sensitive", entry, f"rename it to {path.name}")

    def name_fits(self, path: Path, rule: Text, what: str) -> bool:
        """Whether a file may give its name to what it holds; told when not."""
        if re.fullmatch(rule.pattern or ".*", path.stem):
            return True
        self.tell("wrong-file-name", f'"{path.stem}" cannot be the name of a {what}', path, f"a name is {rule.rule}")
        return False

    def place(self, file: str, way: Way, *, key: bool = False) -> Place:
        """The place of a value (or of its key) in a file that was read."""
        document = self.documents[file]
        return document.key_place(way) if key else document.place(way)

    def absorb(self, other: Reading) -> None:
        """Takes over what another reading of the same property found."""
        self.problems.extend(other.problems)
        self.warnings.extend(other.warnings)
        self.documents.update(other.documents)
        self.unread.update(other.unread)

    def name(self, path: Path) -> str:
        """How messages call a file."""
        return self.disk.name(path)

    def _problem(self, code: str, message: str, where: Place | Path, help_: str | None) -> Problem:
        if isinstance(where, Place):
            return Problem(code, message, place=where, help=help_)
        return Problem(code, message, file=self.disk.name(where), help=help_)
