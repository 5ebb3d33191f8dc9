"""`deepify`: where the process begins, and where every ending gets its exit code (docs/reference/errors.md)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from deep.cli import _options
from deep.cli._group import CatalogueGroup
from deep.cli._screen import Screen, standard_screen
from deep.errors import DeepError, ExitCode, Problem


def _show_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:  # noqa: FBT001 - click's signature
    if is_asked:
        from importlib.metadata import version

        found = version("deep-framework")
        screen = ctx.find_object(Screen) or standard_screen()
        screen.result(f"deepify {found}", {"version": found})
        ctx.exit()


@click.group(
    cls=CatalogueGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option("-v", "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Show the version.")
@_options.everywhere
@click.pass_context
def deepify(ctx: click.Context) -> None:
    """Build web apps from microapplications, and run them whole on this machine."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> NoReturn:
    """The console script. It ends its process at once: Python would first free each object, which the system does anyway (a tenth of a plan)."""
    code = run(sys.argv[1:], standard_screen())
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(code)


def run(arguments: Sequence[str], screen: Screen) -> int:
    """Runs one command line and answers the exit code; no error leaves it as a traceback unless `--debug` asks for one."""
    screen.as_json = "--json" in arguments  # so that even a mistake before the option is told as data
    try:
        code = deepify.main(args=list(arguments), prog_name="deepify", standalone_mode=False, obj=screen)
    except DeepError as error:
        return _failed(screen, error.problems, error.exit_code)
    except click.ClickException as error:
        return _failed(screen, [_usage_problem(error)], ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        return screen.interrupted()
    except OSError as error:
        return _failed(screen, [_machine_problem(error)], ExitCode.ENVIRONMENT)
    except Exception as error:  # noqa: BLE001 - the last resort: a mistake of DEEP's own, told without a traceback
        return _failed(screen, [_own_problem(error)], ExitCode.PROJECT)
    return code if isinstance(code, int) else ExitCode.OK


def _failed(screen: Screen, problems: Sequence[Problem], exit_code: int) -> int:
    if screen.debug:
        screen.traceback()
    screen.errors(problems, exit_code)
    return exit_code


def _usage_problem(error: click.ClickException) -> Problem:
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "deepify"
    help_ = f"`{command} --help` shows how it is used"
    if isinstance(error, click.NoSuchOption):
        if error.possibilities:
            help_ = f"did you mean {' or '.join(sorted(error.possibilities))}?"
        return Problem("unknown-option", f"{command} has no option {error.option_name}", help=help_)
    return Problem("usage", error.format_message(), help=help_)


def _machine_problem(error: OSError) -> Problem:
    where = f": {error.filename}" if error.filename else ""
    return Problem("machine", f"{error.strerror or error}{where}", help="check permissions, free space and the path; nothing was left half done")


def _own_problem(error: Exception) -> Problem:
    return Problem("internal", f"a mistake in DEEP itself: {type(error).__name__}: {error}", help="`--debug` shows where; please report it")
