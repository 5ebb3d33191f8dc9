"""Small apps with rules at random, as values: what no author would write is in them too."""

from __future__ import annotations

from random import Random
from typing import Any

from deep.errors import Place
from deep.model import Action, App, Exports, Microapp, Property, Resource, Role, Statement, Uses
from tests.fakes.apps import action_of, microapp_of

MICROAPPS = ("acme.a", "acme.ab", "b.a")
RESOURCES = ("task", "tasks", "t")
NAMES = ("create", "createAll", "read", "c")
"""Names that begin alike, so that a careless wildcard or a prefix would show."""
ROLES = ("unauthenticated", "authenticated", "editors", "edit")
METHODS = (("GET",), ("POST",), ("PUT", "PATCH"), ("GET", "POST"), ("DELETE",))


def random_app(random: Random) -> App:
    """A root that speaks for all, and one to three microapplications with one to four actions each."""
    microapps = [_microapp(random, identifier) for identifier in random.sample(MICROAPPS, random.randint(1, 3))]
    root = microapp_of("deep.root", is_root=True, roles=_roles(random, "deep.root", 0.2))
    own = Property(_place("deeploy.json").file, "Random", "random", "test", "123456789012", "us-east-1", None, (), None, "v1", False, {}, False)  # type: ignore[arg-type]
    actions = [action for microapp in microapps for action in microapp.actions]
    uses = {action.identifier: Uses({}, (), (), action.place) for action in actions}
    return App(own, (root, *microapps), (), uses, ())


def _microapp(random: Random, identifier: str) -> Microapp:
    keys = random.sample([(resource, name) for resource in RESOURCES for name in NAMES], random.randint(1, 4))
    actions = [_action(random, identifier, key) for key in keys]
    exported = frozenset(f"{action.resource}:{action.name}" for action in actions if random.random() < 0.3)
    resources = tuple(
        Resource(identifier, resource, tuple(action for action in actions if action.resource == resource))
        for resource in dict.fromkeys(action.resource for action in actions)
    )
    return microapp_of(identifier, resources=resources, exports=Exports(exported), roles=_roles(random, identifier, 0.7))


def _action(random: Random, microapp: str, key: tuple[str, str]) -> Action:
    return action_of(
        key[1],
        microapp=microapp,
        resource=key[0],
        methods=random.choice(METHODS),
        scope=random.choice(["public", "public", "protected", "private"]),
        authorization=random.choice(["AWS_IAM", "AWS_IAM", "AWS_IAM", "NONE"]),
        key_required=random.random() < 0.2,
    )


def _roles(random: Random, microapp: str, chance: float) -> tuple[Role, ...]:
    return tuple(
        Role(name, "2015-10-07", _statements(random, microapp), _place(f"{name}.json"), random.choice([None, 1, 2]))
        for name in ROLES
        if random.random() < chance
    )


def _statements(random: Random, microapp: str) -> tuple[Statement, ...]:
    return tuple(_statement(random, microapp, line) for line in range(random.randint(1, 3)))


def _statement(random: Random, microapp: str, line: int) -> Statement:
    effect: Any = random.choice(["Allow", "Allow", "Deny"])
    actions = tuple(f"{_part(random, (microapp, *MICROAPPS))}:{_part(random, RESOURCES)}:{_part(random, NAMES)}" for _ in range(random.randint(1, 3)))
    covering = random.choice([tuple(dict.fromkeys(action.rpartition(":")[0] for action in actions)), ("*:*",)])
    return Statement(effect, actions, covering, True, _place("role.json", line + 4))


def _part(random: Random, names: tuple[str, ...]) -> str:
    """A name, a wildcard, or a name whose end or beginning is one."""
    name = random.choice(names)
    return random.choice([name, name, name, "*", f"{name[:1]}*", f"*{name[-1:]}"])


def _place(file: str, line: int = 1) -> Place:
    return Place(file, line, 5)
