"""What `deploy` and `publish` do alike: hooks around it, the plan shown and agreed to, and the address at the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.cli._screen import Screen

if TYPE_CHECKING:
    from deep.wiring.account import Where
    from deep.wiring.choosing import Choice
    from deep.wiring.planning import PricedPlan


def carry_out(screen: Screen, path: Path, account: Where, choice: Choice, options: Mapping[str, Any]) -> None:
    """Deploys `choice` of the web app at `path`; `options` are those of `_options.of_a_deploy`, and perhaps `plan`."""
    from deep.wiring.deploying import deploy, refuse_early
    from deep.wiring.hooking import hooks_before, run_hooks
    from deep.wiring.planning import Consent

    def agree(made: PricedPlan) -> bool:
        screen.note(made.text)
        return options["yes"] or screen.confirm("Do that?")

    consent = Consent(agree, options["allow_data_loss"], options.get("plan"))
    refuse_early(path, account, consent)
    if not options["skip_hooks"]:
        hooks_before(("init", "pre-deploy"), path, screen.hook_run, screen.step)
    done = deploy(path, account, screen.step, consent, choice)
    if done is None:
        screen.note("nothing was changed; say --yes where nobody can be asked")
        return
    if not options["skip_hooks"]:
        run_hooks(path, "post-deploy", screen.hook_run, is_before=False)
    screen.result(done.text, {"url": done.url, "outputs": dict(done.outputs), "uploaded": done.uploaded})
