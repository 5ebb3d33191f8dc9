"""What an edited file means: which functions to refresh, whether the app must be read again, whether pages must reload."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deep.frozen import dataclass
from deep.local.watching.frontends import BUILD
from deep.model import App, Microapp

METADATA = frozenset(("deepkg.json", "deeploy.json", "resources.json", "parameters.json", ".parameters.json", "requirements.txt"))
IGNORED = frozenset((".deep", ".git", ".hg", ".svn", ".venv", ".idea", ".vscode", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache"))
_IGNORED_ENDINGS = (".pyc", ".pyo", "~", ".swp", ".swx", ".tmp", ".new")
_IGNORED_NAMES = frozenset(("4913", ".DS_Store"))


@dataclass(frozen=True, slots=True)
class Effects:
    """What a batch of edits asks for: to read the app again, to refresh these functions (identifiers), to serve changed files, to look at migrations.

    `frontends` are the microapplications whose frontend's sources were edited; where one is built, the build comes before the files.
    """

    app: bool = False
    functions: frozenset[str] = frozenset()
    frontends: frozenset[str] = frozenset()
    pages: bool = False
    migrations: bool = False

    def __or__(self, other: Effects) -> Effects:
        return Effects(
            self.app or other.app,
            self.functions | other.functions,
            self.frontends | other.frontends,
            self.pages or other.pages,
            self.migrations or other.migrations,
        )


NOTHING = Effects()


def is_noise(path: Path) -> bool:
    """Files that tools and editors keep for themselves."""
    name = path.name
    return name in _IGNORED_NAMES or name.endswith(_IGNORED_ENDINGS) or name.startswith(".#") or not IGNORED.isdisjoint(path.parts)


def effects_of(app: App, paths: Iterable[Path]) -> Effects:
    """What these changed paths mean for the app."""
    effects = NOTHING
    for path in paths:
        effects |= _effects_of(app, path)
    return effects


def _effects_of(app: App, path: Path) -> Effects:
    microapp = _owner(app, path)
    if microapp is None:
        return Effects(app=True) if path.parent == app.path and (path.name in METADATA or path.is_dir()) else NOTHING
    folders = microapp.folders
    if folders.frontend is not None and path.is_relative_to(folders.frontend):
        is_built = BUILD in path.relative_to(folders.frontend).parts
        return Effects(pages=True) if is_built else Effects(frontends=frozenset((microapp.identifier,)))
    if path.name in METADATA:
        return Effects(app=True)
    if folders.migration is not None and path.is_relative_to(folders.migration):
        running = frozenset((microapp.migrating.identifier,) if microapp.migrating else ())
        return Effects(app=True, functions=running, migrations=True)
    data = (folders.models, folders.validation, folders.fixtures, folders.roles)
    if any(folder is not None and path.is_relative_to(folder) for folder in data):
        return Effects(app=True)
    if folders.backend is not None and path.is_relative_to(folders.backend):
        return Effects(functions=_touched(microapp, path))
    is_frontend = path.name in (".deepignore", ".deepinjectignore") or "root_assets" in path.relative_to(microapp.path).parts
    if is_frontend:
        return Effects(pages=True)
    # A new folder may be the Backend or the Data that the microapplication did not have until now, or one in its Data.
    is_data = path.relative_to(microapp.path).parts[:1] in (("Data",), ("data",))
    return Effects(app=is_data or (path.parent == microapp.path and path.is_dir()), migrations=is_data)


def _owner(app: App, path: Path) -> Microapp | None:
    """The microapplication a path is in; the innermost, should one be inside another."""
    owners = [microapp for microapp in app.microapps if path.is_relative_to(microapp.path)]
    return max(owners, key=lambda microapp: len(microapp.path.parts), default=None)


def _touched(microapp: Microapp, path: Path) -> frozenset[str]:
    """The functions whose folder the file is in; code beside them is shared, so it touches all of the microapplication's."""
    functions = [action for action in microapp.actions if action.type == "lambda"]
    inside = frozenset(action.identifier for action in functions if action.source is not None and path.is_relative_to(action.source))
    return inside or frozenset(action.identifier for action in functions)
