"""`deepify migrate`: migrations run where functions run, on this machine or in an account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

if TYPE_CHECKING:
    from deep.bundle.migrations import Entry, Run
    from deep.local.reporter import Reporter
    from deep.model import App
    from deep.wiring.account import Where

Result = TypeVar("Result")


def list_migrations(project: Path, place: Where | None, reporter: Reporter) -> tuple[Entry, ...]:
    """Every migration and whether it ran; in an account where there is a `place`, else on this machine."""
    from deep.bundle.migrations import listed

    return _carried_out(project, place, reporter, listed)


def run_migrations(project: Path, place: Where | None, reporter: Reporter) -> tuple[Entry, ...]:
    """Runs what has not run, and answers it. Raises DeepError for the first that fails."""
    from deep.bundle.migrations import run_due

    return _carried_out(project, place, reporter, lambda app: run_due(app, uuid4().hex, reporter.step))


def revert_migrations(project: Path, place: Where | None, reporter: Reporter, what: tuple[str, int | None]) -> tuple[Entry, ...]:
    """Takes back what ran of a microapplication after a version; None: the newest alone. Raises DeepError for the first that fails."""
    from deep.bundle.migrations import microapp_with_migrations, revert

    identifier, after = what
    return _carried_out(project, place, reporter, lambda app: revert(microapp_with_migrations(app, identifier), after, uuid4().hex, reporter.step))


def _carried_out(project: Path, place: Where | None, reporter: Reporter, run_of: Callable[[App], Run[tuple[Entry, ...]]]) -> tuple[Entry, ...]:
    from deep.bundle.migrations import migrating
    from deep.wiring.projects import app_of

    app = app_of(project)
    if not migrating(app):
        return ()
    if place is None:
        return _locally(app, reporter, run_of)
    from deep.provision.deploying.migrating import carry_out_deployed
    from deep.wiring.account import account_of

    cloud, release = account_of(project, place)
    return carry_out_deployed(run_of(app), cloud, release)


def _locally(app: App, reporter: Reporter, run_of: Callable[[App], Run[tuple[Entry, ...]]]) -> tuple[Entry, ...]:
    import asyncio

    from deep.bundle.migrations import released
    from deep.local.invoke import functions_of
    from deep.local.migrating import carry_out

    async def work() -> tuple[Entry, ...]:
        async with functions_of(app, reporter) as running:
            if running.is_alone:
                await carry_out(released(app), running.invoke)
            return await carry_out(run_of(app), running.invoke)

    return asyncio.run(work())
