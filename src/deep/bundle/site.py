"""The web site of an app: the frontends of all its microapplications merged into one map from URL path to file.

The map is the allow-list. Nothing is found by joining a request's path to a folder, so no spelling of a path reaches a file that is not in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from deep.bundle.content_types import CSS, HTML, content_type
from deep.bundle.ignore import NOTHING, IgnoreRules, read_ignore_file
from deep.errors import EnvironmentProblem
from deep.frozen import dataclass
from deep.model import App, Microapp

LIBRARY = Path(__file__).parent / "browser"
"""The built browser library; `make setup` puts it there."""

LIBRARY_URL = "/js/lib"
BUILD_FOLDER = "_build"
ROOT_ASSETS = "root_assets"
SERVICE_WORKER = "deep-sw.js"

_PRIVATE_NAMES = frozenset(
    {"package.json", "package-lock.json", "npm-shrinkwrap.json", "tsconfig.json", "jsconfig.json", "deepkg.json", "deeploy.json"}
)
_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\\:;\ud800-\udfff]")
"""What no portable file name holds; some servers and file systems read more into them (alternate streams, path parameters)."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of the site. `path` is real: no link is in it. `rendered` files pass through `deep.bundle.pages.render_file`, which also puts the
    deploy id into the addresses in it when it is `versioned`."""

    path: Path
    content_type: str
    rendered: bool
    versioned: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """A folder that is merged into the site below `prefix`.

    `folder` is real: no link is in it. It must be inside `fence`, and nothing inside `hidden` is shown. `marker` goes before a file's relative path
    when ignore files are asked; `is_built` says that a tool put the files there on purpose.
    """

    folder: Path
    prefix: str
    fence: Path
    hidden: frozenset[Path] = frozenset()
    marker: str = ""
    is_built: bool = False
    ignored: IgnoreRules = NOTHING
    uninjected: IgnoreRules = NOTHING


def site_files(app: App, *, library: Path = LIBRARY, use_build: bool = True) -> Mapping[str, SiteFile]:
    """URL path -> file, sorted: the root microapplication at `/`, every other below `/<identifier>/`, the browser library below `/js/lib/`.

    Of two files with one path the later of these wins: `root_assets/` of any microapplication, the root's frontend, another's frontend, the library.
    In each frontend what is in `_build/` wins over its source, unless `use_build` is off. Raises EnvironmentProblem (`library-missing`).
    """
    others = [microapp for microapp in app.microapps if not microapp.is_root]
    sources = [
        *(_assets_of(microapp) for microapp in reversed(app.microapps)),
        *_frontend_of(app.root, "/", use_build=use_build),
        *(source for microapp in others for source in _frontend_of(microapp, f"/{microapp.identifier}/", use_build=use_build)),
    ]
    merged = {url: file for source in sources for url, file in _files_of(source)}
    merged |= _library_files(library)
    return dict(sorted(merged.items()))


def root_asset_urls(app: App) -> tuple[str, ...]:
    """The URL paths of everything in the microapplications' `root_assets/`, which the tag `<deep-root-assets/>` loads."""
    return tuple(dict.fromkeys(url for microapp in app.microapps for url, _ in _files_of(_assets_of(microapp))))


def index_of(app: App, files: Mapping[str, SiteFile]) -> str | None:
    """The page at `/`: the `index.html` of the first microapplication but the root that has one, else the root's (deep-2016 4.1)."""
    own = (f"/{microapp.identifier}/index.html" for microapp in app.microapps if not microapp.is_root)
    return next((path for path in (*own, "/index.html") if path in files), None)


def has_bootstrap(microapp: Microapp) -> bool:
    """Whether the microapplication ships a `bootstrap.js`, written or built."""
    return any(_file_at("bootstrap.js", source) is not None for source in _frontend_of(microapp, "/"))


def _assets_of(microapp: Microapp) -> _Source:
    assets = microapp.path.resolve() / ROOT_ASSETS
    return _Source(assets.resolve(), "/", fence=assets)


