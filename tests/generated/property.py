"""Writes the generated property into a folder. The same seed writes the same bytes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from tests.generated.kinds import ACCOUNT, DOMAINS, GROUPS, KINDS, OWN_MODELS, REGION, Kind, handler

SEED = 2016
MICROAPPS, ACTIONS = 12, 64
"""As many as the article's marketplace has; one of the twelve is the root, which has no actions."""

API_KEY = "deep_of-the-generated-property"
"""Opens the actions that require a key."""

_ROOT = Path(__file__).parents[2] / "apps" / "root" / "DeepRoot"
_VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An action that was drawn for a microapplication."""

    kind: Kind
    resource: str
    scope: str
    authorization: str
    key_required: bool

    @property
    def key(self) -> str:
        return f"{self.resource}:{self.kind.name}"


def write_property(folder: Path, seed: int = SEED, actions: int = ACTIONS) -> Path:
    """The property, in `folder`, which must be empty or not exist. Its account, region and names are fixed, so that its ARNs are."""
    random = Random(seed)
    shutil.copytree(_ROOT, folder / "DeepRoot")
    deeploy = {"appName": "generated", "appIdentifier": f"generated-{seed}", "env": "test", "awsAccountId": ACCOUNT, "aws": {"region": REGION}}
    _write(folder / "deeploy.json", {**deeploy, "apiKeys": {"partner": f"sha256-{sha256(API_KEY.encode()).hexdigest()}"}})
    each, more = divmod(actions, len(DOMAINS))
    drawn = {name: _draw(random, name, each + (place < more)) for place, name in enumerate(DOMAINS)}
    for place, name in enumerate(DOMAINS):
        neighbour = DOMAINS[place - 1]
        _write_microapp(folder / name.title(), name, drawn[name], (neighbour, drawn[neighbour]))
        _write_roles(random, folder / name.title() / "Data" / "Roles", name, drawn)
    _write_root_roles(folder / "DeepRoot" / "Data" / "Roles", drawn)
    return folder


def _draw(random: Random, name: str, count: int) -> list[Drawn]:
    """The actions of one microapplication: kinds one after the other from a random one, each once on a resource. The last runs by itself at night."""
    first = random.randrange(len(KINDS))
    kinds = [KINDS[(first + place) % len(KINDS)] for place in range(count)]
    scopes = [random.choice(["public", "public", "protected"]) for _ in kinds[:-1]] + [random.choice(["private", "public"])]
    open_to_all, by_key = random.sample(range(count), 2)
    if name in OWN_MODELS:
        open_to_all = -1  # items that belong to somebody are out of reach of a call that tells nobody who calls
    return [
        Drawn(
            kind,
            f"{name.removesuffix('s')}{place // len(KINDS) + 1 if place >= len(KINDS) else ''}",
            scope,
            "NONE" if place == open_to_all and scope == "public" else "AWS_IAM",
            place == by_key,
        )
        for place, (kind, scope) in enumerate(zip(kinds, scopes, strict=True))
    ]


def _write_microapp(folder: Path, name: str, drawn: list[Drawn], neighbour: tuple[str, list[Drawn]]) -> None:
    model, other = _model(name), f"acme.{neighbour[0]}"
    deepkg = {
        "identifier": f"acme.{name}",
        "name": f"Acme {name.title()}",
        "version": _VERSION,
        "dependencies": {"deep.root": "^0.1.0", other: f"^{_VERSION}"},
        "exports": {"actions": [drawn[0].key]},
    }
    _write(folder / "deepkg.json", deepkg)
    _write(folder / "Data" / "Models" / f"{model}.json", _fields(name))
    resources: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(drawn):
        calls = (f"{other}:{neighbour[1][0].resource}", neighbour[1][0].kind.name) if place == 1 else None
        source = f"src/{one.resource.title()}/{one.kind.name.title()}"
        resources.setdefault(one.resource, {})[one.kind.name] = _declared(one, source, model, (place, calls))
        _write(folder / "Backend" / source / "handler.py", handler(one.kind, model, calls))
    _write(folder / "Backend" / "resources.json", resources)
    if name == "billing":
        parameter = {"displayName": "Key", "description": "Of the payment service", "type": "string", "required": False, "secret": True}
        _write(folder / "parameters.json", {"frontend": {}, "backend": {"paymentKey": parameter}})
        _write(folder / ".parameters.json", {"backend": {"paymentKey": "not-a-real-one"}})


def _model(name: str) -> str:
    return f"{name.title().removesuffix('s')}Item"


def _fields(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = {"indexes": ["Code", {"partition": "Name", "sort": "Amount"}]}
    if name in OWN_MODELS:
        settings |= {"own": True, "ttl": "Amount"}
    return {"Name": "string", "Code": "string", "Amount": "number", "_settings": settings}


def _declared(one: Drawn, source: str, model: str, told: tuple[int, tuple[str, str] | None]) -> dict[str, Any]:
    """Every other action says what it uses; of the rest it is told from the code."""
    place, calls = told
    action: dict[str, Any] = {"description": f"{one.kind.name} of {model}", "type": "lambda", "methods": list(one.kind.methods), "source": source}
    if one.scope == "private":
        action["cron"] = "0 3 * * ? *"
    elif one.scope != "public":
        action["scope"] = one.scope
    if one.authorization != "AWS_IAM":
        action |= {"api": {"authorization": one.authorization}, "forceUserIdentity": False}
    if one.key_required and one.scope != "private":
        action["api"] = {"keyRequired": True}
    if place % 2 == 0 or one.kind.needs_declaration:
        models = {"models": {model: list(one.kind.verbs)}} if one.kind.verbs else {}
        action["uses"] = {**models, **({"actions": [":".join(calls)]} if calls else {}), **one.kind.declared}
    return action


def _write_roles(random: Random, folder: Path, name: str, drawn: Mapping[str, list[Drawn]]) -> None:
    """The two roles that Cognito knows and two of the groups, each with statements of its own; other microapplications' exports among them."""
    nameable = [one for one in drawn[name] if one.scope != "private"]
    for role in ("unauthenticated", "authenticated", *random.sample(sorted(GROUPS), 2)):
        some = random.sample(nameable, random.randint(1, len(nameable)))
        statements = [_statement("Allow", [f"acme.{name}:{one.key}" for one in some])]
        if random.random() < 0.4:
            statements.append({**_statement("Allow", [f"acme.{name}:{drawn[name][0].resource}:*"]), "wide": True})
        other = random.choice([other for other in DOMAINS if other != name and drawn[other][0].scope != "private"])
        if random.random() < 0.5:
            statements.append(_statement("Allow", [f"acme.{other}:{drawn[other][0].key}"]))
        refusable = [one for one in nameable if one.authorization != "NONE"]
        if random.random() < 0.5 and refusable:
            statements.append(_statement("Deny", [f"acme.{name}:{random.choice(refusable).key}"]))
        _write_role(folder, role, statements)


def _write_root_roles(folder: Path, drawn: Mapping[str, list[Drawn]]) -> None:
    """The root speaks for the property: administrators may do everything but what nobody shall, auditors read what is to be read."""
    never = next(f"acme.{name}:{one.key}" for name in DOMAINS for one in drawn[name] if one.scope != "private" and one.authorization != "NONE")
    everything = {**_statement("Allow", ["*:*:*"]), "Resource": ["*:*"], "wide": True}
    _write_role(folder, "admins", [everything, _statement("Deny", [never])])
    _write_role(folder, "auditors", [{**_statement("Allow", ["acme.*:*:show"]), "Resource": ["acme.*:*"], "wide": True}])


def _statement(effect: str, actions: list[str]) -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": sorted({action.rpartition(":")[0] for action in actions})}


def _write_role(folder: Path, role: str, statements: list[dict[str, Any]]) -> None:
    precedence = {"precedence": GROUPS[role]} if GROUPS.get(role) is not None else {}
    _write(folder / f"{role}.json", {"Version": "2015-10-07", **precedence, "Statement": statements})


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2) + "\n", encoding="utf-8")
