"""`Data/Roles/*.json`: who may call what, as the article spells it. Whether the actions exist is checked when all are known (`links.py`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from deep.model.data import Role, Statement
from deep.model.document import Document
from deep.model.formats import ROLE
from deep.model.name_formats import NAME
from deep.model.reading import Reading

_PART = r"[a-zA-Z0-9_.*-]+"
_FORMS = {
    "Action": ("microapplication:resource:action", re.compile(f"{_PART}:{_PART}:{_PART}")),
    "Resource": ("microapplication:resource", re.compile(f"{_PART}:{_PART}")),
}


def load_roles(reading: Reading, folder: Path | None) -> tuple[Role, ...]:
    """Every role of a microapplication, by name."""
    paths = reading.disk.files(folder, ".json") if folder else []
    return tuple(role for path in paths if (role := _load(reading, path)) is not None)


def listed(value: str | list[str] | None) -> tuple[str, ...]:
    """IAM's habit: one text, or a list of them."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def _load(reading: Reading, path: Path) -> Role | None:
    fits = reading.name_fits(path, NAME, "role")
    found = reading.checked(path, ROLE)
    if found is None or not fits:
        return None
    document, value = found
    statements = tuple(_statement(reading, document, (number, one)) for number, one in enumerate(value["Statement"] or ()))
    return Role(path.stem, value["Version"], statements, document.place(), value["precedence"])


def _statement(reading: Reading, document: Document, numbered: tuple[int, dict[str, Any]]) -> Statement:
    number, declared = numbered
    for field in _FORMS:
        for position, text in enumerate(listed(declared[field])):
            _check_form(reading, document, ("Statement", number, field, position), (field, text, declared["wide"]))
    return Statement(
        effect=declared["Effect"],
        actions=listed(declared["Action"]),
        resources=listed(declared["Resource"]),
        wide=declared["wide"],
        place=document.place(("Statement", number)),
    )


def _check_form(reading: Reading, document: Document, way: tuple[str | int, ...], told: tuple[str, str, bool]) -> None:
    field, text, wide = told
    form, pattern = _FORMS[field]
    if not pattern.fullmatch(text):
        reading.tell("wrong-reference", f'"{text}" is not of the form {form}', document.place(way))
    elif "*" in text and not wide:
        help_ = 'name them one by one, or add "wide": true to the statement'
        reading.tell("wildcard", f'"{text}" reaches more than it names', document.place(way), help_)
