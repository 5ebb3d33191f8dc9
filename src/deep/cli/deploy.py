"""`deepify deploy [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._deploying import carry_out
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("deploy", cls=ExamplesCommand)
@_options.prod
@_options.partial
@_options.actions
@_options.frontend
@_options.backend
@_options.dry_run
@_options.dump_local
@_options.saved_plan
@_options.of_a_deploy
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Deploy the web app in PATH to your own AWS account, after showing what that will do.

    Interrupted anywhere, run it again: it goes on where it stopped. Deploying the same app twice changes nothing.
    With --partial, --action, --frontend or --backend only that is brought up to date, and the rest stays as it stands.
    """
    from deep.wiring.account import where
    from deep.wiring.choosing import Choice
    from deep.wiring.deploying import dump_local
    from deep.wiring.foretelling import dry_run

    account = where({**options, "env": "prod" if options["prod"] else options["env"]})
    choice = Choice(options["partial"], options["actions"], options["frontend"], options["backend"])
    if options["dump_local"] is not None:
        dump_local(path, account, screen.step, options["dump_local"])
        screen.result(f"written to {options['dump_local']}", {"folder": str(options["dump_local"])})
        return
    if options["dry_run"]:
        made = dry_run(path, account, screen.step, choice)
        screen.result(made.text, made.as_json())
        return
    carry_out(screen, path, account, choice, options)