def _frontend_of(microapp: Microapp, prefix: str, *, use_build: bool = True) -> Iterator[_Source]:
    """The sources of a frontend and then what was built from them, which wins."""
    frontend = microapp.folders.frontend
    if frontend is None:
        return
    ignored = read_ignore_file(microapp.path / ".deepignore")
    uninjected = read_ignore_file(microapp.path / ".deepinjectignore")
    build = frontend.resolve() / BUILD_FOLDER
    hidden = _other_folders(microapp) | {build}
    yield _Source(frontend.resolve(), prefix, microapp.path.resolve(), hidden, ignored=ignored, uninjected=uninjected)
    if use_build:
        yield _Source(build.resolve(), prefix, fence=build, marker=f"{BUILD_FOLDER}/", is_built=True, ignored=ignored, uninjected=uninjected)


def _other_folders(microapp: Microapp) -> frozenset[Path]:
    """The folders of the other tiers, for a frontend that was declared to be a folder around them."""
    folders = microapp.folders
    others = (folders.backend, folders.docs, folders.tests, folders.models, folders.validation, folders.fixtures, folders.migration, folders.roles)
    return frozenset(folder.resolve() for folder in others if folder is not None and folder != folders.frontend)


def _files_of(source: _Source) -> Iterator[tuple[str, SiteFile]]:
    for relative in _walk(source):
        file = _file_at(relative, source)
        if file is not None:
            yield source.prefix + relative, file


def _file_at(relative: str, source: _Source) -> SiteFile | None:
    """The file at a path of a source; None for one that is not there or not for the public."""
    kind = content_type(relative)
    real = (source.folder / relative).resolve()
    if kind is None or not _is_inside(real, source):
        return None
    if source.ignored.ignores(source.marker + relative):
        return None
    versioned = kind in (HTML, CSS) and not source.uninjected.ignores(relative)
    rendered = versioned or kind == HTML or PurePosixPath(relative).name == SERVICE_WORKER
    return SiteFile(real, kind, rendered, versioned)


def _walk(source: _Source) -> Iterator[str]:
    """The relative paths of all files that may be looked at, sorted; linked folders are not entered."""
    for folder, subfolders, names in os.walk(source.folder, followlinks=False):
        here = Path(folder)
        subfolders[:] = sorted(name for name in subfolders if _is_public(name, source) and (here / name) not in source.hidden)
        if (here / "deepkg.json").exists():
            continue  # files beside deepkg.json are the microapplication's own affairs
        yield from ((here / name).relative_to(source.folder).as_posix() for name in sorted(names) if _is_public(name, source))


def _is_public(name: str, source: _Source) -> bool:
    if name.startswith(".") or name in _PRIVATE_NAMES or _UNSAFE_CHARACTERS.search(name):
        return False
    return name != "node_modules" or source.is_built


def _is_inside(real: Path, source: _Source) -> bool:
    """Whether a file, its links followed, is a regular one of this very folder, and would be public under its real name too."""
    if not real.is_file() or not real.is_relative_to(source.folder) or not source.folder.is_relative_to(source.fence):
        return False
    hidden = any(parent in source.hidden for parent in real.parents)
    return not hidden and content_type(real.name) is not None and all(_is_public(part, source) for part in real.relative_to(source.folder).parts)


def _library_files(library: Path) -> dict[str, SiteFile]:
    files = {path.name: path for path in sorted(library.glob("deep-framework.*")) if content_type(path.name) is not None}
    if not {"deep-framework.js", "deep-framework.mjs"} <= files.keys():
        message = "the browser library has not been built"
        raise EnvironmentProblem.of("library-missing", message, file=str(library), help="run `make setup`, or `npm run build` in browser/")
    return {
        f"{LIBRARY_URL}/{name}": SiteFile(path.resolve(), str(content_type(name)), rendered=False, versioned=False) for name, path in files.items()
    }
