"""Which actions a deploy makes functions of: those in Python, but for what the property's `.deeployignore` leaves out."""

from __future__ import annotations

from deep.bundle.ignore import read_ignore_file
from deep.errors import Problem, ProjectError
from deep.model import Action, App

IGNORE_FILE = ".deeployignore"


def left_out(app: App) -> tuple[Action, ...]:
    """The actions that `.deeployignore` of the property excludes, by lines such as `resource/deep.todo:task:create`, with `*` and `!` (parity 46)."""
    ignored = read_ignore_file(app.path / IGNORE_FILE)
    return tuple(action for action in app.actions if ignored.ignores(f"resource/{action.identifier}"))


def deployed_actions(app: App) -> tuple[Action, ...]:
    """The actions that become functions. Raises ProjectError (`undeployable-language`) naming every one that is in another language than Python."""
    excluded = {action.identifier for action in left_out(app)}
    functions = [action for action in app.actions if action.type == "lambda" and action.identifier not in excluded]
    problems = [_problem(action) for action in functions if action.language != "python" or action.source is None]
    if problems:
        raise ProjectError(*problems)
    return tuple(functions)


def _problem(action: Action) -> Problem:
    language = {"nodejs": "Node.js", "java": "Java", None: "no language"}.get(action.language, f"{action.runtime}")
    return Problem(
        "undeployable-language",
        f"{action.identifier} is in {language}, which DEEP does not deploy yet",
        place=action.place,
        expected="a folder with handler.py or bootstrap.py",
        help=f"write it in Python, or leave it out of deploys: add the line resource/{action.identifier} to {IGNORE_FILE}",
    )
