"""Why a role may or may not call an action, or a function do something of AWS's, and what to write to change that."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.model import Action, App, Uses, Verb
from deep.model.nearest import did_you_mean
from deep.names import CloudNames
from deep.security.evaluate import Access, applies
from deep.security.function_policy import data_document, function_document
from deep.security.grants import Grants
from deep.security.words import joined


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in words: `reason` names the file and line that decided, `help` what to write for the other one, where something would do."""

    allowed: bool
    reason: str
    help: str | None


def explain(app: App, grants: Grants, role: str, identifier: str) -> Explanation:
    """The decision of `grants` about a role and an action of the app. Raises DeepError for an action that the app does not have."""
    action = app.action(identifier)
    verdict = grants.decide(role, identifier)
    if verdict.allowed and verdict.because == action.place:
        return Explanation(True, f"{identifier} asks nobody who they are: its authorization at {action.place} is NONE", None)
    if verdict.allowed:
        return Explanation(True, f"{role} may call {identifier}, by {verdict.because}", None)
    if verdict.because is not None:
        return Explanation(False, f"{role} may not call {identifier}: it is denied by {verdict.because}", "a Deny wins over every Allow: remove it")
    if action.scope == "private":
        return Explanation(False, f"{identifier} is private: only functions and its own schedule call it", None)
    file, line = _role_file(app, action.microapp, role), f'add "{identifier}" to an Allow statement of'
    return Explanation(False, f"nothing grants {identifier} to {role}", f"{line} {file}")


def explain_function(app: App, names: CloudNames, identifier: str, iam_action: str) -> Explanation:
    """Whether the function of an action may do `dynamodb:PutItem` or the like, and on what. Raises DeepError for an action that is no function's."""
    action = app.action(identifier)
    uses = app.uses.get(action.identifier)
    if uses is None:
        raise UsageError(
            Problem("no-function", f"{identifier} is somebody else's URL, and has no function", help="`deepify inspect` lists the actions")
        )
    granted = _granted(app, names, action, iam_action)
    if granted:
        return Explanation(True, f"{identifier} may {iam_action} on {joined(granted)}, by {uses.place}", None)
    return Explanation(
        False, f"nothing of what {identifier} uses needs {iam_action}", f"{_use_to_add(app, names, action, iam_action)} at {uses.place}"
    )


def _granted(app: App, names: CloudNames, action: Action, iam_action: str) -> list[str]:
    """The ARNs that the function's documents allow the IAM action on, its callers' own items included."""
    documents = (function_document(app, action, names), data_document(app, action, names))
    statements = [statement for document in documents if document for statement in document.statements]
    return sorted(
        {
            arn
            for one in statements
            for arn in one.resources
            if applies(replace(one, conditions={}), Access(iam_action, arn)) and one.effect == "Allow"
        }
    )


def _use_to_add(app: App, names: CloudNames, action: Action, iam_action: str) -> str:
    """By trial: the first verb with which the compiled document allows it; so advice cannot differ from what the compiler does."""
    uses = app.uses[action.identifier]
    for verb in get_args(Verb):
        for model in app.models:
            wider = replace(uses, models={**uses.models, model.name: uses.models.get(model.name, frozenset()) | {verb}})
            if _granted(_with_uses(app, action, wider), names, action, iam_action):
                return f'add "{verb}" for a model, such as "{model.name}": ["{verb}"], to "models" of its uses'
    if iam_action.lower() == "lambda:invokefunction":
        return 'add the action that it calls to "actions" of its uses'
    return f'add {{"Action": "{iam_action}", "Resource": "arn:..."}} to "aws" of its uses'


def _with_uses(app: App, action: Action, uses: Uses) -> App:
    return replace(app, uses={**app.uses, action.identifier: uses})


def check_role(grants: Grants, role: str) -> None:
    """Raises UsageError for a role that the app does not have."""
    if role not in grants.roles:
        help_ = did_you_mean(role, grants.roles, "roles are")
        raise UsageError(Problem("unknown-role", f'there is no role "{role}"', help=help_))


def _role_file(app: App, microapp: str, role: str) -> str:
    """Where the microapplication's role is, or would be."""
    owner = app.microapp(microapp)
    known = next((one.place.file for one in owner.roles if one.name == role), None)
    if known is not None:
        return known
    folder = owner.folders.roles or owner.path / "Data" / "Roles"
    path = folder / f"{role}.json"
    return path.relative_to(app.path).as_posix() if path.is_relative_to(app.path) else str(path)
