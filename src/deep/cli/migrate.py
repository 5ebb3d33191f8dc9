"""`deepify migrate list|run|revert`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen

if TYPE_CHECKING:
    from deep.bundle.migrations import Entry
    from deep.wiring.account import Where


@click.group("migrate", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """Run, list and take back migrations: changes of rows that are there.

    Each runs once in each environment: on this machine when the server starts, in your account with a deploy, and here whenever you say.
    """


@command.command("list", cls=ExamplesCommand)
@_options.path
@_options.here_or_deployed
@_options.everywhere
@click.pass_obj
def list_all(screen: Screen, /, path: Path, **options: Any) -> None:
    """List the migrations of the web app in PATH, and which of them ran."""
    from deep.wiring.migrating import list_migrations

    _show(screen, list_migrations(path, _place(options), screen), "no migrations")


@command.command("run", cls=ExamplesCommand)
@_options.path
@_options.here_or_deployed
@_options.everywhere
@click.pass_obj
def run(screen: Screen, /, path: Path, **options: Any) -> None:
    """Run the migrations of the web app in PATH that have not run yet."""
    from deep.wiring.migrating import run_migrations

    ran = run_migrations(path, _place(options), screen)
    screen.result("\n".join(f"ran {entry.name}" for entry in ran) or "nothing to run", [entry.name for entry in ran])


@command.command("revert", cls=ExamplesCommand)
@click.argument("microapp")
@_options.path
@_options.to_version
@_options.here_or_deployed
@_options.yes
@_options.everywhere
@click.pass_obj
def revert(screen: Screen, /, microapp: str, path: Path, **options: Any) -> None:
    """Take back the migration of MICROAPP that ran last, or all after one, by their functions `down`, the newest first."""
    from deep.wiring.migrating import revert_migrations

    place, after = _place(options), options["after"]
    if place is not None and not (options["yes"] or screen.confirm(f"Change rows of the deployed {microapp} back?")):
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    reverted = revert_migrations(path, place, screen, (microapp, after))
    screen.result("\n".join(f"reverted {entry.name}" for entry in reverted) or "nothing to revert", [entry.name for entry in reverted])


def _place(options: dict[str, Any]) -> Where | None:
    from deep.wiring.account import where

    return where(options) if options["deployed"] else None


def _show(screen: Screen, entries: tuple[Entry, ...], none: str) -> None:
    screen.result("\n".join(map(str, entries)) or none, [entry.as_json() for entry in entries])
