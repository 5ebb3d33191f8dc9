"""`deepify install [SOURCE] [PATH]`"""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen, shown


@click.command("install", cls=ExamplesCommand)
@click.argument("source", required=False)
@_options.path
@_options.replace
@_options.everywhere
@click.pass_context
def command(context: click.Context, source: str | None, path: Path, *, replace: bool) -> None:
    """Install the microapplications of SOURCE into the web app in PATH (by default this folder).

    SOURCE is a folder, an archive (.zip, .tar, .tar.gz), a git repository by https or ssh, or github://User/Repo#version. Without it, whatever the
    web app still lacks is installed: its root and the dependencies that say where they come from. The same happens for a SOURCE that is a web app
    itself, when this folder is none and no PATH is given.
    """
    from deep.wiring.hooking import hooks, run_hooks
    from deep.wiring.installing import install

    screen: Screen = context.obj
    is_given = context.get_parameter_source("path") is not ParameterSource.DEFAULT
    installed = install(source, path if is_given else None, screen.step, replace=replace)
    path = installed.property_path
    lines = [f"{item.state:<9}{item.identifier} {item.version}  {shown(item.folder)}" for item in installed.placements]
    screen.result("\n".join(lines) or "nothing to install", installed.as_json())
    run_hooks(path, "post-install", screen.hook_run)
    for hook, consent in hooks(path):
        if hook.moment != "post-install" and consent != "approved":
            screen.warn(f"hook {hook} is {consent} and will not run; see `deepify hooks list {shown(path)}`")
    screen.note(f"next: deepify server {shown(path)}")
