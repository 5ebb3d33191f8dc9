"""`deepify rollback [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("rollback", cls=ExamplesCommand)
@_options.path
@_options.to
@_options.env
@_options.account
@_options.yes
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Take the web app in PATH back to an earlier deploy: functions, permissions and pages. Data stays as it is.

    Without --to it is the deploy before the one that stands; a second time takes the first back. `deepify status` lists the deploys.
    """
    from deep.wiring.account import where
    from deep.wiring.operating import rollback

    def agree(what: str) -> bool:
        return options["yes"] or screen.confirm(f"Take {what}?")

    stands = rollback(path, where(options), options["to"], screen.step, agree)
    if stands is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    screen.result(f"deploy {stands} stands", {"deploy": stands})
