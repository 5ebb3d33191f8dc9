"""The IAM documents of the roles that callers get from the identity pool: what each may invoke, as the article's example compiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set

from deep.model import Action, App
from deep.names import CloudNames
from deep.security.grants import Grants
from deep.security.iam import Document, Statement, statement

ApiOf = Callable[[str], str]
"""From a microapplication to the HTTP API that serves it: its id, or a text for `Fn::Sub` such as `${Api}`."""


def identity_document(app: App, grants: Grants, role: str, names: CloudNames, api_of: ApiOf) -> Document:
    """What `role` may invoke: functions directly (scope `public`, no key required) and routes of its APIs (scopes `public` and `protected`).

    Each by its exact ARN. Empty when the role may call nothing.
    """
    allowed = [action for action in app.actions if action.type == "lambda" and grants.decide(role, action.identifier).allowed]
    functions = {arn for action in allowed if action.is_direct for arn in function_arns(names, action.identifier)}
    routes = {names.invoke_arn(api_of(action.microapp), method, action.path) for action in allowed for method in route_methods(action)}
    statements: list[Statement] = []
    if functions:
        statements.append(statement({"lambda:InvokeFunction"}, functions))
    if routes:
        statements.append(statement({"execute-api:Invoke"}, routes))
    return Document(tuple(statements))


def shortened(document: Document, app: App, names: CloudNames, api_of: ApiOf) -> Document:
    """The same in fewer words: `*` in place of the functions, or of the GETs, of a resource or a microapplication that are all allowed.

    A function and its versions become one ARN. It grants nothing of the app that `document` does not, and as what it says of functions bears the
    app's hash, nothing of others either.
    """
    wider = {arn: found for action in app.actions if action.type == "lambda" for arn, found in _wider(action, names, api_of)}
    return Document(tuple(_in_fewer_words(one, wider) for one in document.statements))


_Wider = tuple[tuple[str, str], ...]
"""What an ARN may be written as instead, widest first: how all that this reaches begins, and the ARN with its `*`."""


def _wider(action: Action, names: CloudNames, api_of: ApiOf) -> Iterator[tuple[str, _Wider]]:
    stems = (names.function_stem(action.microapp), names.function_stem(f"{action.microapp} {action.resource}"))
    function = names.function_arn(action.identifier)
    begins = [f"{function.rpartition(':')[0]}:{stem}" for stem in stems]
    yield function, (*((one, f"{one}*{names.hash}*") for one in begins), (function, f"{function}*"))
    for method in route_methods(action) if action.scope != "private" else ():
        route = names.invoke_arn(api_of(action.microapp), method, action.path)
        microapp, resource, _ = route.rsplit("/", 2)
        yield route, tuple((f"{one}/", f"{one}/*") for one in (microapp, f"{microapp}/{resource}"))


def _in_fewer_words(one: Statement, wider: Mapping[str, _Wider]) -> Statement:
    bare = {arn for arn in one.resources if arn in wider}
    refused = wider.keys() - bare
    found = {_widest(arn, wider[arn], refused) for arn in bare}
    versions = {arn for arn in one.resources if arn.removesuffix(":*") in found}
    return statement(set(one.actions), found | versions, one.sid)


def _widest(arn: str, wider: _Wider, refused: Set[str]) -> str:
    """A name that was cut may not begin as its microapplication's others do: such a one stays as it is."""
    reaching = (told for begin, told in wider if arn.startswith(begin) and not any(other.startswith(begin) for other in refused))
    return next(reaching, arn)


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
