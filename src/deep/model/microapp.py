"""One microapplication: its `deepkg.json`, and everything that its folders hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deep.model.app import Exports, Folders, Microapp, Person
from deep.model.checks import complete
from deep.model.document import Document
from deep.model.formats import DEEPKG
from deep.model.migrations import load_migrations, running_resources
from deep.model.models import load_models
from deep.model.nearest import did_you_mean
from deep.model.parameters import load_parameters, nested
from deep.model.reading import Reading
from deep.model.resources import load_resources
from deep.model.roles import load_roles
from deep.model.scripts import load_fixtures, load_hooks
from deep.model.validations import load_validations

FILE = "deepkg.json"
RESERVED = frozenset(
    {"aws", "amazon", "deep", "js", "node_modules", "root_assets", "con", "prn", "aux", "nul"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)
"""Identifiers that would collide with the platform's own paths and names, or that Windows takes for devices."""

_DEFAULT_FOLDERS = {
    **{name: (name.capitalize(),) for name in ("frontend", "backend", "docs", "tests")},
    **{name: ("Data", name.capitalize()) for name in ("models", "validation", "fixtures", "migration", "roles")},
}
"""The article's layout. The later one, the same in lower case, is found as well."""


def load_microapp(reading: Reading, path: Path, environ: Mapping[str, str]) -> Microapp | None:
    """The microapplication in a folder, or None when its `deepkg.json` cannot be read; its other files are checked all the same.

    One without a good identifier goes by its folder's name, and its `deepkg.json` counts as unread: what others say of it cannot be judged.
    """
    found = reading.optional(path / FILE, DEEPKG)
    declared = found[1] if found else complete(DEEPKG)
    folders = _folders(reading, path, declared["autoload"])
    identifier = declared["identifier"] or path.name
    # Of a microapplication that cannot be read it is unknown whether it is the root, and the root may do more.
    parameters = load_parameters(reading, (identifier, declared["propertyRoot"] or found is None), path, environ)
    migrations = load_migrations(reading, folders.migration)
    running = running_resources(reading, identifier, folders.migration, migrations)
    contents: dict[str, Any] = {
        "resources": (*load_resources(reading, identifier, folders.backend), *running),
        "models": load_models(reading, folders.models),
        "validations": load_validations(reading, folders.validation),
        "roles": load_roles(reading, folders.roles),
        "hooks": load_hooks(reading, path),
        "migrations": migrations,
        "fixtures": load_fixtures(reading, folders.fixtures),
    }
    if declared["identifier"] is None:
        reading.unread.add(path / FILE)
    if found is None:
        return None
    _check_reserved(reading, found[0], identifier)
    return Microapp(
        identifier=identifier,
        name=declared["name"],
        description=declared["description"],
        version=declared["version"],
        is_root=declared["propertyRoot"],
        author=_person(declared["author"]) if declared["author"] else None,
        contributors=tuple(_person(one) for one in declared["contributors"]),
        dependencies=declared["dependencies"],
        folders=folders,
        frontend_engines=tuple(declared["frontendEngine"]),
        tags=tuple(declared["tags"]),
        path=path,
        parameters=parameters,
        frontend_parameters=nested(parameters, "frontend"),
        backend_parameters=nested(parameters, "backend"),
        globals=nested(parameters, "globals"),
        exports=Exports(frozenset(declared["exports"]["actions"]), frozenset(declared["exports"]["models"])),
        hook_writes=tuple(declared["hooks"]["write"]),
        place=found[0].place(("identifier",)),
        **contents,
    )


def _check_reserved(reading: Reading, document: Document, identifier: str) -> None:
    if identifier in RESERVED:
        help_ = f'put your name before it, such as "acme.{identifier}"'
        reading.tell("reserved-identifier", f'"{identifier}" is kept for the platform', document.place(("identifier",)), help_)


def _person(declared: Mapping[str, Any]) -> Person:
    return Person(declared["name"], declared["email"], declared["website"])


def _folders(reading: Reading, path: Path, overrides: Mapping[str, str | None]) -> Folders:
    found = {name: _folder(reading, path, steps) for name, steps in _DEFAULT_FOLDERS.items() if overrides.get(name) is None}
    for name, override in overrides.items():
        if override is None:
            continue
        folder = path / override
        found[name] = folder if folder.is_dir() else None
        if found[name] is None:
            near = did_you_mean(folder.name, [entry.name for entry in reading.disk.folders(folder.parent)])
            reading.warn(
                "missing-folder", f"there is no folder {reading.name(folder)}", reading.place(reading.name(path / FILE), ("autoload", name)), near
            )
    return Folders(**found)


def _folder(reading: Reading, path: Path, steps: tuple[str, ...]) -> Path | None:
    """The folder that the steps lead to, each as the article spells it or in lower case."""
    for step in steps:
        found = next((path / spelling for spelling in (step, step.lower()) if (path / spelling).is_dir()), None)
        if found is None:
            reading.tell_of_case(path / step)
            return None
        path = found
    return path
