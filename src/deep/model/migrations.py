"""`Data/Migration/version<ms>.py`: changes of rows, and the private function of each microapplication that runs them.

The function is an action like any other, so what it may do, its package, its role and its sandbox come by the ways of all functions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from deep.errors import Place
from deep.model.action import Action, Resource
from deep.model.code import TableCall, read_code
from deep.model.data import Migration, Model
from deep.model.formats import CAPACITIES
from deep.model.handlers import bound_names, parse_python
from deep.model.reading import Reading
from deep.wire.migrations import RECORD

RESOURCE, ACTION = "migrations", "run"

_NAME = re.compile(r"version(?P<version>[1-9][0-9]{0,14})\.py")
_RECORDING = ("create_item", "find_one_by_id", "find_all_by", "update_item_conditional", "delete_by_id_conditional")
"""What `deep.runtime.migrations` does with the record."""
RECORD_FIELDS = {
    "microapp": "string",
    "version": "number",
    "state": "string",
    "digest": "string",
    "holder": "string",
    "until": "number",
    "error": "string",
}
_MEMORY_MB, _TIMEOUT_S = 512, 900
"""The longest that Lambda runs anything."""


def load_migrations(reading: Reading, folder: Path | None) -> tuple[Migration, ...]:
    """The migrations of a microapplication, oldest first."""
    found = []
    for path in reading.disk.entries(folder) if folder else []:
        if match := _NAME.fullmatch(path.name):
            found.append(Migration(int(match["version"]), path))
        elif path.suffix == ".js":
            reading.warn("unserved-migration", f"{path.name} is JavaScript, and is not run", path, f"write it in Python, as {path.stem}.py")
        elif path.suffix == ".py" and path.name != "__init__.py":
            help_ = "a migration is called version<milliseconds since 1970>.py, such as version1455278455000.py"
            reading.tell("wrong-file-name", f"{path.name} is not the name of a migration", path, help_)
    return tuple(sorted(found, key=lambda migration: migration.version))


def running_resources(reading: Reading, microapp: str, folder: Path | None, migrations: tuple[Migration, ...]) -> tuple[Resource, ...]:
    """The resource whose one action runs the migrations; none where there are none. Notes migrations without a function `up`."""
    if folder is None or not migrations:
        return ()
    trees = {path: tree for path in reading.disk.files_below(folder, ".py") if (tree := parse_python(reading, path)) is not None}
    for migration in migrations:
        if migration.path in trees and "up" not in bound_names(trees[migration.path].body):
            help_ = "add def up(kernel), and def down(kernel) if it can be taken back"
            reading.tell("missing-up", f"{migration.path.name} has no function up", migration.path, help_)
    action = _action(microapp, folder, {reading.name(path): tree for path, tree in trees.items()}, Place(reading.name(migrations[0].path), 1, 1))
    return (Resource(microapp, RESOURCE, (action,)),)


def record_model(migrations: tuple[Migration, ...], reading: Reading) -> Model:
    """The model of the table in which it is written what ran."""
    return Model(RECORD, RECORD_FIELDS, (), CAPACITIES, Place(reading.name(migrations[0].path), 1, 1))


def _action(microapp: str, folder: Path, trees: Mapping[str, ast.Module], place: Place) -> Action:
    code = read_code(trees)
    recording = tuple(TableCall(RECORD, method, ("microapp",) if method.startswith("find_all") else (), place) for method in _RECORDING)
    return Action(
        microapp=microapp,
        resource=RESOURCE,
        name=ACTION,
        description=f"Runs the migrations of {microapp}",
        type="lambda",
        methods=("POST",),
        source=folder,
        url=None,
        cache_ttl_s=-1,
        force_user_identity=False,
        validation_schema=None,
        memory_mb=_MEMORY_MB,
        timeout_s=_TIMEOUT_S,
        runtime="python",
        cron=None,
        cron_payload=None,
        scope="private",
        authorization="AWS_IAM",
        key_required=False,
        declared_uses=None,
        code=code.with_calls(recording),
        place=place,
    )
