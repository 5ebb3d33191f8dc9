"""`deepify deploy [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen

if TYPE_CHECKING:
    from deep.wiring.planning import PricedPlan


@click.command("deploy", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.dry_run
@_options.allow_data_loss
@_options.saved_plan
@_options.profile
@_options.endpoint_url
@_options.skip_hooks
@_options.yes
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Deploy the web app in PATH to your own AWS account, after showing what that will do.

    Interrupted anywhere, run it again: it goes on where it stopped. Deploying the same app twice changes nothing.
    """
    from deep.wiring import hooks_before, run_hooks
    from deep.wiring.deploying import deploy, plan_deploy, where
    from deep.wiring.planning import Consent

    account = where(options)
    if options["dry_run"]:
        made = plan_deploy(path, account, screen.step, live=True)
        screen.result(made.text, made.as_json())
        return

    def agree(made: PricedPlan) -> bool:
        screen.note(made.text)
        return options["yes"] or screen.confirm("Do that?")

    if not options["skip_hooks"]:
        hooks_before(("init", "pre-deploy"), path, screen.hook_run, screen.step)
    done = deploy(path, account, screen.step, Consent(agree, options["allow_data_loss"], options["plan"]))
    if done is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    if not options["skip_hooks"]:
        run_hooks(path, "post-deploy", screen.hook_run, is_before=False)
    screen.result(f"CloudFront Distribution: {done.url}", {"url": done.url, "outputs": dict(done.outputs), "uploaded": done.uploaded})
