"""The shapes of every metadata file: fields, rules and defaults, each written here and nowhere else.

The fields and defaults are the original's; docs/reference/files.md, which is generated from here, tells where we differ and why.
"""

from __future__ import annotations

from deep.frozen import dataclass
from deep.model.name_formats import APP_IDENTIFIER, IDENTIFIER, INSIDE, MODEL_FIELD, MODEL_NAME, NAME, PARAMETER_NAME, VERSION
from deep.model.resource_format import RESOURCES
from deep.model.shape import Again, Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text

ENVIRONMENTS = ("dev", "stage", "test", "prod")
FRONTEND_ENGINES = ("vanilla", "react", "angular", "angular1", "vue", "svelte", "backbone", "aurelia")
FIELD_TYPES = (
    *("string", "number", "boolean", "binary", "email", "website", "date", "uuid", "timeUUID"),
    *("map", "mapSet", "stringSet", "numberSet", "binarySet"),
)
FOLDERS = ("frontend", "backend", "docs", "tests", "models", "validation", "fixtures", "migration", "roles")


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
        "exports": Field(
            Record(
                {
                    "actions": Field(
                        ListOf(Text(r"[a-zA-Z0-9_-]+:[a-zA-Z0-9_-]+", "an action of its own, as resource:action", sample="task:create"), unique=True),
                        "actions that other microapplications may call and grant",
                        default=[],
                    ),
                    "models": Field(ListOf(MODEL_NAME, unique=True), "models that others may declare too, and so share", default=[]),
                }
            ),
            "what other microapplications may use; nothing else of it is theirs",
            default={},
        ),
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
        "secret": Field(Flag(), "whether its value is kept out of every bundle, page and log; backend only", default=False),
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
        "own": Field(Flag(), "whether every identity has items of its own, which no other can read or write", default=False),
        "ttl": Field(Text(), "the number field that holds when an item ends, in seconds since 1970; it is deleted after that"),
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
        "precedence": Field(Number(0), "of the groups that a user is in, the one with the lowest acts; groups without one come last, by name"),
        "Statement": Field(ListOf(STATEMENT, filled=True), "what is granted and refused", required=True),
    }
)

ORIGIN = Text(r"https?://[a-z0-9.-]+(:[0-9]+)?", "an origin: scheme, host and port, without a path", sample="https://example.com")
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
_DOMAIN = Text(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", "a domain name in lower case")
_SSL = Record(
    {
        "domain": Field(_DOMAIN, "the domain that the app answers at", required=True),
        "certificate": Field(
            Text(r"arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]+", "the ARN of a certificate in us-east-1"),
            "its certificate of AWS Certificate Manager",
            required=True,
        ),
        "hostedZone": Field(Text(r"[A-Z0-9]{1,32}", "the id of a hosted zone"), "the zone of Amazon Route 53 that the domain is in, if it is there"),
    }
)
_ENVIRONMENT = Text(choices=ENVIRONMENTS)
_ADDRESS = Text(r"[^@\s]+@([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}", "an e-mail address", sample="ops@example.com")
_MONITORING = Record(
    {
        "dashboard": Field(Flag(), "whether there is a dashboard of Amazon CloudWatch", default=False),
        "alarms": Field(
            Record({"notify": Field(ListOf(_ADDRESS, unique=True), "who is told when an alarm is raised, and when it is over", default=[])}),
            "alarms on errors, on what is turned away and on what is given up",
        ),
    }
)
_WEB_ACL = Text(
    r"arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9_-]+/[0-9a-f-]+",
    "the ARN of a web ACL for CloudFront, which stands in us-east-1",
    sample="arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/6a2a1e1c-1b2c-4d5e-8f90-a1b2c3d4e5f6",
)
_QUOTAS = Record(
    {
        "routes": Field(Number(300, 10_000), "routes of an HTTP API", default=300),
        "cacheBehaviors": Field(Number(75, 10_000), "cache behaviors of a CloudFront distribution", default=75),
    }
)
DEEPLOY = Record(
    {
        "appName": Field(
            Text(r"[a-zA-Z0-9\s+\-=._:/]{1,256}", "1 to 256 letters, digits, spaces and + - = . _ : /"),
            "what people call the app; made from appIdentifier",
        ),
        "appIdentifier": Field(APP_IDENTIFIER, "tells the app from every other of the account; the folder's name by default"),
        "env": Field(Text(choices=ENVIRONMENTS), "the environment", default="dev"),
        "awsAccountId": Field(_ACCOUNT, "the AWS account that it deploys to, twelve digits"),
        "domain": Field(_DOMAIN, "its domain; `deepify ssl enable` takes it into use"),
        "ssl": Field(MapOf(_SSL, _ENVIRONMENT, "environment"), "environment -> where it answers, written by deepify ssl enable", default={}),
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
        "monitoring": Field(
            MapOf(_MONITORING, _ENVIRONMENT, "environment"), "environment -> what is watched there, and who is told of what goes wrong", default={}
        ),
        "waf": Field(
            MapOf(OneOf((Flag(), _WEB_ACL)), _ENVIRONMENT, "environment"),
            "environment -> whether a web application firewall stands before it, or the ARN of the web ACL that shall",
            default={},
        ),
        "quotas": Field(_QUOTAS, "what AWS has raised for the account, where that is more than it gives everybody", default={}),
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
