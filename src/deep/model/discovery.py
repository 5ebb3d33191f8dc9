"""Where the microapplications are: which folders belong to the property that a path means, and which of them are asked for."""

from __future__ import annotations

from pathlib import Path

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.model.read import Disk

FILE = "deepkg.json"
_BUILT_IN_ROOTS = (Path(__file__).parent / "DeepRoot", Path(__file__).parents[3] / "apps" / "root" / "DeepRoot")
"""In a wheel, and in a clone of the repository."""


@dataclass(frozen=True, slots=True)
class Found:
    """The property's folder, its microapplications' folders by name, and the one that was asked for if it was one of them."""

    property: Path
    folders: tuple[Path, ...]
    asked: Path | None


def find_microapps(path: Path) -> Found:
    """What `path` means: a property, the `src` of one, or a microapplication inside one. Raises UsageError when it is none of them."""
    if not path.is_dir():
        raise _refused(f"there is no folder {path}" if not path.exists() else f"{path} is not a folder")
    if _has_file(path):
        siblings = _microapps_in(path.parent)
        return Found(path.parent, siblings, path)
    for candidate in (path, path / "src"):
        if folders := _microapps_in(candidate):
            return Found(candidate, folders, None)
    raise _refused(f"no {FILE} in {path} or in a folder of it", _parent_help(path))


def built_in_root() -> Path | None:
    """The root microapplication that is part of DEEP, used by properties that have none of their own."""
    return next((folder for folder in _BUILT_IN_ROOTS if (folder / FILE).is_file()), None)


def _microapps_in(folder: Path) -> tuple[Path, ...]:
    return tuple(entry for entry in Disk(folder).folders(folder) if _has_file(entry))


def _has_file(folder: Path) -> bool:
    """Also when its name has the wrong case: it is then read, and told of, as a microapplication."""
    return any(entry.name.casefold() == FILE for entry in Disk(folder).entries(folder))


def _parent_help(path: Path) -> str:
    for parent in path.resolve().parents:
        if (parent / FILE).exists():
            return f"did you mean {parent}?"
    return f"name the folder of a property or of a microapplication, or make one: deepify helloworld {path}"


def _refused(message: str, help_: str | None = None) -> UsageError:
    return UsageError(Problem("not-a-property", message, help=help_))
