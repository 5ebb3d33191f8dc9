"""What can only be checked when every microapplication is known: names that refer to each other, and things that must be one of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from deep import names
from deep.errors import Place
from deep.model.action import Action
from deep.model.app import Microapp
from deep.model.data import Model
from deep.model.migrations import record_model
from deep.model.nearest import did_you_mean, nearest
from deep.model.reading import Reading
from deep.model.sharing import check_sharing
from deep.wire.migrations import RECORD


def check_links(reading: Reading, microapps: Sequence[Microapp], absent: frozenset[str]) -> None:
    """Notes every problem between files. `absent` are microapplications of the property that are not loaded now.

    What a name means is unknown when the file that may declare it could not be read; nothing is told of such names.
    """
    _check_roots(reading, microapps)
    _check_identifiers(reading, microapps)
    _check_schemas(reading, microapps)
    _check_used_names(reading, microapps)
    _check_actions(reading, [action for microapp in microapps for action in microapp.actions])
    _check_fixtures(reading, microapps)
    if any(path.name == "deepkg.json" for path in reading.unread):
        return
    _check_dependencies(reading, microapps, absent)
    without_actions = {
        microapp.identifier for microapp in microapps if microapp.folders.backend and microapp.folders.backend / "resources.json" in reading.unread
    }
    check_sharing(reading, microapps, absent | without_actions)


def merge_models(reading: Reading, microapps: Sequence[Microapp]) -> tuple[Model, ...]:
    """The app's tables by name. Microapplications that declare a model of the same name share its table, and must agree on what both declare."""
    merged: dict[str, Model] = {}
    for model in (model for microapp in microapps for model in microapp.models):
        if (first := merged.get(model.name)) is None:
            merged[model.name] = model
            continue
        for what in _disagreements(first, model):
            message = f'the model "{model.name}" is declared twice, and {what} is not the same'
            reading.tell("conflicting-model", message, model.place, f"the other is {first.place.file}; they share a table, so let them agree")
        indexes = tuple(dict.fromkeys((*first.indexes, *model.indexes)))
        merged[model.name] = replace(first, fields={**model.fields, **first.fields}, indexes=indexes)
    if migrating := [microapp.migrations for microapp in microapps if microapp.migrations]:
        merged[RECORD] = record_model(migrating[0], reading)
    return tuple(merged[name] for name in sorted(merged))


def _disagreements(first: Model, second: Model) -> Iterator[str]:
    yield from (f'its field "{field}"' for field, type_ in second.fields.items() if first.fields.get(field, type_) != type_)
    yield from (f'"{setting}"' for setting in ("own", "ttl") if getattr(first, setting) != getattr(second, setting))


def _check_roots(reading: Reading, microapps: Sequence[Microapp]) -> None:
    roots = [microapp for microapp in microapps if microapp.is_root]
    for other in roots[1:]:
        message = f'"{other.identifier}" and "{roots[0].identifier}" both are roots; a property has exactly one'
        reading.tell("duplicate-root", message, other.place, f'set "propertyRoot": false in this file, or in {roots[0].place.file}')


def _check_identifiers(reading: Reading, microapps: Sequence[Microapp]) -> None:
    _tell_of_same(
        reading,
        ((microapp.identifier, microapp.place) for microapp in microapps),
        ("duplicate-identifier", 'two microapplications are called "{key}": {first} and {other}', "change the identifier of one"),
    )
    unlike = {microapp.identifier: microapp for microapp in microapps}.values()
    _tell_of_same(
        reading,
        ((names.url_segment(microapp.identifier), microapp.place) for microapp in unlike),
        ("same-route", "two microapplications answer below /{key}: {first} and {other}", "dots become dashes in paths; change the identifier of one"),
    )


def _check_dependencies(reading: Reading, microapps: Sequence[Microapp], absent: frozenset[str]) -> None:
    present = {microapp.identifier for microapp in microapps} | absent
    for microapp in microapps:
        for dependency in microapp.dependencies:
            place = reading.place(microapp.place.file, ("dependencies", dependency), key=True)
            if dependency == microapp.identifier:
                reading.tell("self-dependency", f'"{dependency}" depends on itself', place, "remove this line")
            elif dependency not in present:
                message = f'"{microapp.identifier}" depends on "{dependency}", which is not in the property'
                near = nearest(dependency, present - {microapp.identifier}, cutoff=0.85)
                help_ = f'did you mean "{near}"?' if near else "run deepify install in the folder of the property"
                reading.tell("missing-dependency", message, place, help_)


