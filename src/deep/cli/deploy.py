"""`deepify deploy [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("deploy", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.dry_run
@_options.allow_data_loss
@_options.profile
@_options.endpoint_url
@_options.yes
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Deploy the web app in PATH to your own AWS account, after showing what that will do.

    Interrupted anywhere, run it again: it goes on where it stopped. Deploying the same app twice changes nothing.
    """
    from deep.provision.plan import Plan
    from deep.provision.plan_text import plan_lines
    from deep.wiring.deploying import deploy, plan_deploy, where

    account = where(options)
    if options["dry_run"]:
        made = plan_deploy(path, account, screen.step, live=True)
        screen.result("\n".join(plan_lines(made)), made.as_json())
        return

    def agree(made: Plan) -> bool:
        screen.note("\n".join(plan_lines(made)))
        return options["yes"] or screen.confirm("Do that?")

    done = deploy(path, account, screen.step, agree, options["allow_data_loss"])
    if done is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    screen.result(f"CloudFront Distribution: {done.url}", {"url": done.url, "outputs": dict(done.outputs), "uploaded": done.uploaded})
