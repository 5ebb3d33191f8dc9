"""`parameters.json`: named parameters (RAML 0.8) and where their values come from: the environment, the answers, the default."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from deep.errors import Place
from deep.frozen import dataclass
from deep.model.app import Parameter, Tier
from deep.model.document import Document
from deep.model.formats import ANSWERS, PARAMETERS
from deep.model.nearest import did_you_mean
from deep.model.parameter_values import from_text, value_mistake
from deep.model.reading import Reading

FILE = "parameters.json"
ANSWERS_FILE = ".parameters.json"
TIERS: tuple[Tier, ...] = ("frontend", "backend", "globals")


@dataclass(frozen=True, slots=True)
class _Owner:
    """The microapplication whose parameters are loaded, and the environment variables that may override them."""

    identifier: str
    is_root: bool
    path: Path
    environ: Mapping[str, str]


def load_parameters(reading: Reading, microapp: tuple[str, bool], path: Path, environ: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Every parameter of a microapplication, given as (identifier, whether it is the root), with its value here.

    A required parameter without a value is told, with the file to write it to.
    """
    owner = _Owner(*microapp, path, environ)
    found = reading.optional(path / FILE, PARAMETERS)
    answers = reading.optional(path / ANSWERS_FILE, ANSWERS)
    if found is None:
        return ()
    document, declared = found
    if declared["globals"] and not owner.is_root:
        help_ = "move them to the root microapplication, or to frontend and backend"
        reading.tell("globals-outside-root", "only the root has globals", document.key_place(("globals",)), help_)
    _tell_of_unknown_answers(reading, declared, answers)
    loader = _Loader(reading, owner, document, answers)
    for tier in TIERS:
        loader.check_names(tier, tuple(declared[tier]))
    return tuple(loader.parameter(tier, name, spec) for tier in TIERS for name, spec in declared[tier].items())


def nested(parameters: tuple[Parameter, ...], tier: Tier) -> dict[str, Any]:
    """The values of a tier as objects inside objects: `pageLoader|src` becomes `{"pageLoader": {"src": ...}}`.

    Those without a value are left out, and so are secret ones: no bundle holds them.
    """
    tree: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.tier != tier or parameter.value is None or parameter.secret:
            continue
        *outer, last = parameter.name.split("|")
        node = tree
        for step in outer:
            inner = node.setdefault(step, {})
            node = inner if isinstance(inner, dict) else {}
        node[last] = parameter.value
    return tree


def environment_variable(identifier: str, tier: str, name: str) -> str:
    """What overrides a parameter: `DEEP_PARAMETER_DEEP_TODO_BACKEND_MAIL_SENDER` for `mail|sender` of `deep.todo`'s backend."""
    return re.sub(r"[^A-Z0-9]+", "_", f"DEEP_PARAMETER_{identifier}_{tier}_{name}".upper())


class _Loader:
    def __init__(self, reading: Reading, owner: _Owner, document: Document, answers: tuple[Document, Any] | None) -> None:
        self.reading = reading
        self.owner = owner
        self.document = document
        self.answers = answers

    def parameter(self, tier: Tier, name: str, spec: dict[str, Any]) -> Parameter:
        place = self.document.key_place((tier, name))
        if spec["pattern"] is not None:
            self.check_pattern(tier, name, spec["pattern"])
        value, origin, where = self.value(tier, name, spec)
        if value is None and spec["required"]:
            self.tell_of_missing(tier, name, spec)
        elif value is not None and (mistake := value_mistake(spec, value)):
            help_ = f"it is set by {where}" if isinstance(where, str) else None
            told = f"the value of {tier} parameter {name.replace('|', '.')} {mistake}"
            self.reading.tell("wrong-parameter", told, where if isinstance(where, Place) else place, help_)
        if spec["secret"]:
            self.check_secret(tier, name, spec)
        return Parameter(tier, name, spec["type"], spec["description"], spec["required"], value, origin, place, spec["secret"])

    def check_secret(self, tier: Tier, name: str, spec: dict[str, Any]) -> None:
        """A secret that browsers get, or that lies in the repository as a default, is none."""
        if tier != "backend":
            message = f'"{name}" is secret, and {tier} parameters are seen by browsers'
            self.reading.tell("secret-in-browser", message, self.document.key_place((tier, name)), "move it to backend")
        if spec["default"] is not None:
            help_ = f"remove it; the value goes to {self.reading.name(self.owner.path / ANSWERS_FILE)}, which is not committed"
            self.reading.tell("secret-default", f'"{name}" is secret and has a default', self.document.place((tier, name, "default")), help_)

    def check_names(self, tier: Tier, names: tuple[str, ...]) -> None:
        """A parameter cannot be a value and hold others at once."""
        for name in names:
            inside = next((other for other in names if other.startswith(f"{name}|")), None)
            if inside:
                message = f'"{inside}" is inside "{name}", which is a value itself'
                self.reading.tell("conflicting-parameter", message, self.document.key_place((tier, inside)), "rename one")

    def check_pattern(self, tier: Tier, name: str, pattern: str) -> None:
        try:
            re.compile(pattern)
        except re.error as error:
            where = self.document.place((tier, name, "pattern"))
            self.reading.tell("wrong-pattern", f'"{pattern}" is not a regular expression: {error}', where)

    def value(
        self, tier: Tier, name: str, spec: dict[str, Any]
    ) -> tuple[Any, Literal["default", "answers", "environment", "none"], Place | str | None]:
        """(value, where it is from, its place or its environment variable)."""
        variable = environment_variable(self.owner.identifier, tier, name)
        if variable in self.owner.environ:
            return from_text(spec, self.owner.environ[variable]), "environment", variable
        if self.answers and (way := _answer_way(self.answers[1][tier], name)):
            document, answered = self.answers
            return _at(answered[tier], way), "answers", document.place((tier, *way))
        if spec["default"] is not None:
            return spec["default"], "default", self.document.place((tier, name, "default"))
        return None, "none", None

    def tell_of_missing(self, tier: Tier, name: str, spec: dict[str, Any]) -> None:
        file = self.reading.name(self.owner.path / ANSWERS_FILE)
        example = json.dumps(spec["example"] if spec["example"] is not None else (spec["enum"] or ["..."])[0])
        variable = environment_variable(self.owner.identifier, tier, name)
        help_ = f'write {{"{tier}": {{"{name}": {example}}}}} to {file}, or set {variable}'
        self.reading.tell("missing-parameter", f'{tier} parameter "{name}" has no value', self.document.key_place((tier, name)), help_)


def _answer_way(answered: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """The way to a parameter's answer: it may be written `a|b` or as an object in an object."""
    if name in answered:
        return (name,)
    way = tuple(name.split("|"))
    node: Any = answered
    for step in way:
        if not isinstance(node, dict) or step not in node:
            return None
        node = node[step]
    return way


def _at(node: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        node = node[step]
    return node


def _tell_of_unknown_answers(reading: Reading, declared: Mapping[str, Any], answers: tuple[Document, Any] | None) -> None:
    """An answer to no question is a question that was misspelt, or taken away."""
    if answers is None:
        return
    document, answered = answers
    for tier in TIERS:
        outer = {name.partition("|")[0] for name in declared[tier]}
        for name in answered[tier]:
            if name not in declared[tier] and name not in outer:
                help_ = did_you_mean(name, declared[tier], f"{FILE} declares")
                reading.tell("unknown-parameter", f'there is no {tier} parameter "{name}"', document.key_place((tier, name)), help_)
