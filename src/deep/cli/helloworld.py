"""`deepify helloworld [PATH]`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen, shown


@click.command("helloworld", cls=ExamplesCommand)
@_options.path
@_options.everywhere
@click.pass_obj
def command(screen: Screen, path: Path) -> None:
    """Make a small web app in PATH (by default this folder), which must be empty or new."""
    from deep.wiring.installing import hello_world

    installed = hello_world(path, screen.step)
    screen.result(f"made a web app in {path}", installed.as_json())
    screen.note(f"next: deepify server {shown(path)}")
