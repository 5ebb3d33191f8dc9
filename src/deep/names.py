"""Names, both ways: identifiers such as `deep.todo:task:create` and the names their resources bear on disk, in URLs and in the cloud.

Imported inside functions, so it imports nothing that costs time. The rules are `deep-2016` 4.3 with its bugs mended: hashes are padded on the left,
equal first and last characters do not divide by zero, and a cut name keeps a hash of the whole so that two names never become one.
"""

from __future__ import annotations

from zlib import crc32

CLOUD_NAME_LIMITS = {"lambda": 64, "iam": 64, "s3": 63, "sqs": 80, "cognito": 128, "api": 128, "dynamodb": 251, "elasticache": 20}
"""Longest name of each service, in characters (AWS service quotas); of DynamoDB's 255, `-own` may take four."""
_HASH_LENGTH = 8
_OWN = "-own"
"""No model's name has a dash in it once it is `studly`, so that no two tables get one name."""
ALIAS = "live"
"""The alias of every deployed function."""


def split_reference(reference: str) -> tuple[str, str]:
    """`@deep.todo:js/app.js` -> (`deep.todo`, `js/app.js`); spaces around either part are dropped.

    Raises ValueError for anything else, naming the form that is expected.
    """
    text = reference.strip()
    head, colon, tail = text[1:].partition(":")
    microapp, path = head.strip(), tail.strip()
    if not text.startswith("@") or not colon or not microapp or not path or " " in path:
        raise ValueError(f"{reference!r} is not of the form '@microapp:path'")
    return microapp, path


def action_identifier(microapp: str, resource: str, action: str) -> str:
    """The DEEP identifier of an action: `deep.todo:task:create`."""
    return f"{microapp}:{resource}:{action}"


def split_action(identifier: str) -> tuple[str, str, str]:
    """`deep.todo:task:create`, with or without a leading `@`, -> its three parts. Raises ValueError for another form."""
    parts = identifier.removeprefix("@").split(":")
    if len(parts) != 3 or not all(parts):
        raise ValueError(f"{identifier!r} is not of the form 'microapp:resource:action'")
    return parts[0], parts[1], parts[2]


def url_segment(name: str) -> str:
    """A name as a part of an API path: dots become dashes (`deep.todo` -> `deep-todo`)."""
    return name.replace(".", "-")


def action_path(microapp: str, resource: str, action: str) -> str:
    """The path an action answers at, locally and deployed: `/deep-todo/task/create`."""
    return f"/{url_segment(microapp)}/{url_segment(resource)}/{url_segment(action)}"


def local_function_arn(microapp: str, resource: str, action: str) -> str:
    """The ARN a function bears in local runs, as the original's `/_/lambda` protocol spells it."""
    return f"arn:aws:lambda:::function:{microapp}-{resource}-{action}"


def studly(name: str) -> str:
    """`say-hello` -> `SayHello`, `deleteCompleted` -> `DeleteCompleted`; anything that is not alphanumeric separates words."""
    words = "".join(character if character.isalnum() else " " for character in name).split()
    return "".join(word[0].upper() + word[1:] for word in words)


def app_hash(account_id: str, app_identifier: str) -> str:
    """Eight hex digits that tell one app in one account from every other (CRC-32, padded on the left)."""
    return f"{crc32(f'{account_id}{app_identifier}'.encode()):08x}"


def deploy_id(app_identifier: str, stamp: str) -> str:
    """Eight hex digits that change with every deploy; they version asset URLs and cache keys."""
    return f"{crc32(f'{app_identifier}#{stamp}'.encode()):08x}"


def cloud_name(env: str, name: str, hash_: str, *, service: str) -> str:
    """`Deep<Env><Name><hash>`, cut to the service's limit without ever making two names one.

    `service` is a key of `CLOUD_NAME_LIMITS`. A name that must be cut gives up its tail for four hex digits of the whole name's hash.
    """
    stem = f"Deep{studly(env)}{studly(name)}"
    room = CLOUD_NAME_LIMITS[service] - len(hash_)
    if len(stem) > room:
        stem = f"{stem[: room - 4]}{crc32(stem.encode()) & 0xFFFF:04x}"
    return f"{stem}{hash_}"


def table_name(env: str, model: str, hash_: str, *, own: bool = False) -> str:
    """The DynamoDB table of a model (parity 76): `DeepDevTodo1234abcd`, and `DeepDevTodo-own1234abcd` of one that is keyed by owners.

    So a table's name tells its keys: of a model that becomes `own` the rows go from one table to another.
    """
    name = cloud_name(env, model, hash_, service="dynamodb")
    return other_table(name) if own else name


