"""Running an app's migrations: what its functions are asked, in which order, and what their answers mean.

Nothing here reaches a function. A run is a generator that yields what to ask and is sent the answer, so that one rule serves the local platform,
which waits in an event loop, and a deploy, which does not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any, Generic, Literal, TypeVar

from deep.errors import Problem, ProjectError, RefusedError, UsageError
from deep.frozen import dataclass
from deep.model import App, Microapp
from deep.wire.invocation import Fault
from deep.wire.migrations import ANYBODY, MigrationEvent

Told = Callable[[str], None]
Result = TypeVar("Result")
_LOG_LINES = 10


@dataclass(frozen=True, slots=True)
class Ask:
    """An event for the function of an action, by the action's identifier."""

    action: str
    event: MigrationEvent


@dataclass(frozen=True, slots=True)
class Reply:
    """What a function answered: a value, or its fault and the end of its log where that is told with it."""

    value: Any = None
    fault: Fault | None = None
    log: str = ""


Run = Generator[Ask, Reply, Result]


@dataclass(frozen=True, slots=True)
class Entry:
    """A migration as an environment has it.

    `state` is `pending`, `running`, `done` or `failed`; `at` says since when. `changed`: its file is another than the one that ran. `missing`: the
    function has no such file.
    """

    microapp: str
    version: int
    state: str
    changed: bool = False
    missing: bool = False
    at: str | None = None
    error: str | None = None

    @property
    def name(self) -> str:
        return migration_name(self.microapp, self.version)

    @property
    def is_due(self) -> bool:
        return self.state in ("pending", "failed") and not self.missing

    def __str__(self) -> str:
        """`deep.todo  1764081296123  failed   2026-11-25T14:36:12.380Z  KeyError: 'Completed'`."""
        remarks = (self.at, "changed since" if self.changed else None, "its file is gone" if self.missing else None, self.error)
        return "  ".join([self.microapp, str(self.version), f"{self.state:<7}", *(remark for remark in remarks if remark)]).rstrip()

    def as_json(self) -> dict[str, Any]:
        own = {"microapp": self.microapp, "version": self.version, "state": self.state}
        return {**own, "changed": self.changed, "missing": self.missing, "at": self.at, "error": self.error}


def migration_name(microapp: str, version: int) -> str:
    return f"{microapp} version{version}"


def migrating(app: App) -> tuple[Microapp, ...]:
    """The microapplications that have migrations, each after those that it depends on."""
    known = {microapp.identifier: microapp for microapp in app.microapps}
    ordered: dict[str, None] = {}

    def add(identifier: str, above: frozenset[str] = frozenset()) -> None:
        if identifier in known and identifier not in ordered and identifier not in above:
            for dependency in sorted(known[identifier].dependencies):
                add(dependency, above | {identifier})
            ordered[identifier] = None

    for identifier in known:
        add(identifier)
    return tuple(known[identifier] for identifier in ordered if known[identifier].migrations)


def entries_of(microapp: Microapp) -> Run[list[Entry]]:
    """The migrations of a microapplication, oldest first, and those that ran and are no more."""
    rows = yield from _asked(microapp, {"do": "list"})
    return [Entry(microapp.identifier, **row) for row in rows]


def listed(app: App) -> Run[tuple[Entry, ...]]:
    """Every migration of the app, and those that ran and are no more."""
    found: list[Entry] = []
    for microapp in migrating(app):
        found += yield from entries_of(microapp)
    return tuple(found)


def released(app: App) -> Run[None]:
    """Gives up every claim: for whoever knows that nobody else runs anything."""
    for microapp in migrating(app):
        yield from _asked(microapp, {"do": "release", "holder": ANYBODY})


def run_due(app: App, holder: str, told: Told) -> Run[tuple[Entry, ...]]:
    """Runs what has not run yet. Raises DeepError for the first that fails (`migration-failed`), or is run by another (`migration-locked`)."""
    ran = []
    for microapp in migrating(app):
        for entry in (yield from entries_of(microapp)):
            if entry.changed:
                told(f"{entry.name} changed after it ran, and is not run again: what else is to change, let another migration do")
            if entry.state == "running":
                raise _locked(entry.name)
            if entry.is_due:
                told(f"migrating: {entry.name}")
                yield from _done(microapp, entry, ("up", holder))
                ran.append(entry)
    return tuple(ran)