def _check_schemas(reading: Reading, microapps: Sequence[Microapp]) -> None:
    first: dict[str, tuple[Path, object]] = {}
    for validation in (validation for microapp in microapps for validation in microapp.validations):
        path, schema = first.setdefault(validation.name, (validation.path, validation.schema))
        if schema != validation.schema:
            message = f'the schema "{validation.name}" is declared twice, and not alike; the other is {reading.name(path)}'
            reading.tell("duplicate-schema", message, validation.path, "schemas are called by name alone: rename one")


def _check_used_names(reading: Reading, microapps: Sequence[Microapp]) -> None:
    models = _known_models(reading, microapps)
    schemas = models | {validation.name for microapp in microapps for validation in microapp.validations}
    for action in (action for microapp in microapps for action in microapp.actions):
        way = (action.resource, action.name)
        wanted = action.validation_schema
        if wanted is not None and wanted not in schemas:
            message = f'action {action.identifier} is validated by "{wanted}", which no microapplication declares'
            help_ = did_you_mean(wanted, sorted(schemas), "schemas and models are") or f"write Data/Validation/{wanted}.json"
            reading.tell("unknown-schema", message, reading.place(action.place.file, (*way, "validationSchema")), help_)
        for model in action.declared_uses.models if action.declared_uses else ():
            if model not in models:
                message = f'action {action.identifier} uses model "{model}", which no microapplication declares'
                help_ = did_you_mean(model, sorted(models), "models are") or f"write Data/Models/{model}.json"
                reading.tell("unknown-model", message, reading.place(action.place.file, (*way, "uses", "models", model), key=True), help_)


def _known_models(reading: Reading, microapps: Sequence[Microapp]) -> set[str]:
    """The names of all models, and of all data files that could not be read."""
    return {model.name for microapp in microapps for model in microapp.models} | {path.stem for path in reading.unread}


def _check_actions(reading: Reading, actions: Sequence[Action]) -> None:
    _tell_of_same(
        reading,
        ((f"{method} {action.path}", action.place) for action in actions for method in action.methods),
        ("same-route", "two actions answer {key}: {first} and {other}", "rename one; dots become dashes in paths"),
    )
    functions = [action for action in actions if action.type == "lambda"]
    plain = [(_cloud_words(action), action.place) for action in functions]
    message = 'two functions would have one name in the cloud, "{key}": {first} and {other}'
    _tell_of_same(reading, plain, ("same-cloud-name", message, "names differ there by letters and digits alone; rename one"))
    for action in functions:
        _warn_of_length(reading, action)


def _cloud_words(action: Action) -> str:
    return names.studly(f"{action.microapp} {action.resource} {action.name}")


def _warn_of_length(reading: Reading, action: Action) -> None:
    """The name is cut with a hash of the whole, never to another's name, so this is no more than a warning."""
    hash_ = "0" * 8
    whole = f"DeepStage{_cloud_words(action)}{hash_}"
    cut = names.function_name("stage", action.microapp, action.resource, action.name, hash_)
    if cut != whole:
        limit = names.CLOUD_NAME_LIMITS["lambda"]
        message = f"the name of {action.identifier} in the cloud is cut to {limit} characters: {cut}"
        reading.warn("long-name", message, action.place, "shorten the identifier, the resource or the action to see it whole")


def _check_fixtures(reading: Reading, microapps: Sequence[Microapp]) -> None:
    models = _known_models(reading, microapps)
    for fixture in (fixture for microapp in microapps for fixture in microapp.fixtures):
        if fixture.model not in models:
            help_ = did_you_mean(fixture.model, sorted(models), "models are")
            reading.tell("unknown-model", f'there is no model "{fixture.model}" to load these items into', fixture.path, help_)


def _tell_of_same(reading: Reading, keyed: Iterable[tuple[str, Place]], told: tuple[str, str, str]) -> None:
    """Tells of each key that is met again; `told` is (code, message with {key}, {first} and {other}, help)."""
    code, message, help_ = told
    first: dict[str, Place] = {}
    for key, place in keyed:
        if key in first:
            reading.tell(code, message.format(key=key, first=first[key], other=place), place, help_)
        else:
            first[key] = place
