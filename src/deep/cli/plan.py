"""`deepify plan [PATH]`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand
from deep.cli._screen import Screen
from deep.errors import ExitCode, Problem, UsageError

CHANGES = 3


@click.command("plan", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.live
@_options.account
@_options.exit_code
@_options.deploy_policy
@_options.plan_out
@_options.skip_hooks
@_options.everywhere
@click.pass_obj
def command(screen: Screen, /, path: Path, **options: Any) -> int:
    """Show what deploying the web app in PATH would do: resources, rights and data, before anything happens.

    Needs no account and no network: it compares with the last deploy from this machine. With --live it asks the account instead.
    """
    from deep.wiring.account import where
    from deep.wiring.foretelling import deploy_policy, plan_deploy

    if options["deploy_policy"]:
        if options["out"] or options["exit_code"]:
            raise UsageError(Problem("usage", "--deploy-policy prints a policy and makes no plan", help="leave out --out and --exit-code"))
        documents = [document.as_json() for document in deploy_policy(path, where(options), screen.step, live=options["live"])]
        screen.result("\n".join(json.dumps(document, indent=2) for document in documents), {"policies": documents})
        return ExitCode.OK
    if options["out"] and not options["skip_hooks"]:  # a saved plan is of the pages as well, which hooks may add to
        from deep.wiring.hooking import hooks_before

        hooks_before(("init",), path, screen.hook_run, screen.step)
    made = plan_deploy(path, where(options), screen.step, live=options["live"], saved=options["out"])
    screen.result(made.text, made.as_json())
    return CHANGES if options["exit_code"] and not made.is_empty else ExitCode.OK
