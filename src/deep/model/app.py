"""The whole project as frozen values: what `load_app` answers and every later step (server, bundle, security, deploy) is a function of."""

from __future__ import annotations

import builtins  # in `App`, `property` is a property
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from deep.errors import DeepError, Place, Problem
from deep.frozen import dataclass
from deep.model.action import Action, Resource, Uses
from deep.model.data import Fixture, Migration, Model, Role, Validation
from deep.model.nearest import did_you_mean

Env = Literal["dev", "stage", "test", "prod"]
Tier = Literal["frontend", "backend", "globals"]


@dataclass(frozen=True, slots=True)
class Person:
    """An author or contributor."""

    name: str
    email: str
    website: str | None = None


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of a microapplication that exist, as absolute paths; None for those that do not."""

    frontend: Path | None = None
    backend: Path | None = None
    docs: Path | None = None
    tests: Path | None = None
    models: Path | None = None
    validation: Path | None = None
    fixtures: Path | None = None
    migration: Path | None = None
    roles: Path | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named parameter (RAML 0.8) and the value it has here. `name` may nest: `pageLoader|src`.

    `origin` says where the value is from; `value` is None when the parameter is optional and nobody gave one. A `secret` one is part of no bundle.
    """

    tier: Tier
    name: str
    type: str
    description: str
    required: bool
    value: Any = field(repr=False)  # it may be a secret, and what is printed while looking for a mistake may be kept anywhere
    origin: Literal["default", "answers", "environment", "none"]
    place: Place
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Exports:
    """What other microapplications may use: actions as `resource:action`, and models that they may declare too."""

    actions: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hook:
    """A script of the microapplication that runs at `moment` (`init`, `post-install`, ...), once somebody approved it."""

    moment: str
    path: Path
    language: Literal["python", "nodejs"]


@dataclass(frozen=True, slots=True)
class Microapp:
    """A microapplication: one `deepkg.json` and everything its folders hold.

    `frontend_parameters` and `backend_parameters` are nested objects of values and never hold each other's; `globals` come from the root alone.
    `hook_writes` are the folders of other microapplications that its hooks declare to write to, as `microapp:path`.
    """

    identifier: str
    name: str
    description: str
    version: str
    is_root: bool
    author: Person | None
    contributors: tuple[Person, ...]
    dependencies: Mapping[str, str]
    folders: Folders
    frontend_engines: tuple[str, ...]
    tags: tuple[str, ...]
    path: Path
    parameters: tuple[Parameter, ...]
    frontend_parameters: Mapping[str, Any]
    backend_parameters: Mapping[str, Any]
    globals: Mapping[str, Any]
    resources: tuple[Resource, ...]
    models: tuple[Model, ...]
    validations: tuple[Validation, ...]
    roles: tuple[Role, ...]
    exports: Exports
    hooks: tuple[Hook, ...]
    hook_writes: tuple[str, ...]
    migrations: tuple[Migration, ...]
    fixtures: tuple[Fixture, ...]
    place: Place

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for resource in self.resources for action in resource.actions)

    @property
    def migrating(self) -> Action | None:
        """The action that runs its migrations; None where it has none."""
        return self.resources[-1].actions[0] if self.migrations else None


@dataclass(frozen=True, slots=True)
class Ssl:
    """The domain that an environment of the app answers at, the ARN of its certificate, and the id of its hosted zone if that is in the account."""

    domain: str
    certificate: str
    hosted_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What of an environment is watched: by a dashboard, and by alarms, of which the addresses in `notify` hear."""

    dashboard: bool = False
    alarms: bool = False
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotas:
    """What AWS has raised for the account. Defaults: API Gateway Developer Guide and Amazon CloudFront Developer Guide, "Quotas"."""

    routes: int = 300
    cache_behaviors: int = 75


@dataclass(frozen=True, slots=True)
class Property:
    """The web application as a whole: what `deeploy.json` says, or its defaults. Holds no secret.

    `hook_approvals` maps `identifier@version` to moment to the approved script's hash (`sha256-...`). `is_generated` says that there is no
    `deeploy.json` yet. `cors` are origins (`https://partner.example`) whose pages may call the API; `api_keys` maps a key's name to its digest
    (`sha256-...`), which opens nothing.
    """

    path: Path
    app_name: str
    app_identifier: str
    env: Env
    account_id: str
    region: str
    domain: str | None
    domain_aliases: tuple[str, ...]
    api_alias: str | None
    api_version: str
    website: bool
    hook_approvals: Mapping[str, Mapping[str, str]]
    is_generated: bool
    cors: tuple[str, ...] = ()
    api_keys: Mapping[str, str] = field(default_factory=dict)
    ssl: Mapping[str, Ssl] = field(default_factory=dict)
    quotas: Quotas = Quotas()
    monitoring: Mapping[str, Monitoring] = field(default_factory=dict)
    waf: Mapping[str, bool | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class App:
    """A property and its microapplications, the root first and the others by identifier. `models` are merged by name: same name, same table.

    `uses` holds, for each lambda action by identifier, all that its function may touch: declared, or told from its code.
    """

    property: Property
    microapps: tuple[Microapp, ...]
    models: tuple[Model, ...]
    uses: Mapping[str, Uses]
    warnings: tuple[Problem, ...]

    @builtins.property
    def path(self) -> Path:
        """The property's folder; what the platform keeps is under its `.deep/`."""
        return self.property.path

    @builtins.property
    def root(self) -> Microapp:
        return next(microapp for microapp in self.microapps if microapp.is_root)

    @builtins.property
    def actions(self) -> tuple[Action, ...]:
        """Every action of every microapplication."""
        return tuple(action for microapp in self.microapps for action in microapp.actions)

    @builtins.property
    def validations(self) -> tuple[Validation, ...]:
        """Every validation schema; a schema declared alike by two microapplications appears once."""
        unique = {validation.name: validation for microapp in reversed(self.microapps) for validation in microapp.validations}
        return tuple(unique[name] for name in sorted(unique))

    def microapp(self, identifier: str) -> Microapp:
        """The microapplication of that identifier. Raises DeepError `unknown-microapp`, naming the nearest."""
        for microapp in self.microapps:
            if microapp.identifier == identifier:
                return microapp
        known = [microapp.identifier for microapp in self.microapps]
        raise DeepError.of(
            "unknown-microapp", f'no microapplication is called "{identifier}"', help=did_you_mean(identifier, known, "the property has")
        )

    def action(self, identifier: str) -> Action:
        """The action `deep.todo:task:create`, with or without a leading `@`. Raises DeepError `unknown-action`, naming the nearest."""
        wanted = identifier.removeprefix("@")
        for action in self.actions:
            if action.identifier == wanted:
                return action
        known = [action.identifier for action in self.actions]
        raise DeepError.of("unknown-action", f'no action is called "{wanted}"', help=did_you_mean(wanted, known, "the property has"))
