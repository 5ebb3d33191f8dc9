"""`deepify compile prod|frontend`"""

from __future__ import annotations

import time
from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen, shown


@click.group("compile", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """Make what a deploy ships, without deploying it.

    What did not change since the last time is not made again; it is kept in the web app's .deep/ folder.
    """


@command.command("prod", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.output_path
@_options.everywhere
@click.pass_obj
def prod(screen: Screen, path: Path, env: str | None, output_path: Path | None) -> None:
    """Make the zip of every function of the web app in PATH, with its requirements for the function's own platform."""
    from deep.wiring.compiling import compile_functions

    began = time.perf_counter()
    packages = compile_functions(path, env, output_path, screen.step)
    took_ms = (time.perf_counter() - began) * 1000
    width = max((len(package.action) for package in packages), default=0)
    lines = [f"{package.action:<{width}}  {_size(package.size_bytes)}  {'made' if package.is_new else 'unchanged'}" for package in packages]
    screen.result("\n".join(lines) or "no functions", [package.as_json() for package in packages])
    for warning in (warning for package in packages for warning in package.warnings):
        screen.warn(warning.message)
    new = [package for package in packages if package.is_new]
    place = shown(output_path or packages[0].path.parent) if packages else "nowhere"
    screen.note(
        f"{len(packages)} packages, {len(new)} made now, {_size(sum(each.size_bytes for each in packages)).strip()} in {place}, {took_ms:.0f} ms"
    )


@command.command("frontend", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.output_path
@_options.everywhere
@click.pass_obj
def frontend(screen: Screen, path: Path, env: str | None, output_path: Path | None) -> None:
    """Write the pages of the web app in PATH as they are deployed, into the folder _www or another one."""
    from deep.wiring.compiling import compile_frontend

    folder = output_path or path / "_www"
    site = compile_frontend(path, env, folder, screen.step)
    for problem in site.problems:
        screen.problem(problem)
    total = _size(sum(len(one.body) for one in site.objects)).strip()
    files = [one.as_json() for one in site.objects]
    screen.result(f"{len(files)} files, {total}, in {shown(folder)}", {"folder": str(folder), "files": files})


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1024:>8.1f} KB"
