"""CloudFormation templates as values, written the same byte for byte from run to run.

Source of the form: AWS CloudFormation User Guide, "Template anatomy".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from hashlib import sha256
from typing import Any

from deep.frozen import dataclass

FORMAT_VERSION = "2010-09-09"
_NAMED = re.compile(r"\$\{([^!}][^}]*)\}")
_POLICY_VARIABLES = ("aws:", "cognito-identity.amazonaws.com:", "saml:")


@dataclass(frozen=True, slots=True)
class Resource:
    """One cloud resource. `keeps_data`: it is retained when its stack, or a newer template, no longer has it."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    keeps_data: bool = False

    @classmethod
    def of_json(cls, logical_id: str, told: Mapping[str, Any]) -> Resource:
        """A resource as `as_json` wrote it."""
        is_kept = told.get("DeletionPolicy") == "Retain"
        return cls(logical_id, told["Type"], told.get("Properties", {}), tuple(told.get("DependsOn", ())), is_kept)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"Type": self.type}
        if self.properties:
            told["Properties"] = plain(self.properties)
        if self.depends_on:
            told["DependsOn"] = sorted(self.depends_on)
        if self.keeps_data:
            told |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        return told


@dataclass(frozen=True, slots=True)
class Template:
    """A template's parts. `parameters` are names of String parameters with what they are for; `outputs` map a name to its value."""

    description: str
    resources: tuple[Resource, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Template:
        """A template as `as_json` wrote it, perhaps long ago."""
        resources = tuple(Resource.of_json(logical_id, one) for logical_id, one in told["Resources"].items())
        parameters = {name: one["Description"] for name, one in told.get("Parameters", {}).items()}
        return cls(told["Description"], resources, parameters, {name: one["Value"] for name, one in told.get("Outputs", {}).items()})

    def having(self, resources: Iterable[Resource]) -> Template:
        """The template with these resources, in place of those that bear the same logical ids."""
        by_id = {one.logical_id: one for one in (*self.resources, *resources)}
        return replace(self, resources=tuple(by_id.values()))

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"AWSTemplateFormatVersion": FORMAT_VERSION, "Description": self.description}
        if self.parameters:
            told["Parameters"] = {name: {"Type": "String", "Description": what} for name, what in sorted(self.parameters.items())}
        told["Resources"] = {resource.logical_id: resource.as_json() for resource in sorted(self.resources, key=lambda one: one.logical_id)}
        if self.outputs:
            told["Outputs"] = {name: {"Value": plain(value)} for name, value in sorted(self.outputs.items())}
        return told

    def text(self) -> str:
        """The template as it is uploaded: compact JSON with sorted keys, so that equal templates are equal bytes."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """Names the template by its content (SHA-256, hex)."""
        return sha256(self.text().encode()).hexdigest()

    @property
    def key(self) -> str:
        """Of the object that it is uploaded as."""
        return f"templates/{self.digest}.json"


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one noun adds to a template."""

    resources: tuple[Resource, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)


def joined(description: str, fragments: Iterable[Fragment], parameters: Mapping[str, str]) -> Template:
    """The template of these fragments. Raises ValueError when two of them use one logical id: names are computed, so that is our mistake."""
    resources: dict[str, Resource] = {}
    outputs: dict[str, Any] = {}
    for fragment in fragments:
        for resource in fragment.resources:
            if resource.logical_id in resources:
                raise ValueError(f"two resources are called {resource.logical_id}")
            resources[resource.logical_id] = resource
        outputs |= fragment.outputs
    return Template(description, tuple(resources.values()), parameters, outputs)


def ref(logical_id: str) -> dict[str, str]:
    return {"Ref": logical_id}


def get_att(logical_id: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def sub(text: str) -> Any:
    """`Fn::Sub` of a text that names parameters, resources or pseudo parameters; the text itself when it names none."""
    return {"Fn::Sub": text} if "${" in text else text


def plain(value: Any) -> Any:
    """Mappings, tuples and sets as JSON has them; sets are sorted."""
    if isinstance(value, Mapping):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    return [plain(child) for child in value] if isinstance(value, list | tuple) else value


def referred(value: Any) -> Iterator[str]:
    """The names that a part of a template refers to by `Ref`, `Fn::GetAtt` and `Fn::Sub`; pseudo parameters are left out."""
    if isinstance(value, Mapping):
        names = _names(value)
        if names is None:
            names = [name for child in value.values() for name in referred(child)]
        yield from names
    elif isinstance(value, list):
        for child in value:
            yield from referred(child)


def _names(value: Mapping[str, Any]) -> list[str] | None:
    match value:
        case {"Ref": str() as name}:
            found = [name]
        case {"Fn::GetAtt": [str() as name, *_]}:
            found = [name]
        case {"Fn::Sub": str() as told}:
            found = [name.partition(".")[0] for name in _NAMED.findall(told) if not name.startswith(_POLICY_VARIABLES)]
        case _:
            return None
    return [name for name in found if not name.startswith("AWS::")]
