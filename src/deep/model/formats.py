"""The shapes of every metadata file: fields, rules and defaults, each written here and nowhere else.

The fields and defaults are the original's; docs/reference/files.md, which is generated from here, tells where we differ and why.
"""

from __future__ import annotations

from dataclasses import dataclass

from deep.model.shape import Again, Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text

ENVIRONMENTS = ("dev", "stage", "test", "prod")
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
FRONTEND_ENGINES = ("vanilla", "react", "angular", "angular1", "vue", "svelte", "backbone", "aurelia")
FIELD_TYPES = (
    *("string", "number", "boolean", "binary", "email", "website", "date", "uuid", "timeUUID"),
    *("map", "mapSet", "stringSet", "numberSet", "binarySet"),
)
FOLDERS = ("frontend", "backend", "docs", "tests", "models", "validation", "fixtures", "migration", "roles")
RUNTIMES = (
    *(f"python3.{minor}" for minor in range(9, 15)),
    *("nodejs", "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"),
    *("java11", "java17", "java21", "java25", "provided.al2", "provided.al2023"),
)
DEFAULT_MEMORY_MB = 512
DEFAULT_TIMEOUT_S = 30
"""The original's 300 s is longer than an HTTP API waits for its function (30 s), so a slow action failed once it was deployed."""

