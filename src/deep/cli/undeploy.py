"""`deepify undeploy [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("undeploy", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.delete_data
@_options.account
@_options.yes
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Take the web app in PATH out of your AWS account.

    Tables, users and identities are kept, and found again by the next deploy, unless --delete-data names the app.
    """
    from deep.wiring.account import where
    from deep.wiring.deploying import undeploy

    def agree(name: str) -> bool:
        return options["yes"] or screen.confirm(f"Take {name} out of the account?")

    gone = undeploy(path, where(options), screen.step, agree, options["delete_data"])
    if gone is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    kept = f"\nkept, with people's data: {gone.kept}" if gone.kept else ""
    left = f"\nstill listed by AWS: {', '.join(gone.left)}" if gone.left else ""
    told = {"deleted": list(gone.deleted), "kept": gone.kept, "left": list(gone.left)}
    screen.result(f"deleted: {', '.join(gone.deleted) or 'nothing was there'}{kept}{left}", told)
