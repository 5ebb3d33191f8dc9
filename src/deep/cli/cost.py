"""`deepify cost [PATH]`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen

if TYPE_CHECKING:
    from deep.cost.bill import FreeTier


@click.command("cost", cls=ExamplesCommand)
@_options.path
@_options.load
@_options.region
@_options.free
@_options.earlier
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, free: FreeTier, load: tuple[str, bytes | None] | None, **options: Any) -> None:
    """Tell what the web app in PATH costs a month on AWS, at three loads side by side, or at one, line by line.

    Prices come from a dated book that is part of DEEP: nothing is asked of AWS, no account is needed. What is not known is said to be unknown.
    """
    from deep.cost.asking import Question
    from deep.wiring.asking import price

    name, content = load or (None, None)
    answer = price(path, Question(name, content, options["region"], free, options["earlier"]))
    screen.result(answer.text, answer.as_json())
