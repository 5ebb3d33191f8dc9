"""`deepify generate ci`, `deepify generate data migration`"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen, shown


@click.group("generate", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """Write files of a web app, or that its repository needs besides it."""


@command.command("ci", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.host
@_options.force
@_options.everywhere
@click.pass_obj
def ci(screen: Screen, path: Path, env: str | None, host: Literal["github", "gitlab"], *, force: bool) -> None:
    """Let GitHub or GitLab test each change of the web app in PATH, and deploy what is on the main branch, without any long-lived key."""
    from deep.wiring.generating import generate_pipeline

    written = generate_pipeline(path, host, env, force=force)
    screen.result(f"wrote {shown(written)}", {"path": str(written)})
    screen.note("next: set the variable DEEP_DEPLOY_ROLE to the ARN of the role that it assumes (docs/guide/continuous-deployment.md)")


@command.group("data", cls=NestedGroup)
@_options.everywhere
def data() -> None:
    """Write files of the data tier."""


@data.command("migration", cls=ExamplesCommand)
@_options.path
@_options.microapp
@_options.everywhere
@click.pass_obj
def migration(screen: Screen, path: Path, microapp: str | None) -> None:
    """Write an empty migration, a change of rows that are there, for a microapplication of the web app in PATH."""
    from deep.wiring.generating import generate_migration

    written = generate_migration(path, microapp)
    screen.result(f"wrote {shown(written)}", {"path": str(written)})
    screen.note("next: write its function up(kernel), and run it: deepify migrate run (docs/guide/migrations.md)")
