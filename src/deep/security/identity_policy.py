"""The IAM documents of the roles that callers get from the identity pool: what each may invoke, as the article's example compiles."""

from __future__ import annotations

from deep.model import Action, App
from deep.names import CloudNames
from deep.security.grants import Grants
from deep.security.iam import Document, Statement, statement


def identity_document(app: App, grants: Grants, role: str, names: CloudNames, api_id: str) -> Document:
    """What `role` may invoke: functions directly (scope `public`, no key required) and routes of the API (scopes `public` and `protected`).

    Each by its exact ARN. Empty when the role may call nothing. `api_id` is the HTTP API's, or a text for `Fn::Sub` such as `${Api}`.
    """
    allowed = [action for action in app.actions if action.type == "lambda" and grants.decide(role, action.identifier).allowed]
    functions = {arn for action in allowed if action.is_direct for arn in function_arns(names, action.identifier)}
    routes = {names.invoke_arn(api_id, method, action.path) for action in allowed for method in route_methods(action)}
    statements: list[Statement] = []
    if functions:
        statements.append(statement({"lambda:InvokeFunction"}, functions))
    if routes:
        statements.append(statement({"execute-api:Invoke"}, routes))
    return Document(tuple(statements))


def route_methods(action: Action) -> tuple[str, ...]:
    """The methods that have a route of their own; HEAD is answered where GET is."""
    return (*action.methods, "HEAD") if "GET" in action.methods and "HEAD" not in action.methods else action.methods


def function_arns(names: CloudNames, identifier: str) -> tuple[str, str]:
    """A function and its versions and aliases. A trailing `*` without the colon would reach other functions whose names begin alike."""
    arn = names.function_arn(identifier)
    return arn, f"{arn}:*"


def article_document(document: Document) -> Document:
    """The document with a function's two ARNs written as the article writes them, `...:function:NAME*`: reaches more, kept for comparison."""
    return Document(tuple(_as_article(one) if "lambda:InvokeFunction" in one.actions else one for one in document.statements))


def _as_article(one: Statement) -> Statement:
    arns = {arn.removesuffix(":*") for arn in one.resources}
    return statement(set(one.actions), {f"{arn}*" for arn in arns}, one.sid)
