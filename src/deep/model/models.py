"""`Data/Models/*.json`: tables, their fields and their indexes. The file's name is the model's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deep.model.data import Index, Model
from deep.model.document import Document
from deep.model.formats import MODEL, SETTINGS_KEY
from deep.model.name_formats import MODEL_NAME
from deep.model.nearest import did_you_mean
from deep.model.reading import Reading
from deep.names import studly
from deep.wire.migrations import RECORD

SERVER_FIELDS = {"Id": "timeUUID", "createdAt": "date", "updatedAt": "date"}
"""In every item, kept by the framework."""
OWNER = "Owner"
"""In every item of an owned model: the identity that the item belongs to."""
KEYABLE = ("string", "number", "binary", "email", "website", "date", "uuid", "timeUUID")
"""What DynamoDB takes as a key of an index: text, numbers and bytes."""


def load_models(reading: Reading, folder: Path | None) -> tuple[Model, ...]:
    """Every model of a microapplication, by name."""
    paths = reading.disk.files(folder, ".json") if folder else []
    return tuple(model for path in paths if (model := _load(reading, path)) is not None)


def _load(reading: Reading, path: Path) -> Model | None:
    fits = reading.name_fits(path, MODEL_NAME, "model")
    if studly(path.stem) == RECORD:
        message = f'"{path.stem}" is kept for the platform, which notes there what migrations ran'
        reading.tell("reserved-model", message, path, "give the model another name")
    found = reading.checked(path, MODEL)
    if found is None or not fits:
        return None
    document, value = found
    settings = value.pop(SETTINGS_KEY)
    declared, own, ttl = (settings.pop(name) for name in ("indexes", "own", "ttl"))
    indexes = tuple(_index(reading, document, value, (number, one)) for number, one in enumerate(declared))
    _tell_of_repeats(reading, document, indexes)
    if own and OWNER in value:
        reading.tell(
            "server-field", f'"{OWNER}" is kept by the framework in a model whose items are owned', document.key_place((OWNER,)), "rename the field"
        )
    _check_ttl(reading, document, value, ttl)
    return Model(path.stem, value, indexes, settings, document.place(), own, ttl)


def _check_ttl(reading: Reading, document: Document, fields: dict[str, Any], ttl: str | None) -> None:
    if ttl is None or fields.get(ttl) == "number":
        return
    place = document.place((SETTINGS_KEY, "ttl"))
    if ttl in fields:
        reading.tell("ttl-type", f'"{ttl}" is no number, and the end of an item is told in seconds since 1970', place, f'make it "{ttl}": "number"')
    else:
        reading.tell("unknown-field", f'ttl names "{ttl}", which the model does not have', place, did_you_mean(ttl, fields, "the model has"))


def _index(reading: Reading, document: Document, fields: dict[str, Any], numbered: tuple[int, Any]) -> Index:
    number, declared = numbered
    keys = {"partition": declared} if isinstance(declared, str) else {name: field for name, field in declared.items() if field is not None}
    way = (SETTINGS_KEY, "indexes", number)
    types = {**SERVER_FIELDS, **fields}
    for name, field in keys.items():
        place = document.place(way if isinstance(declared, str) else (*way, name))
        if field not in types:
            reading.tell(
                "unknown-field", f'the index names "{field}", which the model does not have', place, did_you_mean(field, types, "the model has")
            )
        elif types[field] not in KEYABLE:
            reading.tell("unindexable-field", f'"{field}" cannot be indexed: a key is text, a number or bytes', place)
    # an index without a partition was told of by its shape; it only has to get through to where the problems are raised
    return Index(f"{'-'.join(keys.values())}-index", keys.get("partition", ""), keys.get("sort"))


def _tell_of_repeats(reading: Reading, document: Document, indexes: tuple[Index, ...]) -> None:
    for number, index in enumerate(indexes):
        if index in indexes[:number]:
            reading.tell(
                "listed-twice", f'the index "{index.name}" is declared twice', document.place((SETTINGS_KEY, "indexes", number)), "remove one"
            )
