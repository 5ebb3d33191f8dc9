"""What a check finds, and what all checks look at: the templates of an app together, because what one names another makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deep.frozen import dataclass

Templates = Mapping[str, Mapping[str, Any]]
"""Templates as JSON by what they are of: `store`, `data`, `app`, or a nested stack's logical id in `app`."""
TOP = ("store", "data", "app")
"""The stacks that are made one after the other; each takes what those before it give."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that would fail, or quietly not work, in the cloud. `stack` is what `Templates` calls it."""

    stack: str
    logical_id: str
    message: str

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id}: {self.message}"


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, and where it stands."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]

    def finding(self, message: str) -> Finding:
        return Finding(self.stack, self.logical_id, message)


def resources(templates: Templates, *types: str) -> Iterator[Found]:
    """All resources of these types, or all."""
    for stack, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            if not types or resource["Type"] in types:
                yield Found(stack, logical_id, resource["Type"], resource.get("Properties", {}))


def text(value: Any) -> str:
    """A text, with what CloudFormation fills in written `${Name}` or `${Name.Attribute}`."""
    match value:
        case {"Ref": str() as name}:
            return f"${{{name}}}"
        case {"Fn::Sub": str() as told}:
            return told
        case {"Fn::GetAtt": [str() as name, str() as attribute]}:
            return f"${{{name}.{attribute}}}"
        case _:
            return str(value)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