IDENTIFIER = Text(
    r"(?=.{1,64}\Z)[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*",
    "1 to 64 lower-case letters, digits, dashes and underscores, in parts divided by single dots: it becomes a part of URLs",
    sample="acme.shop",
)
APP_IDENTIFIER = Text(r"[a-zA-Z0-9_.-]{1,64}", "1 to 64 letters, digits, dots, dashes and underscores", sample="acme-shop")
VERSION = Text(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    "a semantic version: three numbers divided by dots, such as 1.2.3",
    sample="0.1.0",
)
NAME = Text(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}", "1 to 64 letters, digits, dashes and underscores: it becomes a part of URLs and of names in the cloud")
MODEL_NAME = Text(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", "1 to 64 letters, digits, dashes and underscores, a letter first")
MODEL_FIELD = Text(r"[^\s|]{1,255}", "1 to 255 characters without spaces and |")
PARAMETER_NAME = Text(r"[^|\s][^|]*(\|[^|]+)*", "a name, or names divided by | for values inside values")
INSIDE = Text(r"(?!/)(?!.*(^|[/\\])\.\.([/\\]|$))[^\\]+", "a path inside the microapplication, with / between its parts", sample="src/Task/Create")

PERSON = Record(
    {
        "name": Field(Text(), "who it is", required=True),
        "email": Field(Text(), "where to write"),
        "website": Field(Text(r"https?://\S+", "a web address that begins with http:// or https://"), "where to read more"),
    }
)

DEEPKG = Record(
    {
        "identifier": Field(IDENTIFIER, "what references call it, such as deep.todo", required=True),
        "name": Field(Text(sample="Acme Shop"), "what people call it", required=True),
        "description": Field(Text(), "what it is, in a sentence", default="Deep Microservice"),
        "version": Field(VERSION, "its version", required=True),
        "propertyRoot": Field(Flag(), "whether it is the root, which owns the page and the globals; a property has exactly one", default=False),
        "author": Field(PERSON, "who made it"),
        "contributors": Field(ListOf(PERSON), "who helped", default=[]),
        "dependencies": Field(MapOf(Text(sample="^1.0.0")), "identifier -> range of versions, or github://User/Repo#version", default={}),
        "autoload": Field(
            Record({name: Field(INSIDE, f"the folder of {name}") for name in FOLDERS}),
            "folders that are not where they are by default (Frontend, Backend, Docs, Tests, Data/Models, ... or the same in lower case)",
            default={},
        ),
        "frontendEngine": Field(
            ListOf(Text(choices=FRONTEND_ENGINES), unique=True), "the frontend frameworks that it is written for", default=["vanilla"]
        ),
        "tags": Field(ListOf(Text()), "words to find it by", default=[]),
        "hooks": Field(
            Record(
                {
                    "write": Field(
                        ListOf(Text(r"[^:\s]+:[^:\s]+", "a folder of a microapplication, as identifier:path", sample="deep.root:Frontend")),
                        "folders of other microapplications that its hooks write to",
                        default=[],
                    )
                }
            ),
            "what its hooks need beyond their own folder",
            default={},
        ),
    }
)

ENGINE = Record(
    {
        "memory": Field(Number(128, 10240), "memory in MB", default=DEFAULT_MEMORY_MB),
        "timeout": Field(Number(1, 900), "seconds after which it is stopped", default=DEFAULT_TIMEOUT_S),
        "runtime": Field(Text(choices=RUNTIMES), "the language and its version; found from the files of the folder by default"),
        "uploadTimeout": Field(Number(0), "kept from the original, not used", default=120000),
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
        "models": Field(ListOf(Text(), unique=True), "the models that it uses; told from its code when left out"),
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

PARAMETER = Record(
    {
        "displayName": Field(Text(), "what people call it"),
        "description": Field(Text(), "what it is for", default=""),
        "type": Field(Text(choices=("string", "number", "integer", "boolean", "date", "file")), "the type of its value", default="string"),
        "enum": Field(ListOf(Anything(), filled=True), "all values that are allowed"),
        "pattern": Field(Text(), "a regular expression that the value matches"),
        "minLength": Field(Number(0), "the least characters of the value"),
        "maxLength": Field(Number(0), "the most characters of the value"),
        "minimum": Field(Number(whole=False), "the least value"),
        "maximum": Field(Number(whole=False), "the greatest value"),
        "required": Field(Flag(), "whether the app cannot do without a value", default=False),
        "default": Field(Anything(), "its value when nobody gives one"),
        "example": Field(Anything(), "a value to show to who is asked for one"),
        "repeat": Field(Flag(), "whether it is a list of such values", default=False),
    }
)

_TIER = MapOf(PARAMETER, PARAMETER_NAME, "name of a parameter")
PARAMETERS = Record(
    {
        "frontend": Field(_TIER, "parameters that the browser sees", default={}),
        "backend": Field(_TIER, "parameters that the functions see", default={}),
        "globals": Field(_TIER, "parameters that both see, of every microapplication; only in the root", default={}),
    }
)
ANSWERS = Record({tier: Field(MapOf(Anything()), f"values of the {tier} parameters", default={}) for tier in PARAMETERS.fields})

INDEX = OneOf(
    (
        Text(sample="Email"),
        Record(
            {
                "partition": Field(Text(), "the field that items are found by", required=True),
                "sort": Field(Text(), "the field that the found items are ordered by"),
            }
        ),
    )
)
CAPACITIES = {"readCapacity": 1, "writeCapacity": 1, "maxReadCapacity": 10000, "maxWriteCapacity": 10000}
MODEL_SETTINGS = Record(
    {
        "indexes": Field(ListOf(INDEX), "fields to find items by without reading the whole table", default=[]),
        "open": Field(Flag(), "whether items may hold fields that the model does not name", default=False),
        **{
            name: Field(Number(1), "kept from the original; tables are paid by use and have no capacity", default=size)
            for name, size in CAPACITIES.items()
        },
    }
)


def _field_type() -> Shape:
    return OneOf((Text(choices=FIELD_TYPES), MapOf(FIELD, MODEL_FIELD, "name of a field")))


FIELD = Again("field", _field_type)
SETTINGS_KEY = "_settings"
MODEL = MapOf(FIELD, MODEL_FIELD, "name of a field", {SETTINGS_KEY: Field(MODEL_SETTINGS, "what the table needs besides", default={})})

_TEXTS = OneOf((Text(sample="deep.todo:task:create"), ListOf(Text(sample="deep.todo:task:create"), filled=True)))
STATEMENT = Record(
    {
        "Sid": Field(Text(), "a name for people"),
        "Effect": Field(Text(choices=("Allow", "Deny")), "whether it grants or refuses; refusing wins", required=True),
        "Action": Field(_TEXTS, "actions, as microapplication:resource:action", required=True),
        "Resource": Field(_TEXTS, "the resources of these actions, as microapplication:resource", required=True),
        "wide": Field(Flag(), "whether * is allowed as a part of an action or resource", default=False),
    }
)
ROLE_VERSION = "2015-10-07"
ROLE = Record(
    {
        "Version": Field(Text(choices=(ROLE_VERSION,)), "the version of the language of roles", required=True),
        "Statement": Field(ListOf(STATEMENT, filled=True), "what is granted and refused", required=True),
    }
)

AWS = Record(
    {
        "region": Field(
            Text(r"[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region such as us-east-1", sample="us-west-2"), "where it deploys to", default="us-west-2"
        ),
        "accessKeyId": Field(Text(), "never read; remove it"),
        "secretAccessKey": Field(Text(), "never read; remove it"),
        "sessionToken": Field(Text(), "never read; remove it"),
        "httpOptions": Field(MapOf(Anything()), "kept from the original, not used"),
    }
)
_ACCOUNT = OneOf((Number(0, 999_999_999_999), Text(r"[0-9]{12}", "twelve digits")))
ORIGIN = Text(
    r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?|http://localhost(:[1-9][0-9]{0,4})?",
    "an origin: https://, a host in lower case and perhaps a port, without a path (http only for localhost)",
    sample="https://partner.example",
)
_DIGEST = Text(r"sha256-[0-9a-f]{64}", "sha256- and 64 hex digits")
_APPROVALS = MapOf(MapOf(_DIGEST, what="moment"), what="identifier@version")
DEEPLOY = Record(
    {
        "appName": Field(
            Text(r"[a-zA-Z0-9\s+\-=._:/]{1,256}", "1 to 256 letters, digits, spaces and + - = . _ : /"),
            "what people call the app; made from appIdentifier",
        ),
        "appIdentifier": Field(APP_IDENTIFIER, "tells the app from every other of the account; the folder's name by default"),
        "env": Field(Text(choices=ENVIRONMENTS), "the environment", default="dev"),
        "awsAccountId": Field(_ACCOUNT, "the AWS account that it deploys to, twelve digits"),
        "domain": Field(Text(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", "a domain name in lower case"), "its domain"),
        "domainAliases": Field(ListOf(Text()), "further domains", default=[]),
        "apiAlias": Field(Text(), "the domain of its API"),
        "apiVersion": Field(Text(r"[a-zA-Z0-9_]+", "letters, digits and underscores"), "the version of its API", default="v1"),
        "cors": Field(ListOf(ORIGIN, unique=True), "origins of other web sites whose pages may call the API", default=[]),
        "apiKeys": Field(
            MapOf(_DIGEST, NAME, "name of an API key"),
            "who may call actions that require a key: name -> digest of the key, written by deepify key add",
            default={},
        ),
        "website": Field(Flag(), "whether the pages are also served by a public S3 website endpoint", default=False),
        "aws": Field(AWS, "where it deploys to", default={}),
        "hooks": Field(
            Record({"approved": Field(_APPROVALS, "identifier@version -> moment -> hash of the script", default={})}),
            "hooks that may run",
            default={},
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: the name of its schema, where it is found, what it is, and its shape."""

    name: str
    file: str
    about: str
    shape: Shape


FORMATS = (
    Format("deepkg", "deepkg.json", "What a microapplication is: its identifier, version, dependencies and folders.", DEEPKG),
    Format(
        "deeploy",
        "deeploy.json",
        "What a property is: the app's name, environment, account and region. Optional, and never the place of a secret.",
        DEEPLOY,
    ),
    Format("resources", "Backend/resources.json", "The resources of a microapplication and their actions, by name.", RESOURCES),
    Format("parameters", "parameters.json", "The named parameters (RAML 0.8) that configure a microapplication.", PARAMETERS),
    Format("answers", ".parameters.json", "The values that were given to the parameters of `parameters.json`.", ANSWERS),
    Format(
        "model",
        "Data/Models/<Name>.json",
        "A table: the fields of its items and their types. `Id`, `createdAt` and `updatedAt` are in every item.",
        MODEL,
    ),
    Format("role", "Data/Roles/<name>.json", "Who may call which actions. The file's name is the role's.", ROLE),
)
