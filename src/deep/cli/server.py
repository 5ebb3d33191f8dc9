"""`deepify server [PATH]`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("server", cls=ExamplesCommand)
@_options.path
@_options.port
@_options.open_browser
@_options.skip_frontend_build
@_options.skip_hooks
@_options.act_as
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, act_as: str | None, **options: bool | int) -> None:
    """Run the web app in PATH (by default this folder) with its functions, tables and pages, on this machine alone.

    PATH is a web app, or one microapplication of it: then only that one and what it depends on. Code and files are taken up as they change.
    """
    from deep.wiring.hooking import hooks_before
    from deep.wiring.running import serve

    if not options["skip_hooks"]:
        hooks_before(("init", "server"), path, screen.hook_run, screen.step)
    serve(
        path,
        screen,
        port=int(options["port"]),
        open_browser=bool(options["open_browser"]),
        build_frontend=not options["skip_frontend_build"],
        act_as=act_as,
    )
