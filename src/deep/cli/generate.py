"""`deepify generate ci`"""

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
    """Write files that the repository of a web app needs besides the web app."""


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
