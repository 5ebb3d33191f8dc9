"""`deepify status [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("status", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.drift
@_options.account
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Show how the web app in PATH stands in your AWS account: its stacks, its address, and the deploys that can be gone back to."""
    from deep.wiring.account import where
    from deep.wiring.operating import status

    found = status(path, where(options), drift=options["drift"])
    screen.result("\n".join(_lines(found)), found.as_json())


def _lines(found: Any) -> list[str]:
    app = found.app
    stacks = [f"  {stack.name} {stack.status.lower().replace('_', ' ')}{f': {stack.reason}' if stack.reason else ''}" for stack in app.stacks]
    deploys = [f"  {deploy.id} {deploy.at}{' (stands)' if number == 0 else ''}" for number, deploy in enumerate(found.deploys)]
    told = [f"{app.name} ({app.env}): {app.state}", *([app.url] if app.url else []), "", "Stacks:", *stacks]
    told += ["", "Alarms raised:", *(f"  {name}" for name in found.alarms)] if found.alarms else []
    told += ["", "Deploys:", *deploys] if deploys else []
    told += ["", "Kept:", *(f"  {table}" for table in found.kept)] if found.kept else []
    if found.drift is not None:
        told += ["", "Changed by hand:", *(f"  {one}" for one in found.drift)] if found.drift else ["", "nothing was changed by hand"]
    return told
