"""`deepify install` and `helloworld`: microapplications are brought into a property."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deep.errors import EnvironmentProblem, Problem, UsageError

if TYPE_CHECKING:
    from deep.packages.install import Installed, Installer
    from deep.wiring import Progress


_HELLO_WORLDS = (Path(__file__).parents[1] / "packages" / "hello-world", Path(__file__).parents[3] / "apps" / "hello-world")
"""In a wheel, and in a clone of the repository."""


def install(source: str | None, target: Path | None, progress: Progress, *, replace: bool = False) -> Installed:
    """Installs `source` (as typed; None for whatever is lacking) into the property at `target`, which is made if it does not exist.

    Without a target it is the working folder; unless that is no property and `source` is one in a folder, which is then completed where it stands.
    """
    from deep.packages.install import Order
    from deep.packages.sources import FolderSource, parse_source

    parsed = parse_source(source, Path.cwd()) if source is not None else None
    if target is None and isinstance(parsed, FolderSource) and _holder(parsed.path) and not _holder(Path.cwd()):
        target, parsed = parsed.path, None
    return _installer(progress).install(Order(_property_at(target or Path.cwd()), parsed, replace))


def hello_world(target: Path, progress: Progress) -> Installed:
    """Makes a copy of the sample property, with a root of its own, in `target`. Raises UsageError if anything is there already."""
    from deep.packages.install import Order
    from deep.packages.sources import FolderSource

    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        help_ = "name a new folder: deepify helloworld my-app"
        raise UsageError(Problem("not-empty", f"{target} is not empty, and nothing of it shall be overwritten", help=help_))
    sample = next((folder for folder in _HELLO_WORLDS if folder.is_dir()), None)
    if sample is None:
        raise EnvironmentProblem(
            Problem("incomplete-installation", "the sample web app is missing from this installation", help="install DEEP again")
        )
    return _installer(progress).install(Order(target, FolderSource(sample)))


def _installer(progress: Progress) -> Installer:
    from deep.model.discovery import built_in_root
    from deep.packages.install import Installer

    root = built_in_root()
    if root is None:
        raise EnvironmentProblem(
            Problem("incomplete-installation", "the root microapplication is missing from this installation", help="install DEEP again")
        )
    return Installer(root, progress)


def _property_at(target: Path) -> Path:
    """Where an installation into `target` goes: the property that is there already (perhaps in its `src/`), else `target` itself."""
    return _holder(target) or target


def _holder(folder: Path) -> Path | None:
    """What directly holds microapplications: the folder or its `src/`. None when neither does, or the folder is a microapplication itself."""
    from deep.packages.manifest import FILE_NAME

    if (folder / FILE_NAME).exists():
        return None
    return next((place for place in (folder, folder / "src") if any(place.glob(f"*/{FILE_NAME}"))), None)
