"""`deepify publish [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._deploying import carry_out
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("publish", cls=ExamplesCommand)
@_options.ratio
@_options.watch
@_options.of_a_deploy
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Deploy the web app in PATH gradually: new versions of functions get a part of the calls, and all of them once no error was seen in time.

    When one fails, the versions before answer all calls again. Interrupted anywhere, run it again.
    """
    from deep.provision.deploying.gradual import Gradually
    from deep.wiring.account import where
    from deep.wiring.choosing import Choice

    choice = Choice(gradually=Gradually(options["ratio"], options["watch_minutes"] * 60))
    carry_out(screen, path, where(options), choice, options)
