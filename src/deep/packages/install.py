"""Installing: a source becomes microapplications in a property, with the dependencies and the root they need.

Everything is fetched and checked on a stage, what will happen is decided as frozen data, and only then does it happen, all at once.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from deep.errors import Problem, ProjectError, RefusedError, UsageError
from deep.frozen import dataclass
from deep.packages.fetch import Progress, fetch
from deep.packages.manifest import FILE_NAME, Manifest, find_microapps
from deep.packages.place import Move, Stage, copy_package, differences, staging
from deep.packages.sources import ArchiveSource, FolderSource, GitSource, Source, microapp_folder, parse_source
from deep.packages.unpack import unpack

ROOT_FOLDER = "DeepRoot"
_CONFIG = "deeploy.json"
_NEVER_TAKEN = ("aws", "hooks", "apiKeys", "cors")  # a stranger's configuration brings no credentials, no consent to its hooks, and opens no door
_ROOT_NAME = re.compile(r"(^|[.-])root([.-]|$)")

Fetch = Callable[[GitSource, Path, Progress], object]


@dataclass(frozen=True, slots=True)
class Order:
    """What to install where. Without `source`: whatever the property at `property_path` lacks. `replace` allows overwriting files that differ."""

    property_path: Path
    source: Source | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """One microapplication of an installation and what becomes of it: `new`, `replaced`, or `kept` as it is already there."""

    identifier: str
    version: str
    folder: Path
    state: Literal["new", "replaced", "kept"]


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did, microapplication by microapplication."""

    property_path: Path
    placements: tuple[Placement, ...]

    def as_json(self) -> dict[str, Any]:
        placed = [
            {"identifier": item.identifier, "version": item.version, "folder": str(item.folder), "state": item.state} for item in self.placements
        ]
        return {"property": str(self.property_path), "microapps": placed}


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A checked microapplication on the stage and the folder name it asks for."""

    manifest: Manifest
    folder_name: str
    is_dependency: bool


class Installer:
    """Installs from the three kinds of source; `distribution_root` is the root microapplication that comes with DEEP."""

    def __init__(self, distribution_root: Path, progress: Progress, fetch_git: Fetch = fetch) -> None:
        self._distribution_root = distribution_root
        self._progress = progress
        self._fetch = fetch_git

    def install(self, order: Order) -> Installed:
        """Carries out `order`; raises a DeepError and leaves the property as it was when anything is wrong."""
        if isinstance(order.source, FolderSource) and order.source.path == order.property_path:
            order = Order(order.property_path, None, order.replace)
        present = find_microapps(order.property_path) if order.property_path.is_dir() else ()
        if (order.property_path / FILE_NAME).exists():
            help_ = "give the folder that holds it as the second argument"
            raise UsageError(Problem("not-a-property", f"{order.property_path} is a microapplication itself, not a property", help=help_))
        if order.source is None and not present:
            help_ = "give something to install, such as github://User/Repo, or run `deepify helloworld`"
            raise UsageError(Problem("nothing-here", f"there is no microapplication in {order.property_path}", help=help_))
        with staging(order.property_path) as stage:
            arrivals = self._gather(order, stage, present)
            placements = decide(order, present, arrivals)
            stage.commit([*_moves(arrivals, placements), *_config_move(order, stage)])
            return Installed(order.property_path, placements)

    def _gather(self, order: Order, stage: Stage, present: Sequence[Manifest]) -> list[_Arrival]:
        """Brings the source, then the dependencies nobody has yet, then a root if there is none, onto the stage."""
        arrivals = self._bring(order.source, stage.folder / "source", is_dependency=False) if order.source else []
        waiting = [wanted for manifest in (*present, *(arrival.manifest for arrival in arrivals)) for wanted in manifest.dependencies.items()]
        known = {manifest.identifier for manifest in present} | {arrival.manifest.identifier for arrival in arrivals}
        unmet: list[Problem] = []
        number = 0
        while waiting:
            identifier, version = waiting.pop(0)
            if identifier in known or _names_a_root(identifier):
                continue
            known.add(identifier)
            if "://" not in version:
                unmet.append(_unmet(identifier, version))
                continue
            number += 1
            brought = self._bring(parse_source(version, order.property_path), stage.folder / f"dependency-{number}", is_dependency=True)
            brought = [arrival for arrival in brought if arrival.manifest.identifier not in known or arrival.manifest.identifier == identifier]
            arrivals += brought
            known |= {arrival.manifest.identifier for arrival in brought}
            waiting += [wanted for arrival in brought for wanted in arrival.manifest.dependencies.items()]
        if unmet:
            raise ProjectError(*unmet)
        return [*arrivals, *self._missing_root([*present, *(arrival.manifest for arrival in arrivals)], stage)]

    def _bring(self, source: Source, tree: Path, *, is_dependency: bool) -> list[_Arrival]:
        if isinstance(source, FolderSource):
            return [self._copied(manifest, source.path, tree) for manifest in _some(find_microapps(source.path), source)]
        if isinstance(source, ArchiveSource):
            unpack(source.path, tree)
            name = source.path.name.split(".")[0]
        else:
            self._fetch(source, tree, self._progress)
            name = microapp_folder(source.repository)
        content = _without_wrapper(tree)
        manifests = _some(find_microapps(content), source)
        return [_Arrival(found, name if found.folder == content else found.folder.name, is_dependency) for found in manifests]

    def _copied(self, manifest: Manifest, source: Path, tree: Path) -> _Arrival:
        self._progress(f"copying {manifest.identifier}")
        copy_package(manifest.folder, tree / manifest.folder.name)
        for config in (source / _CONFIG, source / "src" / _CONFIG):
            if config.is_file() and not (tree / _CONFIG).exists():
                shutil.copyfile(config, tree / _CONFIG)
        (copy,) = find_microapps(tree / manifest.folder.name)
        return _Arrival(copy, manifest.folder.name, is_dependency=False)

    def _missing_root(self, manifests: Iterable[Manifest], stage: Stage) -> list[_Arrival]:
        if any(manifest.is_root for manifest in manifests):
            return []
        copy_package(self._distribution_root, stage.folder / ROOT_FOLDER)
        (root,) = find_microapps(stage.folder / ROOT_FOLDER)
        return [_Arrival(root, ROOT_FOLDER, is_dependency=True)]


def decide(order: Order, present: Sequence[Manifest], arrivals: Sequence[_Arrival]) -> tuple[Placement, ...]:
    """What becomes of each arrival. Raises RefusedError, naming the files, where one would overwrite what differs and `replace` was not given."""
    there = {manifest.identifier: manifest for manifest in present}
    problems: list[Problem] = []
    placements: list[Placement] = []
    for arrival in arrivals:
        manifest, before = arrival.manifest, there.get(arrival.manifest.identifier)
        target = before.folder if before else order.property_path / arrival.folder_name
        is_kept = before is not None and (arrival.is_dependency or not differences(manifest.folder, before.folder))
        if not is_kept and target.exists() and not order.replace:
            problems.append(_would_overwrite(manifest, target, order.property_path))
        elif before is None and target.exists() and (target / FILE_NAME).exists():
            problems.append(_occupied(manifest, target))
        state: Literal["new", "replaced", "kept"] = "kept" if is_kept else "replaced" if target.exists() else "new"
        placements.append(Placement(manifest.identifier, manifest.version, target, state))
    if problems:
        raise RefusedError(*problems)
    return tuple(placements)


def _moves(arrivals: Sequence[_Arrival], placements: Sequence[Placement]) -> list[Move]:
    pairs = zip(arrivals, placements, strict=True)
    return [Move(arrival.manifest.folder, placement.folder) for arrival, placement in pairs if placement.state != "kept"]


def _config_move(order: Order, stage: Stage) -> list[Move]:
    """The source's `deeploy.json`, without what must not be taken from it, for a property that has none."""
    if order.source is None or (order.property_path / _CONFIG).exists():
        return []
    tree = _without_wrapper(stage.folder / "source")
    for path in (tree / _CONFIG, tree / "src" / _CONFIG):
        if path.is_file():
            taken = _harmless(path.read_bytes())
            (stage.folder / _CONFIG).write_text(json.dumps(taken, indent=2) + "\n", encoding="utf-8")
            return [Move(stage.folder / _CONFIG, order.property_path / _CONFIG)]
    return []


