"""What each function's role must allow, told from what the function uses by a table of its own, and all that it is asked besides."""

from __future__ import annotations

from collections.abc import Iterator

from deep.model import Action, App, Model, Uses, Verb
from deep.security.function_policy import data_role
from tests.judges.judge import Question
from tests.judges.matrix import names_of

Need = tuple[str, str]
"""An IAM action, on an ARN."""

ON_TABLE: dict[Verb, frozenset[str]] = {
    "create": frozenset({"PutItem"}),
    "get": frozenset({"GetItem"}),
    "list": frozenset({"Scan"}),
    "find": frozenset(),
    "update": frozenset({"UpdateItem"}),
    "delete": frozenset({"DeleteItem"}),
    "unique": frozenset({"PutItem"}),
}
"""DynamoDB's own documentation in a table; what is asked of indexes, of owned and of unique items is added below."""
ON_UNIQUE: dict[Verb, set[str]] = {
    "update": {"GetItem", "PutItem", "DeleteItem", "ConditionCheckItem"},
    "delete": {"GetItem", "ConditionCheckItem"},
}
ASKED_OF_TABLES = (
    *("GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"),
    *("DescribeTable", "UpdateTable", "DeleteTable"),
)


class Universe:
    """Every access that a function of this app might try, and those that each is to be allowed."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.names = names_of(app)
        self.functions = [action for action in app.actions if action.type == "lambda"]
        self.models = {model.name: model for model in app.models}
        self.unique = {name for uses in app.uses.values() for name, verbs in uses.models.items() if "unique" in verbs}

    def questions(self) -> list[Question]:
        """The same of every function: all tables, indexes, functions, log streams, roles and secrets of the app, and some that are not the app's."""
        return [Question(action, resource) for action, resource in dict.fromkeys(self._everything())]

    def expected(self, action: Action) -> set[Need]:
        """What the function's own role must allow, and nothing else."""
        uses = self.app.uses[action.identifier]
        needs = {(f"logs:{verb}", self._log_stream(action)) for verb in ("CreateLogStream", "PutLogEvents")}
        needs |= {need for model in self._used(uses) if not model.own for need in self._of_model(model, uses)}
        if any(model.own for model in self._used(uses)):
            needs |= {(verb, self.names.role_arn(data_role(action))) for verb in ("sts:AssumeRole", "sts:TagSession")}
        needs |= {("lambda:InvokeFunction", arn) for called in uses.actions for arn in self._function(called)}
        needs |= {(verb, arn) for use in uses.aws for verb in use.actions for arn in use.resources}
        return needs | {("ssm:GetParameter", arn) for arn in self._secrets(action.microapp)}

    def expected_of_owned(self, action: Action) -> set[Need]:
        """What the role that it assumes for a caller's items must allow with that caller's keys, and nothing without."""
        uses = self.app.uses[action.identifier]
        return {need for model in self._used(uses) if model.own for need in self._of_model(model, uses)}

    def _used(self, uses: Uses) -> list[Model]:
        return [self.models[name] for name in uses.models]

    def _of_model(self, model: Model, uses: Uses) -> Iterator[Need]:
        verbs = uses.models[model.name]
        actions = {action for verb in verbs for action in ON_TABLE[verb]}
        if model.own and "list" in verbs:
            actions = actions - {"Scan"} | {"Query"}
        if model.name in self.unique:
            actions |= {action for verb in verbs for action in ON_UNIQUE.get(verb, ())}
        yield from ((f"dynamodb:{action}", self.names.table_arn(model.name, own=model.own)) for action in actions)
        if "find" in verbs:
            yield from (("dynamodb:Query", self.names.index_arn(model.name, index.name, own=model.own)) for index in model.indexes)

    def _everything(self) -> Iterator[Need]:
        tables = [self.names.table_arn(model.name, own=model.own) for model in self.models.values()]
        for table in (*tables, self.names.table_arn("SomebodyElses")):
            yield from ((f"dynamodb:{action}", table) for action in ASKED_OF_TABLES)
        for model in self.models.values():
            indexes = [self.names.index_arn(model.name, index.name, own=model.own) for index in model.indexes]
            yield from ((f"dynamodb:{action}", index) for index in indexes for action in ("Query", "Scan"))
        for action in self.functions:
            yield from ((f"lambda:{verb}", arn) for verb in ("InvokeFunction", "UpdateFunctionCode") for arn in self._function(action.identifier))
            yield from ((f"logs:{verb}", self._log_stream(action)) for verb in ("CreateLogStream", "PutLogEvents", "GetLogEvents", "DeleteLogStream"))
            for role in (data_role(action), action.identifier):
                yield from ((verb, self.names.role_arn(role)) for verb in ("sts:AssumeRole", "sts:TagSession", "iam:PassRole"))
        for microapp in self.app.microapps:
            yield from ((f"ssm:{verb}", arn) for verb in ("GetParameter", "PutParameter") for arn in self._secrets(microapp.identifier))
        for domain in ("example.com", "example.org"):
            yield from (
                (f"ses:{verb}", f"arn:aws:ses:{self.names.region}:{self.names.account_id}:identity/{domain}")
                for verb in ("SendEmail", "SendRawEmail")
            )

    def _function(self, identifier: str) -> tuple[str, str]:
        arn = self.names.function_arn(identifier)
        return arn, f"{arn}:live"

    def _log_stream(self, action: Action) -> str:
        return f"{self.names.log_group_arn(action.identifier).removesuffix(':*')}:log-stream:2026/11/25/one"

    def _secrets(self, microapp: str) -> list[str]:
        return [self.names.parameter_arn(microapp, parameter.name) for parameter in self.app.microapp(microapp).parameters if parameter.secret]
