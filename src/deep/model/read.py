"""The only file of this room that opens files: folders are listed and files are read here, with every refusal of the disk told."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.frozen import dataclass
from deep.model.document import Document
from deep.model.encoding import MAX_SIZE_BYTES
from deep.model.nearest import nearest
from deep.model.reader import read_json

_NOT_OURS = ("node_modules", "__pycache__")
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


@dataclass(frozen=True, slots=True)
class Disk:
    """Reads below one property. Files are told by their path relative to `base`; links that lead out of their microapplication are refused."""

    base: Path

    def name(self, path: Path) -> str:
        """How messages call a file."""
        return path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else str(path)

    def json(self, path: Path, minimal: str = "{}") -> Document:
        """Raises ProjectError when the file is missing, is no file, or cannot be used as JSON; EnvironmentProblem when it may not be read."""
        return read_json(self.name(path), self.content(path), minimal)

    def content(self, path: Path) -> bytes:
        """At most `MAX_SIZE_BYTES` + 1 bytes of an ordinary file; raises as `json`. Anything else is not even opened: a pipe would make us wait."""
        try:
            return self._content(path)
        except FileNotFoundError:
            raise self._refused("missing-file", f"there is no {path.name}", path, self._near(path)) from None
        except PermissionError:
            problem = Problem("unreadable-file", self._permission(path), file=self.name(path), help=f"chmod u+r '{self.name(path)}'")
            raise EnvironmentProblem(problem) from None
        except OSError as error:
            raise EnvironmentProblem(Problem("unreadable-file", f"cannot be read: {error.strerror}", file=self.name(path))) from None

    def entries(self, folder: Path) -> list[Path]:
        """What is in a folder, by name; nothing when there is no such folder. Hidden entries and what tools leave are passed over."""
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [folder / name for name in names if not name.startswith(".") and name not in _NOT_OURS]

    def folders(self, folder: Path) -> list[Path]:
        """The folders in a folder, by name."""
        return [entry for entry in self.entries(folder) if entry.is_dir()]

    def files(self, folder: Path, suffix: str) -> list[Path]:
        """The files in a folder whose names end with `suffix`, by name."""
        return [entry for entry in self.entries(folder) if entry.suffix == suffix]

    def files_below(self, folder: Path, suffix: str) -> list[Path]:
        """The same in all folders below too; links to folders are not followed."""
        found = []
        for entry in self.entries(folder):
            if entry.is_dir() and not entry.is_symlink():
                found += self.files_below(entry, suffix)
            elif entry.suffix == suffix:
                found.append(entry)
        return found

    def _content(self, path: Path) -> bytes:
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(self._home(path)):
            raise self._refused("link-outside", "this link leads out of the microapplication", path, "put a copy of the file in its place")
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = next((name for test, name in _KINDS if test(mode)), "a device")
            raise self._refused("not-a-file", f"a file is expected here, found {kind}", path)
        with path.open("rb") as file:
            return file.read(MAX_SIZE_BYTES + 1)

    def _home(self, path: Path) -> Path:
        """The microapplication that a file belongs to: the folder right below the property."""
        if path.is_relative_to(self.base) and len(inside := path.relative_to(self.base).parts) > 1:
            return Path(os.path.realpath(self.base / inside[0]))
        return Path(os.path.realpath(path.parent))

    def _refused(self, code: str, message: str, path: Path, help_: str | None = None) -> ProjectError:
        return ProjectError(Problem(code, message, file=self.name(path), help=help_))

    def _near(self, path: Path) -> str | None:
        near = nearest(path.name, [entry.name for entry in self.entries(path.parent)])
        return f'did you mean "{near}"?' if near else None

    def _permission(self, path: Path) -> str:
        return f"cannot be read: permission denied{_ownership(path)}"


def _ownership(path: Path) -> str:
    """`; its owner is root, you are bob`, where the system knows owners."""
    try:
        import pwd
    except ImportError:
        return ""
    try:
        owner = pwd.getpwuid(path.stat().st_uid).pw_name
        return f"; its owner is {owner}, you are {pwd.getpwuid(os.geteuid()).pw_name}"
    except (KeyError, OSError):
        return ""
