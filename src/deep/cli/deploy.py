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
@_options.prod
@_options.partial
@_options.actions
@_options.frontend
@_options.backend
@_options.dry_run
@_options.dump_local
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
    With --partial, --action, --frontend or --backend only that is brought up to date, and the rest stays as it stands.
    """
    from deep.wiring.choosing import Choice
    from deep.wiring.deploying import deploy, dry_run, dump_local, where
    from deep.wiring.hooking import hooks_before, run_hooks
    from deep.wiring.planning import Consent

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

    def agree(made: PricedPlan) -> bool:
        screen.note(made.text)
        return options["yes"] or screen.confirm("Do that?")

    if not options["skip_hooks"]:
        hooks_before(("init", "pre-deploy"), path, screen.hook_run, screen.step)
    done = deploy(path, account, screen.step, Consent(agree, options["allow_data_loss"], options["plan"]), choice)
    if done is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    if not options["skip_hooks"]:
        run_hooks(path, "post-deploy", screen.hook_run, is_before=False)
    screen.result(done.text, {"url": done.url, "outputs": dict(done.outputs), "uploaded": done.uploaded})
