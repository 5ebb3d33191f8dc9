"""`deepify lambda FUNCTION [PATH]`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen, pretty


@click.command("lambda", cls=ExamplesCommand)
@click.argument("function")
@_options.path
@_options.event
@_options.plain
@_options.everywhere
@click.pass_obj
def command(screen: Screen, function: str, path: Path, event: bytes, *, plain: bool) -> None:
    """Run FUNCTION of the web app in PATH once, with an event, and print what it answers.

    FUNCTION is an action such as deep.todo:task:create, or the folder of its code.
    """
    from deep.wiring.running import invoke

    if plain:
        screen.level = "error"
    outcome = invoke(function, path, event, screen)
    if plain:
        screen.data(outcome.payload)
        return
    screen.result(pretty(outcome.payload), {"result": outcome.payload, "initMs": outcome.init_ms, "durationMs": outcome.duration_ms})
    screen.note(f"{outcome.duration_ms:.1f} ms, after {outcome.init_ms:.0f} ms to start it")
