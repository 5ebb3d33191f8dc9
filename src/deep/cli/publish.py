"""`deepify publish [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen

if TYPE_CHECKING:
    from deep.wiring.planning import PricedPlan


@click.command("publish", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.ratio
@_options.watch
@_options.allow_data_loss
@_options.skip_hooks
@_options.profile
@_options.endpoint_url
@_options.yes
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> None:
    """Deploy the web app in PATH gradually: new versions of functions get a part of the calls, and all of them once no error was seen in time.

    When one fails, the versions before answer all calls again. Interrupted anywhere, run it again.
    """
    from deep.provision.gradual import Gradually
    from deep.wiring.choosing import Choice
    from deep.wiring.deploying import deploy, where
    from deep.wiring.hooking import hooks_before, run_hooks
    from deep.wiring.planning import Consent

    def agree(made: PricedPlan) -> bool:
        screen.note(made.text)
        return options["yes"] or screen.confirm("Do that?")

    if not options["skip_hooks"]:
        hooks_before(("init", "pre-deploy"), path, screen.hook_run, screen.step)
    choice = Choice(gradually=Gradually(options["ratio"], options["watch_minutes"] * 60))
    done = deploy(path, where(options), screen.step, Consent(agree, options["allow_data_loss"]), choice)
    if done is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    if not options["skip_hooks"]:
        run_hooks(path, "post-deploy", screen.hook_run, is_before=False)
    screen.result(done.text, {"url": done.url, "outputs": dict(done.outputs), "uploaded": done.uploaded})
