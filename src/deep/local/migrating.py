"""Migrations on this machine: run by the functions of the local platform, under the policy that they have deployed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import uuid4

import orjson

from deep.bundle.migrations import Ask, Ended, Reply, Result, Run, listed, migrating, released, run_due, step
from deep.errors import DeepError
from deep.local.functions.outcome import Failure, Outcome
from deep.local.reporter import Reporter
from deep.model import App

Invoke = Callable[[str, bytes], Awaitable[Outcome]]


async def carry_out(run: Run[Result], invoke: Invoke) -> Result:
    """Runs it to its end, by functions that are invoked by their actions' identifiers."""
    now = step(run)
    while not isinstance(now, Ended):
        now = step(run, await _reply(now, invoke))
    return now.result


async def migrate(app: App, invoke: Invoke, reporter: Reporter) -> None:
    """What a platform does when it starts, before it serves: it is alone, runs what is due, tells what fails, and goes on."""
    if not migrating(app):
        return
    try:
        await carry_out(released(app), invoke)
        await carry_out(run_due(app, uuid4().hex, reporter.step), invoke)
    except DeepError as error:
        for problem in error.problems:
            reporter.problem(problem)


async def tell_due(app: App, invoke: Invoke, reporter: Reporter) -> None:
    """What a platform does when migrations were edited. They are not run at once: one that is half written would have run for good."""
    for entry in await carry_out(listed(app), invoke):
        if entry.is_due:
            reporter.step(f"{entry.name} has not run: `deepify migrate run` runs it")
        if entry.changed:
            reporter.step(f"{entry.name} changed after it ran: `deepify migrate revert` takes back what it did")


async def _reply(asked: Ask, invoke: Invoke) -> Reply:
    outcome = await invoke(asked.action, orjson.dumps(asked.event))
    return Reply(fault=outcome.fault) if isinstance(outcome, Failure) else Reply(orjson.loads(outcome.payload))