def revert(microapp: Microapp, after: int | None, holder: str, told: Told) -> Run[tuple[Entry, ...]]:
    """Takes back what ran of a microapplication after a version, the newest first; None: the newest alone.

    Raises DeepError as `run_due` does, and for the first that cannot be taken back.
    """
    ran = [entry for entry in reversed((yield from entries_of(microapp))) if entry.state != "pending"]
    reverted = ran[:1] if after is None else [entry for entry in ran if entry.version > after]
    for entry in reverted:
        told(f"reverting: {entry.name}")
        yield from _done(microapp, entry, ("down", holder))
    return tuple(reverted)


@dataclass(frozen=True, slots=True)
class Ended(Generic[Result]):
    """A run has nothing more to ask, and this result."""

    result: Result


def step(run: Run[Result], reply: Reply | None = None) -> Ask | Ended[Result]:
    """Goes on with a run until it asks or ends. `reply` is the answer to what it asked last, None at the beginning."""
    try:
        return next(run) if reply is None else run.send(reply)
    except StopIteration as end:
        return Ended(end.value)


def carry_out(run: Run[Result], ask: Callable[[Ask], Reply]) -> Result:
    """Runs it to its end, asking one after the other."""
    now = step(run)
    while not isinstance(now, Ended):
        now = step(run, ask(now))
    return now.result


def microapp_with_migrations(app: App, identifier: str) -> Microapp:
    """Raises UsageError where it has none, DeepError where there is no such microapplication."""
    microapp = app.microapp(identifier)
    if not microapp.migrations:
        known = ", ".join(one.identifier for one in migrating(app)) or "no microapplication"
        raise UsageError(Problem("no-migrations", f"{identifier} has no migrations", help=f"{known} has some"))
    return microapp


def _asked(microapp: Microapp, event: MigrationEvent) -> Run[Any]:
    reply = yield _ask(microapp, event)
    if reply.fault:
        raise _failed(f"the migrations of {microapp.identifier}", reply)
    return reply.value


def _done(microapp: Microapp, entry: Entry, how: tuple[Literal["up", "down"], str]) -> Run[None]:
    doing, holder = how
    reply = yield _ask(microapp, {"do": doing, "version": entry.version, "holder": holder})
    if reply.fault:
        yield _ask(microapp, {"do": "release", "holder": holder})
        raise _failed(entry.name, reply)
    match reply.value["state"]:
        case "locked":
            raise _locked(entry.name)
        case "unknown":
            help_ = "bring its file back; where it is deployed, deploy that"
            raise RefusedError(Problem("migration-unknown", f"{entry.name} ran, and its file is gone", help=help_))
        case "irreversible":
            raise RefusedError(Problem("irreversible-migration", f"{entry.name} has no function down, so it cannot be taken back"))
        case _:
            return


def _ask(microapp: Microapp, event: MigrationEvent) -> Ask:
    if microapp.migrating is None:
        raise ValueError(f"{microapp.identifier} has no migrations")
    return Ask(microapp.migrating.identifier, event)


def _failed(what: str, reply: Reply) -> ProjectError:
    fault = reply.fault or Fault(errorType="", errorMessage="")
    message = f"{what} failed: {fault.get('errorType', 'Error')}: {fault.get('errorMessage', '')}"
    help_ = "mend it and do this again: it is run from its beginning; what ran before it is not run again"
    return ProjectError(Problem("migration-failed", "\n  | ".join([message, *_told_besides(fault, reply.log)]), help=help_))


def _told_besides(fault: Fault, log: str) -> Iterator[str]:
    yield from "".join(fault.get("stackTrace", ())).rstrip().splitlines()
    yield from log.rstrip().splitlines()[-_LOG_LINES:]


def _locked(name: str) -> RefusedError:
    help_ = "do this again when that has ended; should it have been killed, its claim ends 15 minutes after it began"
    return RefusedError(Problem("migration-locked", f"{name} is being run by somebody else", help=help_))
