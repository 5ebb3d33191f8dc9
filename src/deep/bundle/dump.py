"""What ships, written into a folder for people and other tools to take from: a zip for each function, the site as files."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from deep.bundle.package import FunctionPackage
from deep.bundle.upload import CONFIG_KEY, SiteObject
from deep.errors import Problem, UsageError


def dump_functions(packages: Iterable[FunctionPackage], folder: Path) -> tuple[Path, ...]:
    """Copies each package to `<folder>/deep.todo-task-create.zip`; what else is in the folder stays."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for package in packages:
        path = folder / f"{package.action.replace(':', '-')}.zip"
        shutil.copyfile(package.path, path)
        made.append(path)
    return tuple(made)


def dump_site(objects: Iterable[SiteObject], folder: Path) -> None:
    """Writes every object of the site below `folder`, in place of a site that was there. Raises UsageError (`not-empty`) when something else is."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / CONFIG_KEY).is_file())):
        help_ = "name another folder with --output-path"
        raise UsageError(Problem("not-empty", f"{folder} holds something else than a site, and nothing of it shall be overwritten", help=help_))
    beside = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    for one in objects:
        path = beside / one.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.body)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
