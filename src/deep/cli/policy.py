"""`deepify policy [PATH]`, `deepify policy explain|prove`"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import DefaultGroup, ExamplesCommand
from deep.cli._screen import Screen
from deep.errors import ExitCode


@click.group("policy", cls=DefaultGroup, subcommand_metavar="[PATH] | COMMAND [ARGS]...")
@_options.everywhere
def command() -> None:
    """Show who may do what in the web app in PATH (by default this folder): a table of roles by actions, then in words.

    The words also say what each function may touch. What is shown is what the gateway, the page and IAM decide by.
    """


@command.command("show", cls=ExamplesCommand, hidden=True)
@_options.path
@_options.everywhere
@click.pass_obj
def show(screen: Screen, path: Path) -> None:
    """Show who may do what in the web app in PATH."""
    from deep.wiring.asking import policy

    overview = policy(path)
    screen.result(overview.as_text(), overview.as_json())


@command.command("explain", cls=ExamplesCommand)
@click.argument("action")
@_options.path
@_options.as_role
@_options.function
@_options.everywhere
@click.pass_obj
def explain(screen: Screen, path: Path, action: str, role: str | None, function: str | None) -> None:
    """Say why a role may or may not call ACTION (such as deep.todo:task:create), by which line, and what would change it.

    With --function, ACTION is one of AWS's (such as dynamodb:PutItem), and what is explained is whether that function may do it.
    """
    from deep.wiring.asking import explain_function, explain_policy

    if (role is None) == (function is None):
        raise click.UsageError("say --as ROLE for an action of the web app, or --function for what a function may do")
    explanation = explain_policy(path, action, role) if role is not None else explain_function(path, action, str(function))
    help_ = f"\nhelp: {explanation.help}" if explanation.help else ""
    data = {"allowed": explanation.allowed, "reason": explanation.reason, "help": explanation.help}
    screen.result(f"{'allowed' if explanation.allowed else 'denied'}: {explanation.reason}{help_}", data)


@command.command("prove", cls=ExamplesCommand)
@_options.path
@_options.test_command
@_options.everywhere
@click.pass_obj
def prove(screen: Screen, path: Path, test_command: str) -> int:
    """Run the backend tests of the web app in PATH, and find what its functions may do and nothing needed.

    Every access is recorded. Then each statement, action and resource of every function's policy is taken away in turn and the accesses are replayed.
    Exits with 1 when something could be taken away.
    """
    from deep.wiring.asking import prove_policy

    proof = prove_policy(path, shlex.split(test_command), screen.step)
    screen.result(proof.as_text(), proof.as_json())
    return ExitCode.PROJECT if proof.unneeded else ExitCode.OK
