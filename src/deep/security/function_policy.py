"""The IAM documents of functions: an execution role each, with exactly what the function uses on exactly what it uses it on.

What a method of a model's table needs of DynamoDB is written here and nowhere else. Source: DynamoDB Developer Guide, "DynamoDB API permissions" and
"Using IAM policy conditions for fine-grained access control"; Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deep.model import Action, App, Model, Uses, Verb
from deep.names import CloudNames
from deep.security.iam import Document, Statement, statement
from deep.security.identity_policy import function_arns

OWNER_TAG = "identity"
"""The session tag that says whose items a function may reach: the caller's Cognito identity."""

_TABLE_ACTIONS: dict[Verb, frozenset[str]] = {
    "create": frozenset({"dynamodb:PutItem"}),
    "get": frozenset({"dynamodb:GetItem"}),
    "list": frozenset({"dynamodb:Scan"}),
    "update": frozenset({"dynamodb:UpdateItem"}),
    "delete": frozenset({"dynamodb:DeleteItem"}),
    "unique": frozenset({"dynamodb:PutItem"}),
    "find": frozenset(),
}
_ON_UNIQUE_ITEMS: dict[Verb, frozenset[str]] = {
    "update": frozenset({"dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"}),
    "delete": frozenset({"dynamodb:ConditionCheckItem", "dynamodb:GetItem"}),
}
"""What changing or deleting an item that is unique on fields needs besides: its marker moves, or goes, in the same transaction."""


def function_document(app: App, action: Action, names: CloudNames) -> Document:
    """The policy of the action's execution role: its own log streams, then the tables, functions, secrets and services that it uses."""
    uses = app.uses[action.identifier]
    models = _models(app, uses)
    return Document(
        (
            statement({"logs:CreateLogStream", "logs:PutLogEvents"}, {names.log_group_arn(action.identifier)}),
            *(one for model, verbs in models if not model.own for one in _table_statements(app, model, verbs, names)),
            *_data_role(any(model.own for model, _ in models), action, names),
            *_calls(uses, names),
            *_secrets(app, action, names),
            *(Statement(tuple(sorted(use.actions)), tuple(sorted(use.resources))) for use in uses.aws),
        )
    )


def data_document(app: App, action: Action, names: CloudNames) -> Document | None:
    """The policy of the role that the action assumes to reach owned items, tagged with who calls; None when it uses no owned model.

    Only items whose key begins with the tag's value are reached. `Null` closes the gap that `ForAllValues` leaves for requests without keys.
    """
    owned = [(model, verbs) for model, verbs in _models(app, app.uses[action.identifier]) if model.own]
    if not owned:
        return None
    conditions = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": (f"${{aws:PrincipalTag/{OWNER_TAG}}}",)},
        "Null": {"dynamodb:LeadingKeys": ("false",)},
    }
    plain = [one for model, verbs in owned for one in _table_statements(app, model, verbs, names)]
    return Document(tuple(Statement(one.actions, one.resources, one.effect, conditions) for one in plain))


def data_role(action: Action) -> str:
    """The name, among the app's roles, of the role that `data_document` is for."""
    return f"{action.identifier} own"


def _models(app: App, uses: Uses) -> list[tuple[Model, frozenset[Verb]]]:
    return [(model, uses.models[model.name]) for model in app.models if model.name in uses.models]


def _table_statements(app: App, model: Model, verbs: frozenset[Verb], names: CloudNames) -> Iterator[Statement]:
    actions = {action for verb in verbs for action in _TABLE_ACTIONS[verb]}
    if model.own and "list" in verbs:  # one owner's items are a query, never a scan
        actions = (actions - {"dynamodb:Scan"}) | {"dynamodb:Query"}
    if _is_unique(app, model):
        actions |= {action for verb in verbs for action in _ON_UNIQUE_ITEMS.get(verb, ())}
    if actions:
        yield statement(actions, {names.table_arn(model.name, own=model.own)})
    if "find" in verbs and model.indexes:
        yield statement({"dynamodb:Query"}, {names.index_arn(model.name, index.name, own=model.own) for index in model.indexes})


def _is_unique(app: App, model: Model) -> bool:
    return any("unique" in uses.models.get(model.name, ()) for uses in app.uses.values())


def _data_role(owns: bool, action: Action, names: CloudNames) -> Iterable[Statement]:  # noqa: FBT001 - one call, beside it
    if owns:
        yield statement({"sts:AssumeRole", "sts:TagSession"}, {names.role_arn(data_role(action))})


def _calls(uses: Uses, names: CloudNames) -> Iterable[Statement]:
    if uses.actions:
        yield statement({"lambda:InvokeFunction"}, {arn for identifier in uses.actions for arn in function_arns(names, identifier)})


def _secrets(app: App, action: Action, names: CloudNames) -> Iterable[Statement]:
    """The secret parameters of the action's own microapplication."""
    secret = [parameter for parameter in app.microapp(action.microapp).parameters if parameter.secret and parameter.value is not None]
    if secret:
        yield statement({"ssm:GetParameter"}, {names.parameter_arn(action.microapp, parameter.name) for parameter in secret})
