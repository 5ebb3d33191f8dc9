"""Every command by name: where its code is, its section of `deepify --help`, and how it is used. Importing it imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from deep.frozen import dataclass

PREPARE = "Prepare your local environment"
DEVELOP = "Develop on your local environment"
DEPLOY = "Deploy to your cloud environment"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as help shows it. `module` is below `deep.cli`; `aliases` are names it had before or has elsewhere.

    `shortcuts` are names that commands below it had of their own: `compile-prod` is `prod` of `compile`, `create-migration` `data migration` of
    `generate`.
    """

    name: str
    module: str
    section: str
    summary: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    shortcuts: Mapping[str, str] = field(default_factory=dict)


ENTRIES = (
    Entry(
        "helloworld",
        "helloworld",
        PREPARE,
        "Make a small web app to start from.",
        ("deepify helloworld ~/hello", "deepify helloworld ."),
        ("hello-world", "init"),
    ),
    Entry(
        "install",
        "install",
        PREPARE,
        "Install a microapplication and what it depends on.",
        (
            "deepify install https://github.com/MitocGroup/deep-microservices-todo-app.git ~/deep-todo-app",
            "deepify install github://User/Repo#1.0.0",
            "deepify install ../shop ~/my-app",
            "deepify install",
        ),
    ),
    Entry(
        "hooks",
        "hooks",
        PREPARE,
        "See, approve and run the hooks of microapplications.",
        ("deepify hooks list", "deepify hooks approve deep.todo@0.1.0", "deepify hooks run init"),
    ),
    Entry(
        "key",
        "key",
        PREPARE,
        "Make and remove API keys.",
        ("deepify key add partner", "deepify key list", "deepify key remove partner"),
    ),
    Entry(
        "server",
        "server",
        DEVELOP,
        "Run the web app on this machine.",
        ("deepify server", "deepify server ~/deep-todo-app -p 8080 -o"),
        ("dev", "start", "serve"),
    ),
    Entry(
        "lambda",
        "lambda_",
        DEVELOP,
        "Run one function with an event.",
        (
            """deepify lambda deep.todo:task:create -e '{"Title": "Buy milk"}'""",
            "deepify lambda deep.todo:task:retrieve ~/deep-todo-app --plain",
            "echo '{}' | deepify lambda DeepTodo/Backend/src/Task/Retrieve -e -",
        ),
        ("run-lambda", "invoke"),
    ),
    Entry(
        "user",
        "user",
        DEVELOP,
        "Keep the people who may sign in on this machine.",
        (
            "deepify user add ada --email ada@example.com --group editors",
            "deepify user list",
            "deepify user group ada editors --remove",
            "deepify user remove ada",
        ),
    ),
    Entry(
        "migrate",
        "migrate",
        DEVELOP,
        "Run, list and take back migrations.",
        (
            "deepify migrate run",
            "deepify migrate list --deployed --env prod",
            "deepify migrate revert deep.todo",
            "deepify migrate revert deep.todo --to 1764081296123 --deployed",
        ),
    ),
    Entry(
        "inspect",
        "inspect",
        DEVELOP,
        "Print the web app as DEEP understands it, as JSON.",
        ("deepify inspect", "deepify inspect ~/deep-todo-app | jq '.microapps[].identifier'", "deepify inspect --openapi > openapi.json"),
    ),
    Entry(
        "policy",
        "policy",
        DEVELOP,
        "Show who may do what, and prove it.",
        (
            "deepify policy",
            "deepify policy ~/deep-todo-app --json",
            "deepify policy explain deep.todo:task:create --as unauthenticated",
            "deepify policy explain dynamodb:PutItem --function deep.todo:task:retrieve",
            "deepify policy prove",
            "deepify policy prove --command 'python -m pytest tests'",
        ),
    ),
    Entry(
        "cost",
        "cost",
        DEPLOY,
        "Tell what the web app costs a month on AWS.",
        (
            "deepify cost",
            "deepify cost ~/deep-todo-app --load team --region eu-west-1",
            "deepify cost --load our-load.json --free none",
            "deepify cost --compare bills.json",
        ),
        ("price",),
    ),
    Entry(
        "compile",
        "compile_",
        DEPLOY,
        "Make what ships: a zip for each function, the pages as files.",
        ("deepify compile prod", "deepify compile prod ~/deep-todo-app -o _functions", "deepify compile frontend ~/deep-todo-app -o _www"),
        shortcuts={"compile-prod": "prod", "build-frontend": "frontend", "compile-frontend": "frontend"},
    ),
    Entry(
        "plan",
        "plan",
        DEPLOY,
        "Show what a deploy would do, before it does anything.",
        (
            "deepify plan",
            "deepify plan ~/deep-todo-app --env prod --live",
            "deepify plan --exit-code --json",
            "deepify plan --deploy-policy --env prod",
        ),
    ),
    Entry(
        "deploy",
        "deploy",
        DEPLOY,
        "Deploy the web app to your AWS account.",
        (
            "deepify deploy",
            "deepify deploy ~/deep-todo-app --env prod",
            "deepify deploy --dry-run",
            "deepify deploy --yes --profile work",
            "deepify deploy --action deep.todo:task:create --yes",
            "deepify deploy --dump-local out",
        ),
    ),
    Entry(
        "status",
        "status",
        DEPLOY,
        "Show how the deployed web app stands.",
        ("deepify status", "deepify status ~/deep-todo-app --env prod --drift", "deepify status --json"),
    ),
    Entry(
        "list",
        "list_",
        DEPLOY,
        "List the web apps of your AWS account.",
        ("deepify list", "deepify list --region eu-west-1 --profile work --json"),
        ("ls",),
    ),
    Entry(
        "logs",
        "logs",
        DEPLOY,
        "Show what deployed functions write.",
        ("deepify logs", "deepify logs deep.todo:task:create -f", "deepify logs deep.todo:task:create ~/deep-todo-app --since 60"),
    ),
    Entry(
        "rollback",
        "rollback",
        DEPLOY,
        "Go back to an earlier deploy.",
        ("deepify rollback", "deepify rollback --to 1f2e3d4c", "deepify rollback ~/deep-todo-app --env prod --yes"),
    ),
    Entry(
        "publish",
        "publish",
        DEPLOY,
        "Deploy gradually, and go back when errors are seen.",
        ("deepify publish", "deepify publish ~/deep-todo-app --env prod --ratio 4:1 --watch 30"),
    ),
    Entry(
        "undeploy",
        "undeploy",
        DEPLOY,
        "Take the web app out of your AWS account, and keep its data.",
        ("deepify undeploy", "deepify undeploy ~/deep-todo-app --env dev --yes", "deepify undeploy --env test --delete-data deep-todo"),
    ),
    Entry(
        "ssl",
        "ssl",
        DEPLOY,
        "Let the web app answer at a domain of your own.",
        ("deepify ssl enable --domain app.example.com --env prod", "deepify ssl disable --env prod"),
        shortcuts={"enable-ssl": "enable", "disable-ssl": "disable"},
    ),
    Entry(
        "generate",
        "generate",
        DEPLOY,
        "Write a pipeline that tests and deploys, or a migration.",
        (
            "deepify generate ci",
            "deepify generate ci ~/deep-todo-app --env prod",
            "deepify generate ci --host gitlab --force",
            "deepify generate data migration",
            "deepify generate data migration ~/deep-todo-app -m deep.todo",
        ),
        shortcuts={"create-migration": "data migration"},
    ),
)

BY_NAME = {name: entry for entry in ENTRIES for name in (entry.name, *entry.aliases, *entry.shortcuts)}
