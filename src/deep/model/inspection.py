"""The app as plain JSON: what `deepify inspect` prints, and what other programs may rely on (docs/reference/files.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from deep.errors import Problem
from deep.model.app import App, Parameter

FORMAT_VERSION = 1
"""Raised when a reader of the older form would misread the newer one."""
HIDDEN = "[secret]"
"""Stands in for the value of a secret parameter: what is printed may be kept anywhere."""


def app_as_json(app: App) -> dict[str, Any]:
    """The whole app: fields in camel case, paths relative to the property where they are inside it, actions with `identifier` and `path`."""
    writer = _Writer(app.path)
    actions = {action.identifier: action.path for action in app.actions}
    microapps = [writer.value(microapp) for microapp in app.microapps]
    for action in (action for microapp in microapps for resource in microapp["resources"] for action in resource["actions"]):
        identifier = f"{action['microapp']}:{action['resource']}:{action['name']}"
        del action["declaredUses"], action["code"]
        uses = app.uses.get(identifier)
        action |= {"identifier": identifier, "path": actions[identifier], "uses": writer.value(uses) if uses else None}
    return {
        "formatVersion": FORMAT_VERSION,
        "property": {**writer.value(app.property), "path": str(app.path)},
        "microapps": microapps,
        "models": writer.value(app.models),
        "warnings": [warning.as_json() for warning in app.warnings],
    }


class _Writer:
    def __init__(self, base: Path) -> None:
        self.base = base

    def value(self, value: Any) -> Any:
        if isinstance(value, Path):
            return value.relative_to(self.base).as_posix() if value.is_relative_to(self.base) else str(value)
        if isinstance(value, Problem):
            return value.as_json()
        if isinstance(value, Parameter) and value.secret and value.value is not None:
            return {**self.value(replace(value, value=None)), "value": HIDDEN}
        if is_dataclass(value):
            return {_camel(field.name): self.value(getattr(value, field.name)) for field in fields(value) if field.name != "source_line"}
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, tuple | list):
            return [self.value(item) for item in value]
        if isinstance(value, frozenset):
            return sorted(value)
        return value.value if isinstance(value, Enum) else value


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
