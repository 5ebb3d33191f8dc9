"""The function that runs the migrations of a microapplication, one an invocation, and keeps in a table which ran.

It is asked by events: `{"do": "list"}`; `{"do": "up", "version": 1455278455000, "holder": "..."}` and the same with `down`; once a run is known to
have ended without a word, `{"do": "release", "holder": "..."}`. `holder` names a run: who claims a migration holds it until it is settled, or until
Lambda would have ended the function in any case. So a claim that was left behind opens by itself, and never while its run may still write.
"""

from __future__ import annotations

import os
from time import time

from deep.runtime.exceptions import ConflictError, InvalidArgumentError, ResourceNotFoundError
from deep.runtime.handler import lambda_handler, run_async
from deep.wire.migrations import ANYBODY, RECORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from deep.runtime.kernel import Kernel
    from deep.runtime.request import Request
    from deep.wire.migrations import MigrationRow

    Row = dict[str, Any]

_ENDED = "it ended without a word"
_MOST_ERROR = 400
_LEAST_HELD_S = 60
"""For how long a claim holds where nobody says how long the function may run."""


def files_of(root: str) -> dict[int, str]:
    """The migrations in a folder: version -> path."""
    names = [name for name in os.listdir(root) if name.startswith("version") and name.endswith(".py") and name[7:-3].isdigit()]
    return {int(name[7:-3]): os.path.join(root, name) for name in names}


def handler_of(root: str) -> Callable[[Any, Any], Any]:
    """The Lambda handler for the migrations in `root`."""

    def run(request: Request, kernel: Kernel) -> Any:
        return Runner(kernel, files_of(root)).answer(request.data)

    return lambda_handler(run)


class Runner:
    """The migrations of one microapplication, `files` by version, and the table that says which ran."""

    def __init__(self, kernel: Kernel, files: Mapping[int, str]) -> None:
        self._kernel = kernel
        self._files = files
        self._records = kernel.get("db").get(RECORD)

    def answer(self, asked: Mapping[str, Any]) -> Any:
        doing = asked.get("do")
        if doing == "list":
            return self._listed()
        if doing == "release":
            return {"released": self._release(asked["holder"])}
        if doing in ("up", "down"):
            return {"state": self._run(doing, asked["version"], asked["holder"])}
        raise InvalidArgumentError(f"migrations are asked to list, up, down or release, not to {doing!r}")

    def _rows(self) -> dict[int, Row]:
        return {int(row["version"]): row for row in self._records.find_all_by("microapp", self._kernel.microapp)}

    def _listed(self) -> list[MigrationRow]:
        rows = self._rows()
        return [self._told(version, rows.get(version)) for version in sorted({*rows, *self._files})]

    def _told(self, version: int, row: Row | None) -> MigrationRow:
        path, state = self._files.get(version), _state(row)
        changed = row is not None and state == "done" and path is not None and row["digest"] != _digest(path)
        told: MigrationRow = {"version": version, "state": state, "changed": changed, "missing": path is None}
        if row is not None:
            told["at"] = row["updatedAt"]
            told["error"] = row.get("error") or (_ENDED if row["state"] != state else None)
        return told

    def _run(self, doing: str, version: int, holder: str) -> str:
        """What it is now: `done`, or `pending` as if it had never run; or why not: `locked`, `unknown`, `irreversible`. Raises what it raises."""
        path, row = self._files.get(version), self._records.find_one_by_id(self._id(version))
        state = _state(row)
        if state == ("done" if doing == "up" else "pending"):
            return state
        if path is None:
            return "unknown"
        work = getattr(_module(version, path), doing, None)
        if work is None:
            return "irreversible"
        if state == "running" or not self._claim(version, row, holder, _digest(path)):
            return "locked"
        try:
            _finish(work(self._kernel))
        except BaseException as error:
            self._settle(version, holder, "failed", f"{type(error).__name__}: {error}"[:_MOST_ERROR])
            raise
        if doing == "up":
            self._settle(version, holder, "done", None)
            return "done"
        self._records.delete_by_id_conditional(self._id(version), {"holder": holder})
        return "pending"

    def _claim(self, version: int, row: Row | None, holder: str, digest: str) -> bool:
        """Whether the migration is this run's now; not where another was quicker."""
        context = self._kernel.context
        left_ms = (context.get_remaining_time_in_millis() if context else 0) or _LEAST_HELD_S * 1000
        claim = {"state": "running", "holder": holder, "digest": digest, "until": int(time() * 1000) + left_ms}
        try:
            if row is None:
                self._records.create_item({"microapp": self._kernel.microapp, "version": version, **claim}, item_id=self._id(version))
            else:
                self._records.update_item_conditional(self._id(version), {**claim, "error": None}, {"holder": row["holder"], "state": row["state"]})
        except (ConflictError, ResourceNotFoundError):
            return False
        return True

    def _settle(self, version: int, holder: str, state: str, error: str | None) -> None:
        self._records.update_item_conditional(self._id(version), {"state": state, "error": error}, {"holder": holder, "state": "running"})

    def _release(self, holder: str) -> list[int]:
        given_up = []
        for row in self._rows().values():
            if row["state"] == "running" and holder in (ANYBODY, row["holder"]):
                try:
                    self._settle(row["version"], row["holder"], "failed", _ENDED)
                except (ConflictError, ResourceNotFoundError):
                    continue  # it was settled meanwhile
                given_up.append(row["version"])
        return given_up

    def _id(self, version: int) -> str:
        return f"{self._kernel.microapp}:{version}"


def _state(row: Row | None) -> str:
    """`pending`, `running`, `done` or `failed`; a run whose time is up has failed, whatever is written."""
    if row is None:
        return "pending"
    return "failed" if row["state"] == "running" and row["until"] < time() * 1000 else str(row["state"])


def _digest(path: str) -> str:
    from hashlib import sha256

    with open(path, "rb") as file:
        return sha256(file.read()).hexdigest()


def _module(version: int, path: str) -> ModuleType:
    """The migration as it is now: it may have been mended since the process began."""
    from importlib.machinery import SourceFileLoader
    from types import ModuleType

    module = ModuleType(f"version{version}")
    module.__file__ = path
    SourceFileLoader(module.__name__, path).exec_module(module)
    return module


def _finish(result: Any) -> None:
    if hasattr(result, "__await__"):
        run_async(result)
