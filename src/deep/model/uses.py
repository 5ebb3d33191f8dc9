"""What each function may touch: what `uses` declares, checked against the code; or, where nothing is declared, what the code was found to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deep.errors import Place
from deep.model.action import Action, AwsUse, Uses, Verb
from deep.model.app import Microapp
from deep.model.code import TableCall
from deep.model.data import Model
from deep.model.document import Document
from deep.model.nearest import did_you_mean
from deep.model.reading import Reading
from deep.model.roles import listed

_VERBS: Mapping[str, Verb] = {
    "create_item": "create",
    "create_unique_on_fields": "unique",
    "find_one_by_id": "get",
    "find_all": "list",
    "find_all_paginated": "list",
    "update_item": "update",
    "update_item_conditional": "update",
    "delete_by_id": "delete",
    "delete_by_id_conditional": "delete",
}
"""Searches are told apart by their fields: by `Id` alone they `get`, by an index they `find`, else they `list` the whole table."""
_IAM_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")


def aws_use(reading: Reading, document: Document, way: tuple[str | int, ...], declared: Mapping[str, Any]) -> AwsUse:
    """One entry of `uses.aws`. Notes actions that are none, and wildcards that are not said to be wanted."""
    actions, resources = listed(declared["Action"]), listed(declared["Resource"])
    for text in actions:
        if not _IAM_ACTION.fullmatch(text) and not ("*" in text and declared["wide"]):
            help_ = 'name the actions one by one, or add "wide": true' if "*" in text else "such as ses:SendEmail"
            reading.tell("wildcard" if "*" in text else "wrong-reference", f'"{text}" is not one IAM action', document.place((*way, "Action")), help_)
    for text in resources:
        if text == "*" and not declared["wide"]:
            help_ = 'name the ARNs, or add "wide": true for actions that know no resource'
            reading.tell("wildcard", "every resource of the account is more than a function needs", document.place((*way, "Resource")), help_)
        elif text != "*" and not text.startswith("arn:"):
            reading.tell(
                "wrong-reference", f'"{text}" is not an ARN', document.place((*way, "Resource")), "such as arn:aws:ses:*:*:identity/example.com"
            )
    return AwsUse(actions, resources, document.place(way))


def resolve_uses(reading: Reading, microapps: Sequence[Microapp], models: Sequence[Model]) -> dict[str, Uses]:
    """What each lambda action may touch, by identifier. Notes declared uses that the code exceeds, and code that cannot be told."""
    by_name = {model.name: model for model in models}
    for action in (microapp.migrating for microapp in microapps if microapp.migrating):
        _tell_of_owned(reading, action, by_name)
    actions = [action for microapp in microapps for action in microapp.actions if action.type == "lambda"]
    return {action.identifier: _uses(reading, action, by_name) for action in actions}


def _uses(reading: Reading, action: Action, models: Mapping[str, Model]) -> Uses:
    found = [(call, model, verb) for call in action.code.calls if (model := _named(call.model, models)) for verb in _verbs(call, model)]
    _tell_of_unknown_models(reading, action, models)
    called = {reference.removeprefix("@"): place for reference, place in action.code.actions}
    declared = action.declared_uses
    if declared is None:
        _warn_of_unclear(reading, action)
        inferred: dict[str, frozenset[Verb]] = {}
        for _, model, verb in found:
            inferred[model.name] = inferred.get(model.name, frozenset()) | {verb}
        return Uses(inferred, tuple(sorted(called)), (), action.place)
    for call, model, verb in found:
        if verb not in declared.models.get(model.name, ()) and not (verb == "create" and "unique" in declared.models.get(model.name, ())):
            message = f"{action.identifier} does {call.method} of {model.name}, which its uses do not declare"
            reading.tell("undeclared-use", message, call.place, _line_to_add(declared.place, f'"{model.name}": ["{verb}"]', "models"))
    for identifier, place in called.items():
        if identifier not in declared.actions:
            help_ = _line_to_add(declared.place, f'"{identifier}"', "actions")
            reading.tell("undeclared-use", f"{action.identifier} calls {identifier}, which its uses do not declare", place, help_)
    if not action.code.unclear and action.language == "python":
        _warn_of_unneeded(reading, action, declared, found)
    return declared


def _named(name: str, models: Mapping[str, Model]) -> Model | None:
    """A model by the name that code calls it: `Todo`, or the later versions' `todo-list` for `TodoList`."""
    from deep.names import studly

    return models.get(name) or models.get(studly(name))


def _verbs(call: TableCall, model: Model) -> Iterable[Verb]:
    if call.method in _VERBS:
        return (_VERBS[call.method],)
    if call.fields == ("Id",):
        return ("get",)
    partitions = {index.partition for index in model.indexes}
    if call.fields is None:
        return ("find", "list") if partitions else ("list",)
    return ("find",) if partitions.intersection(call.fields) else ("list",)


def _tell_of_unknown_models(reading: Reading, action: Action, models: Mapping[str, Model]) -> None:
    """Only where some file may not have been read is it unknown which models there are."""
    if reading.unread:
        return
    for call in action.code.calls:
        if _named(call.model, models) is None:
            help_ = did_you_mean(call.model, sorted(models), "models are") or f"write Data/Models/{call.model}.json"
            reading.tell("unknown-model", f'{action.identifier} uses model "{call.model}", which no microapplication declares', call.place, help_)


def _tell_of_owned(reading: Reading, action: Action, models: Mapping[str, Model]) -> None:
    """Items of own models are reached on behalf of who calls, and nobody calls a migration."""
    for call in action.code.calls:
        if (model := _named(call.model, models)) and model.own:
            message = f"items of {model.name} are their owners' alone, and a migration is none"
            reading.tell("own-model-in-migration", message, call.place, "let the functions that owners call write what is new")


def _warn_of_unclear(reading: Reading, action: Action) -> None:
    for place in action.code.unclear:
        message = f"what {action.identifier} touches here cannot be told from its code"
        reading.warn("unclear-use", message, place, 'declare "uses" in resources.json; what is not declared is denied when it runs')
    for service, place in action.code.sdk:
        message = f"{action.identifier} calls {'an AWS service' if service == '*' else service} by the SDK, and declares no use of it"
        reading.warn("unclear-use", message, place, 'declare "uses" with "aws", or what it calls is denied when it runs')


def _warn_of_unneeded(reading: Reading, action: Action, declared: Uses, found: Sequence[tuple[TableCall, Model, Verb]]) -> None:
    """A declared verb that no line of the code asks for. SDK calls may be why it is there, so then nothing is told."""
    if any(service in ("dynamodb", "*") for service, _ in action.code.sdk):
        return
    done = {(model.name, verb) for _, model, verb in found}
    for model, verbs in declared.models.items():
        for verb in sorted(verbs - {verb for name, verb in done if name == model}):
            message = f"{action.identifier} declares to {verb} {model}, and its code does not"
            reading.warn("unneeded-use", message, declared.place, f'remove "{verb}" of "{model}" from its uses')


def _line_to_add(place: Place, what: str, part: str) -> str:
    return f'add {what} to "{part}" of "uses" at {place.file}:{place.line}'
