"""`deepify list`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("list", cls=ExamplesCommand)
@_options.path
@_options.region
@_options.account
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """List the web apps of your AWS account in a region: --region, else the one that the web app in PATH is deployed to."""
    from deep.wiring.account import Where
    from deep.wiring.operating import apps, region_of

    region = region_of(path, options["region"])
    found = apps(region, Where(None, options["profile"], options["endpoint_url"]))
    lines = [f"{app.name} ({app.env}): {app.state}, {app.changed_at}{f', {app.url}' if app.url else ''}" for app in found]
    screen.result("\n".join(lines) or f"nothing is deployed in {region}", [app.as_json() for app in found])
