"""The shape of `resources.json`: actions, what they run on, how they are reached and what they may use."""

from __future__ import annotations

from deep.model.name_formats import MODEL_NAME, NAME
from deep.model.shape import Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Text

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
RUNTIMES = (
    *(f"python3.{minor}" for minor in range(9, 15)),
    *("nodejs", "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"),
    *("java11", "java17", "java21", "java25", "provided.al2", "provided.al2023"),
)
DEFAULT_MEMORY_MB = 512
DEFAULT_TIMEOUT_S = 30
"""The original's 300 s is longer than an HTTP API waits for its function (30 s), so a slow action failed once it was deployed."""

ENGINE = Record(
    {
        "memory": Field(Number(128, 10240), "memory in MB", default=DEFAULT_MEMORY_MB),
        "timeout": Field(Number(1, 900), "seconds after which it is stopped", default=DEFAULT_TIMEOUT_S),
        "runtime": Field(Text(choices=RUNTIMES), "the language and its version; found from the files of the folder by default"),
        "uploadTimeout": Field(Number(0), "kept from the original, not used", default=120000),
    }
)

VERBS = ("create", "get", "list", "find", "update", "delete", "unique")
"""What an action may do with the items of a model; docs/guide/permissions.md says which methods each stands for."""
ACTION_REFERENCE = Text(
    r"[a-z0-9][a-z0-9._-]*:[a-zA-Z0-9_-]+:[a-zA-Z0-9_-]+", "an action, as microapplication:resource:action", sample="deep.todo:task:create"
)
_ONE_OR_MORE = OneOf((Text(), ListOf(Text(), filled=True)))
USES = Record(
    {
        "models": Field(
            MapOf(ListOf(Text(choices=VERBS), unique=True, filled=True), MODEL_NAME, "name of a model"),
            "model -> what it does with items",
            default={},
        ),
        "actions": Field(ListOf(ACTION_REFERENCE, unique=True), "the actions that it calls", default=[]),
        "aws": Field(
            ListOf(
                Record(
                    {
                        "Action": Field(_ONE_OR_MORE, "IAM actions, such as ses:SendEmail", required=True),
                        "Resource": Field(_ONE_OR_MORE, "the ARNs that they reach", required=True),
                        "wide": Field(Flag(), "whether * is allowed in an action, or as a whole resource", default=False),
                    }
                )
            ),
            "what its own SDK calls need beyond DEEP's services",
            default=[],
        ),
    }
)

API = Record(
    {
        "authorization": Field(Text(choices=("AWS_IAM", "NONE", "CUSTOM")), "how callers of its route prove who they are", default="AWS_IAM"),
        "keyRequired": Field(Flag(), "whether callers need an API key", default=False),
    }
)

ACTION = Record(
    {
        "description": Field(Text(), "what it does", default=""),
        "type": Field(Text(choices=("lambda", "external")), "a function of this microapplication, or a service elsewhere", required=True),
        "methods": Field(
            ListOf(Text(choices=METHODS), unique=True, filled=True), "the HTTP methods that it answers; the first is the default", required=True
        ),
        "source": Field(Text(r"\S(.*\S)?", "a path or a URL"), "lambda: the folder of its code, below Backend; external: the URL", required=True),
        "cacheTtl": Field(Number(-1), "seconds that browsers keep its answers; -1 not at all, 0 for ever", default=-1),
        "forceUserIdentity": Field(Flag(), "whether calls without an identity are refused", default=True),
        "validationSchema": Field(Text(), "the schema (Data/Validation) or model that its input must satisfy"),
        "uses": Field(USES, "all that its function may touch, and so its permissions; told from its code when left out"),
        "engine": Field(ENGINE, "what the function may use", default={}),
        "skipCompile": Field(Flag(), "kept from the original, not used", default=False),
        "cron": Field(
            Text(r"\S+( +\S+){5}", "six fields: minute, hour, day of month, month, day of week, year", sample="0 6 * * ? *"),
            "when it runs by itself, in UTC (Amazon EventBridge's cron)",
        ),
        "cronPayload": Field(MapOf(Anything()), "the event that it gets then"),
        "scope": Field(
            Text(choices=("public", "protected", "private")),
            "who reaches it: API and direct calls, the API alone, or other functions alone; private by default if it has a cron, else public",
        ),
        "api": Field(API, "its route", default={}),
    }
)

RESOURCES = MapOf(MapOf(ACTION, NAME, "name of an action"), NAME, "name of a resource")
