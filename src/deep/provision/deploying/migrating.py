"""Migrations of a deployed app: run by its own functions, which alone have rights on the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import uuid4

from deep.bundle.migrations import Ask, Reply, Result, Run, carry_out, entries_of, migrating, migration_name, run_due
from deep.errors import DeepError
from deep.frozen import dataclass
from deep.model import Microapp
from deep.provision.account.apps import not_deployed
from deep.provision.release import Release


class Functions(Protocol):
    def invoke(self, function: str, event: Mapping[str, Any]) -> Reply | None:
        """What the function answered to the event; None where there is no such function."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A migration that a deploy will run. Not `is_known`: unless it ran before, which only the account can tell."""

    microapp: str
    version: int
    is_known: bool

    def __str__(self) -> str:
        return f"{migration_name(self.microapp, self.version)} runs{'' if self.is_known else ', unless it ran before'}"

    def as_json(self) -> dict[str, Any]:
        return {"microapp": self.microapp, "version": self.version, "isKnown": self.is_known}


def foreseen(release: Release, cloud: Functions | None) -> tuple[Foreseen, ...]:
    """What a deploy of the release will run, in its order. Without a cloud, or where it does not tell, nobody knows what ran before."""
    if release.keeping is not None:
        return ()
    found: list[Foreseen] = []
    for microapp in migrating(release.app):
        done = _done(microapp, release, cloud) if cloud else None
        found += [Foreseen(microapp.identifier, one.version, done is not None) for one in microapp.migrations if one.version not in (done or ())]
    return tuple(found)


def _done(microapp: Microapp, release: Release, cloud: Functions) -> frozenset[int] | None:
    try:
        entries = carry_out_deployed(entries_of(microapp), cloud, release)
    except DeepError:  # it is not deployed yet, or who plans may not ask
        return None
    return frozenset(entry.version for entry in entries if entry.state == "done")


def migrate(cloud: Functions, release: Release, step: Callable[[str], None]) -> None:
    """Runs what is due of the app as it stands; nothing where only parts of it are deployed. Raises DeepError for the first that fails."""
    if release.keeping is None and migrating(release.app):
        carry_out_deployed(run_due(release.app, uuid4().hex, step), cloud, release)


def carry_out_deployed(run: Run[Result], cloud: Functions, release: Release) -> Result:
    """Runs it to its end by the deployed functions. Raises RefusedError (`not-deployed`) where there are none."""

    def ask(asked: Ask) -> Reply:
        reply = cloud.invoke(release.names.function(asked.action), asked.event)
        if reply is None:
            raise not_deployed(release)
        return reply

    return carry_out(run, ask)
