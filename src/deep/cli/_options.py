"""Every option and argument that commands share, declared once. Each option is also read from an environment variable named after it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from deep.cli._option_types import Event, Folder, LoadFile, NamedFile, Names, Ratio
from deep.cli._screen import LEVELS, Screen

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _configure(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def set_it(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        screen = ctx.find_object(Screen)
        if screen is not None and value is not None:
            setattr(screen, name, value)

    return set_it


def _together(*options: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    """Options that commands have together, as one decorator."""

    def decorated(command: Decorated) -> Decorated:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


path = click.argument("path", type=Folder(), default=".", required=False)

port = click.option(
    "-p", "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="DEEP_PORT", help="Port to answer at; 0 takes a free one."
)
open_browser = click.option(
    "-o", "--open-browser", is_flag=True, envvar="DEEP_OPEN_BROWSER", help="Open the web app in the browser when it is ready."
)
skip_frontend_build = click.option(
    "-f", "--skip-frontend-build", is_flag=True, envvar="DEEP_SKIP_FRONTEND_BUILD", help="Serve frontends as they are, without building them."
)
account = _together(
    click.option("--profile", metavar="NAME", envvar="AWS_PROFILE", help="The profile of your AWS files to use."),
    click.option("--endpoint-url", metavar="URL", envvar="AWS_ENDPOINT_URL", help="Something else that speaks AWS's protocols, such as an emulator."),
)
"""Which AWS account is meant."""
live = click.option("--live", is_flag=True, envvar="DEEP_LIVE", help="Compare with what the account has, not with the last deploy from here.")
exit_code = click.option("--exit-code", is_flag=True, envvar="DEEP_EXIT_CODE", help="Exit with 3 when there is something to do.")
deploy_policy = click.option(
    "--deploy-policy", is_flag=True, envvar="DEEP_DEPLOY_POLICY", help="Print the least IAM policy that suffices to deploy, and to undeploy, instead."
)
plan_out = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="DEEP_OUT",
    help="Save the plan too, for `deepify deploy --plan`; use it with --live.",
)
saved_plan = click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    envvar="DEEP_PLAN",
    help="Carry out exactly this saved plan, without asking, or refuse.",
)
dry_run = click.option("-d", "--dry-run", is_flag=True, envvar="DEEP_DRY_RUN", help="Show the plan and change nothing.")
prod = click.option("--prod", is_flag=True, envvar="DEEP_PROD", help="The same as --env prod.")
partial = click.option(
    "-m", "--partial", type=Names(), default=(), metavar="A,B", envvar="DEEP_PARTIAL", help="Only the functions of these microapplications."
)
actions = click.option(
    "-a",
    "--action",
    "actions",
    type=Names(),
    default=(),
    metavar="A,B",
    envvar="DEEP_ACTION",
    help="Only these functions, such as deep.todo:task:create.",
)
frontend = click.option("--frontend", is_flag=True, envvar="DEEP_FRONTEND", help="Only the pages.")
backend = click.option("--backend", is_flag=True, envvar="DEEP_BACKEND", help="Everything but the pages.")
dump_local = click.option(
    "-l",
    "--dump-local",
    type=Folder(),
    metavar="DIR",
    envvar="DEEP_DUMP_LOCAL",
    help="Write all that would be sent into DIR, without asking any account.",
)
allow_data_loss = click.option(
    "--allow-data-loss", metavar="NAME", multiple=True, help="A table or pool that may be made anew or let go; may be given again."
)
delete_data = click.option(
    "--delete-data", metavar="NAME", help="Delete tables, users and identities too. NAME is the app's name, typed so that it is meant."
)
drift = click.option("--drift", is_flag=True, envvar="DEEP_DRIFT", help="Look also for what somebody changed by hand; takes a minute.")
follow = click.option("-f", "--follow", is_flag=True, envvar="DEEP_FOLLOW", help="Go on showing what is written, until Ctrl-C.")
since = click.option(
    "--since", type=click.FloatRange(min=0), metavar="MINUTES", default=10.0, show_default=True, envvar="DEEP_SINCE", help="How far back to begin."
)
to = click.option("--to", metavar="DEPLOY_ID", envvar="DEEP_TO", help="The deploy to go back to; by default the one before.")
to_version = click.option(
    "--to", "after", type=click.IntRange(min=0), metavar="VERSION", envvar="DEEP_TO_VERSION", help="Go back to this one; 0 takes all back."
)
microapp = click.option(
    "-m", "--microapp", metavar="MICROAPP", envvar="DEEP_MICROAPP", help="The microapplication; not needed where there is but one besides the root."
)
skip_hooks = click.option("--skip-hooks", is_flag=True, envvar="DEEP_SKIP_HOOKS", help="Run no hook, not even approved ones.")
act_as = click.option(
    "--act-as",
    metavar="WHO",
    envvar="DEEP_ACT_AS",
    help="Let unsigned requests in, as this role (unauthenticated, authenticated, a group) or user. Without it none are, as when deployed.",
)
env = click.option(
    "--env",
    type=click.Choice(("dev", "stage", "test", "prod")),
    envvar="DEEP_ENV",
    help="The environment; by default the one that deeploy.json names.",
)
output_path = click.option(
    "-o", "--output-path", type=Folder(), envvar="DEEP_OUTPUT_PATH", metavar="DIR", help="Write what was made into this folder."
)
replace = click.option("--replace", is_flag=True, envvar="DEEP_REPLACE", help="Overwrite microapplications that differ from the installed ones.")
host = click.option(
    "--host", type=click.Choice(("github", "gitlab")), default="github", show_default=True, envvar="DEEP_HOST", help="Who runs the pipeline."
)
force = click.option("--force", is_flag=True, envvar="DEEP_FORCE", help="Overwrite a file that differs.")
domain = click.option(
    "-d", "--domain", metavar="NAME", envvar="DEEP_DOMAIN", help="The domain, such as app.example.com; by default that of deeploy.json."
)
ratio = click.option(
    "-r",
    "--ratio",
    type=Ratio(),
    default="9:1",
    show_default=True,
    metavar="OLD:NEW",
    envvar="DEEP_RATIO",
    help="How calls are divided while both answer; 0:1 gives all to the new state at once.",
)
watch = click.option(
    "--watch",
    "watch_minutes",
    type=click.FloatRange(0, 24 * 60),
    default=10,
    show_default=True,
    metavar="MINUTES",
    envvar="DEEP_WATCH",
    help="How long errors of the new versions are watched for.",
)
yes = click.option("-y", "--yes", is_flag=True, envvar="DEEP_YES", help="Answer questions with yes.")
as_role = click.option("--as", "role", metavar="ROLE", envvar="DEEP_AS", help="The role that calls: unauthenticated, authenticated or a group.")
function = click.option(
    "--function", metavar="ACTION", envvar="DEEP_FUNCTION", help="The function that acts, by its action, such as deep.todo:task:create."
)
test_command = click.option(
    "--command",
    "test_command",
    default="",
    envvar="DEEP_COMMAND",
    help="What runs the tests, in the folder of the web app; by default pytest on Tests/Backend of each microapplication.",
)
event = click.option(
    "-e",
    "--event",
    type=Event(),
    default="{}",
    show_default=True,
    envvar="DEEP_EVENT",
    metavar="JSON|FILE|-",
    help="The event: JSON, a file of it, or - for stdin.",
)
email = click.option("--email", metavar="ADDRESS", envvar="DEEP_EMAIL", help="The user's address; NAME itself if it is one.")
password = click.option("--password", metavar="TEXT", envvar="DEEP_PASSWORD", help="The user's password; one is made if you give none.")
group = click.option("--group", "groups", metavar="GROUP", multiple=True, envvar="DEEP_GROUP", help="A role to put the user in; may be repeated.")
confirmed = click.option("--confirmed", is_flag=True, envvar="DEEP_CONFIRMED", help="The password is the user's to keep.")
remove = click.option("--remove", is_flag=True, envvar="DEEP_REMOVE", help="Take the user out instead.")
plain = click.option("--plain", is_flag=True, envvar="DEEP_PLAIN", help="Print the function's JSON alone.")
load = click.option(
    "--load",
    type=LoadFile(),
    metavar="hobby|team|busy|idle|FILE",
    envvar="DEEP_LOAD",
    help="How much the app is used: a name, or a JSON file of one's own. By default hobby, team and busy side by side.",
)
region = click.option("--region", metavar="REGION", envvar="DEEP_REGION", help="The AWS region; by default that of deeploy.json.")
earlier = click.option(
    "--compare",
    "earlier",
    type=NamedFile(),
    metavar="FILE",
    envvar="DEEP_COMPARE",
    help="Bills that --json wrote earlier: tell what has become dearer or cheaper since.",
)
free = click.option(
    "--free",
    type=click.Choice(("none", "always", "first-year")),
    default="always",
    show_default=True,
    envvar="DEEP_FREE",
    help="Which of AWS's free tiers to take off.",
)

openapi = click.option("--openapi", is_flag=True, envvar="DEEP_OPENAPI", help="Print its API as an OpenAPI 3.1 document instead.")

everywhere = _together(
    click.option(
        "--json",
        is_flag=True,
        default=None,
        expose_value=False,
        is_eager=True,
        envvar="DEEP_JSON",
        callback=_configure("as_json"),
        help="Print data, also for errors.",
    ),
    click.option(
        "--loglevel",
        type=click.Choice(LEVELS),
        expose_value=False,
        is_eager=True,
        envvar=("DEEP_LOGLEVEL", "DEEP_LOG_LEVEL"),
        callback=_configure("level"),
        help="How much to tell besides results (info).",
    ),
    click.option(
        "--debug",
        is_flag=True,
        default=None,
        expose_value=False,
        is_eager=True,
        envvar="DEEP_DEBUG",
        callback=_configure("debug"),
        help="Show tracebacks of errors.",
    ),
)
"""The options that every command has."""

_deployed = click.option("--deployed", is_flag=True, envvar="DEEP_DEPLOYED", help="In your AWS account, not on this machine.")
here_or_deployed = _together(_deployed, env, account)
"""Which of an app's environments is meant: the one on this machine, or one in an account."""
of_a_deploy = _together(path, env, allow_data_loss, account, skip_hooks, yes, everywhere)
"""What `deploy` and `publish` share."""