def other_table(name: str) -> str:
    """The table that a model has when it becomes `own`, or is no longer: `DeepDevTodo1234abcd` <-> `DeepDevTodo-own1234abcd`."""
    stem, hash_ = name[:-_HASH_LENGTH], name[-_HASH_LENGTH:]
    return f"{stem.removesuffix(_OWN)}{hash_}" if stem.endswith(_OWN) else f"{stem}{_OWN}{hash_}"


def function_name(env: str, microapp: str, resource: str, action: str, hash_: str) -> str:
    """The Lambda function of an action: `DeepDevDeepTodoTaskCreate1234abcd`."""
    return cloud_name(env, f"{microapp} {resource} {action}", hash_, service="lambda")


class CloudNames:
    """The names and ARNs that one app has in one environment, account and region.

    `hash_` is `app_hash`'s. Region and account may be CloudFormation's `${AWS::Region}` and `${AWS::AccountId}`: ARNs are then texts for `Fn::Sub`.
    """

    __slots__ = ("account_id", "env", "hash", "partition", "region")

    def __init__(self, env: str, hash_: str, account_id: str, region: str, partition: str = "aws") -> None:
        self.env = env
        self.hash = hash_
        self.account_id = account_id
        self.region = region
        self.partition = partition

    def table(self, model: str, *, own: bool = False) -> str:
        return table_name(self.env, model, self.hash, own=own)

    def table_arn(self, model: str, *, own: bool = False) -> str:
        return self.arn_of_table(self.table(model, own=own))

    def arn_of_table(self, name: str) -> str:
        """The ARN of a table by the table's own name."""
        return self._arn("dynamodb", f"table/{name}")

    def index_arn(self, model: str, index: str, *, own: bool = False) -> str:
        return f"{self.table_arn(model, own=own)}/index/{index}"

    def function(self, identifier: str) -> str:
        """The Lambda function of the action `deep.todo:task:create`."""
        return function_name(self.env, *split_action(identifier), self.hash)

    def function_stem(self, name: str) -> str:
        """What the functions of a microapplication, or of a `microapp resource`, begin with, unless their names had to be cut."""
        return f"Deep{studly(self.env)}{studly(name)}"

    def function_arn(self, identifier: str) -> str:
        return self.arn_of_function(self.function(identifier))

    def arn_of_function(self, name: str) -> str:
        """Of the function with this name."""
        return self._arn("lambda", f"function:{name}")

    def entry(self, identifier: str) -> str:
        """What of an action's function is called: its alias, which leads to the version that answers."""
        return f"{self.function(identifier)}:{ALIAS}"

    def entry_arn(self, identifier: str) -> str:
        return f"{self.function_arn(identifier)}:{ALIAS}"

    def log_group_arn(self, identifier: str) -> str:
        """All log streams of the action's function."""
        return self._arn("logs", f"log-group:/aws/lambda/{self.function(identifier)}:*")

    def invoke_arn(self, api_id: str, method: str, path: str) -> str:
        """A route of the HTTP API as IAM names it (API Gateway Developer Guide, "Control access for invoking an API")."""
        return self._arn("execute-api", f"{api_id}/$default/{method}{path}")

    def queue_arn(self, name: str) -> str:
        """An SQS queue."""
        return self._arn("sqs", name)

    def rule_arn(self, name: str) -> str:
        """An EventBridge rule."""
        return self._arn("events", f"rule/{name}")

    def role(self, name: str) -> str:
        """An IAM role; `name` is unique in the app, such as `deep.todo:task:create` or `identity editors`.

        Roles are the account's, not a region's: the region is part of the name, so that one app may be in two.
        """
        return cloud_name(self.env, f"{name} {self.region}", self.hash, service="iam")

    def role_arn(self, name: str) -> str:
        return f"arn:{self.partition}:iam::{self.account_id}:role/{self.role(name)}"

    def parameter(self, microapp: str, name: str) -> str:
        """The SSM parameter that holds a secret parameter of a microapplication: `/DeepDev1234abcd/deep.todo/mail/key`."""
        return f"/Deep{studly(self.env)}{self.hash}/{microapp}/{name.replace('|', '/')}"

    def parameter_arn(self, microapp: str, name: str) -> str:
        return self._arn("ssm", f"parameter{self.parameter(microapp, name)}")

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"
