"""`deepify hooks list|approve|run`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen, shown
from deep.errors import Problem, RefusedError


@click.group("hooks", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """See, approve and run the hooks of microapplications.

    A hook is code of a microapplication that runs on this machine. None runs until you approve it, and a changed one asks again.
    """


@command.command("list", cls=ExamplesCommand)
@_options.path
@_options.everywhere
@click.pass_obj
def list_all(screen: Screen, path: Path) -> None:
    """List every hook of the web app in PATH and whether it may run."""
    from deep.wiring.hooking import hooks, hooks_are_confined

    found = hooks(path)
    lines = [f"{consent:<9}{hook}  {shown(hook.path)}" for hook, consent in found]
    screen.result("\n".join(lines) or "no hooks", [hook.as_json(consent) for hook, consent in found])
    if not hooks_are_confined():
        screen.warn("bubblewrap is not usable here: approved hooks run with a scrubbed environment and limits, yet they see your files")


@command.command("approve", cls=ExamplesCommand)
@click.argument("package")
@_options.path
@_options.yes
@_options.everywhere
@click.pass_obj
def approve(screen: Screen, package: str, path: Path, *, yes: bool) -> None:
    """Let the hooks of PACKAGE (such as deep.todo or deep.todo@0.1.0) run, as they are now."""
    from deep.wiring.hooking import approve_hooks, hooks_to_approve

    waiting = hooks_to_approve(package, path)
    for hook in waiting:
        places = ", ".join(["its own folder", *hook.microapp.writes])
        screen.note(f"{hook}: {shown(hook.path)}\n  may write: {places}; network: none\n  {hook.digest}")
    if waiting and not yes and not screen.confirm("Let them run?"):
        raise RefusedError(Problem("not-approved", f"the hooks of {package} were not approved", help="`--yes` approves without asking"))
    approve_hooks(path, waiting)
    screen.result(f"approved {len(waiting)} hook(s) of {package}", [hook.as_json("approved") for hook in waiting])


@command.command("run", cls=ExamplesCommand)
@click.argument("moment")
@_options.path
@_options.everywhere
@click.pass_obj
def run(screen: Screen, moment: str, path: Path) -> None:
    """Run the approved hooks of MOMENT (init, post-install, ...) in the web app in PATH now."""
    from deep.wiring.hooking import run_hooks

    run_hooks(path, moment, screen.hook_run)
