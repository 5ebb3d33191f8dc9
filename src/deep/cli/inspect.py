"""`deepify inspect [PATH]`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen, pretty


@click.command("inspect", cls=ExamplesCommand)
@_options.path
@_options.openapi
@_options.everywhere
@click.pass_obj
def command(screen: Screen, path: Path, *, openapi: bool) -> None:
    """Print the web app in PATH as JSON: its microapplications, actions, models and parameters, with all defaults filled in."""
    from deep.wiring import asking

    if openapi:
        document = asking.openapi(path)
        screen.result(pretty(document), document)
        return
    model, warnings = asking.inspect(path)
    screen.result(pretty(model), model)
    for warning in warnings:
        where = f" ({warning.place})" if warning.place else ""
        screen.warn(f"{warning.message}{where}")
