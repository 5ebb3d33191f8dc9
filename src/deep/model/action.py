"""Resources and actions: the backend of a microapplication as `resources.json` declares it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from deep.errors import Place
from deep.frozen import dataclass
from deep.model.code import Code
from deep.names import action_identifier, action_path

Verb = Literal["create", "get", "list", "find", "update", "delete", "unique"]
Language = Literal["python", "nodejs", "java", "other"]


@dataclass(frozen=True, slots=True)
class AwsUse:
    """What an action's own AWS SDK calls need: IAM actions on ARNs, as in a statement of an IAM policy."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Uses:
    """All that a function may touch: models and what it does with their items, actions that it calls (`deep.todo:task:create`), AWS services.

    `place` is `uses` in `resources.json`, or the action's name where it declares none.
    """

    models: Mapping[str, frozenset[Verb]]
    actions: tuple[str, ...]
    aws: tuple[AwsUse, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Action:
    """One microservice: a function of ours (`lambda`), or somebody else's URL (`external`).

    `methods` are HTTP verbs, the default one first. `source` is the absolute folder of a lambda's code, `url` an external action's address.
    `runtime` is what `engine.runtime` says, else the language found in the folder (`python`, `nodejs`, `java`). `declared_uses` is what `uses` says,
    None without it, and `code` what its Python was found to do; `App.uses` is what comes of the two. `cache_ttl_s`: -1 not cached, 0 for ever.
    `place` is the action's name in `resources.json`.
    """

    microapp: str
    resource: str
    name: str
    description: str
    type: Literal["lambda", "external"]
    methods: tuple[str, ...]
    source: Path | None
    url: str | None
    cache_ttl_s: int
    force_user_identity: bool
    validation_schema: str | None
    memory_mb: int
    timeout_s: int
    runtime: str | None
    cron: str | None
    cron_payload: Mapping[str, Any] | None
    scope: Literal["public", "protected", "private"]
    authorization: Literal["AWS_IAM", "NONE", "CUSTOM"]
    key_required: bool
    declared_uses: Uses | None
    code: Code
    place: Place

    @property
    def identifier(self) -> str:
        """`deep.todo:task:create`."""
        return action_identifier(self.microapp, self.resource, self.name)

    @property
    def path(self) -> str:
        """Where the action answers, locally and deployed: `/deep-todo/task/create`."""
        return action_path(self.microapp, self.resource, self.name)

    @property
    def is_direct(self) -> bool:
        """Whether callers may invoke the function itself, beside its route. Not where a key is required: a direct call carries none."""
        return self.scope == "public" and not self.key_required

    @property
    def language(self) -> Language | None:
        """The language of a lambda's code; None for external actions."""
        if self.runtime is None:
            return None
        for language in ("python", "nodejs", "java"):
            if self.runtime.startswith(language):
                return language
        return "other"


@dataclass(frozen=True, slots=True)
class Resource:
    """A named group of actions: `task` of `deep.todo`."""

    microapp: str
    name: str
    actions: tuple[Action, ...]
