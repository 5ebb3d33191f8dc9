"""`deepify logs [ACTION] [PATH]`"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen


@click.command("logs", cls=ExamplesCommand)
@click.argument("action", required=False)
@_options.path
@_options.follow
@_options.since
@_options.env
@_options.account
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, action: str | None, path: Path, **options: Any) -> None:
    """Show what the deployed functions of the web app in PATH wrote: all of them, or that of ACTION alone, such as deep.todo:task:create."""
    from deep.wiring.account import where
    from deep.wiring.operating import log_lines

    for line in log_lines(path, where(options), action, since_s=options["since"] * 60.0, follow=options["follow"]):
        at, function = datetime.fromtimestamp(line.at_ms / 1000, UTC).isoformat(timespec="milliseconds"), line.group.rpartition("/")[2]
        screen.result(f"{at} {function} | {line.text}", {"at": at, "function": function, "line": line.text})