def _harmless(content: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProjectError(Problem("bad-package", f"{_CONFIG} cannot be read as JSON: {error}", file=_CONFIG)) from error
    if not isinstance(document, dict):
        raise ProjectError(Problem("bad-package", f"{_CONFIG} holds no object", file=_CONFIG))
    return {name: value for name, value in document.items() if name not in _NEVER_TAKEN}


def _without_wrapper(tree: Path) -> Path:
    """Archives often hold one folder that holds everything; that folder is meant then."""
    entries = list(tree.iterdir()) if tree.is_dir() else []
    is_wrapped = len(entries) == 1 and entries[0].is_dir() and entries[0].name != "src" and not (entries[0] / FILE_NAME).exists()
    return entries[0] if is_wrapped else tree


def _some(manifests: tuple[Manifest, ...], source: Source) -> tuple[Manifest, ...]:
    if not manifests:
        help_ = f"a microapplication is a folder with a {FILE_NAME}; a property holds some, in itself or in src/"
        raise ProjectError(Problem("no-microapp", f"{source} holds no microapplication", help=help_))
    return manifests


def _names_a_root(identifier: str) -> bool:
    """Root engines of any name (`deep.root`, `deep-root-angular`): the property's root, or DEEP's own, stands in for them."""
    return bool(_ROOT_NAME.search(identifier))


def _unmet(identifier: str, version: str) -> Problem:
    help_ = f'install it first, or name where it comes from in {FILE_NAME}: "{identifier}": "github://User/Repo#{version.strip("^~>=< ") or "1.0.0"}"'
    return Problem("missing-dependency", f"{identifier} {version} is needed and not in the property", help=help_)


def _would_overwrite(manifest: Manifest, target: Path, property_path: Path) -> Problem:
    names = differences(manifest.folder, target)
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    where = target.relative_to(property_path).as_posix()
    message = f"{where} is there already and differs from {manifest.identifier} {manifest.version} in {shown}"
    return Problem("would-overwrite", message, help="`--replace` puts the package's files in its place; yours are lost then")


def _occupied(manifest: Manifest, target: Path) -> Problem:
    help_ = "move that microapplication away first"
    return Problem("folder-occupied", f"{manifest.identifier} would be placed in {target.name}, where another microapplication lives", help=help_)
