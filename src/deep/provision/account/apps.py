"""Which apps an account has, and how each of them stands; pure: from the states of its stacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.names import studly
from deep.provision.account.cloud import StackState
from deep.provision.release import Release
from deep.provision.resources.domain import ADDRESS

State = Literal["deployed", "being changed", "data kept", "unfinished"]


@dataclass(frozen=True, slots=True)
class DeployedApp:
    """An app in an environment, by the tags of its stacks. `url` is None while there is none to open; `changed_at` is ISO 8601."""

    name: str
    env: str
    stem: str
    stacks: tuple[StackState, ...]

    @property
    def state(self) -> State:
        kinds = {stack.name.removeprefix(self.stem).removeprefix("-"): stack for stack in self.stacks}
        if any(stack.is_moving for stack in self.stacks):
            return "being changed"
        if set(kinds) == {"data"} and kinds["data"].is_whole:
            return "data kept"
        return "deployed" if set(kinds) == {"", "data", "store"} and all(stack.is_whole for stack in self.stacks) else "unfinished"

    @property
    def url(self) -> str | None:
        return next((stack.outputs[ADDRESS] for stack in self.stacks if ADDRESS in stack.outputs), None)

    @property
    def changed_at(self) -> str:
        return max(stack.changed_at for stack in self.stacks)

    def as_json(self) -> dict[str, Any]:
        stacks = [{"name": stack.name, "status": stack.status, "reason": stack.reason} for stack in self.stacks]
        told = {"app": self.name, "env": self.env, "stem": self.stem, "state": self.state}
        return {**told, "url": self.url, "changedAt": self.changed_at, "stacks": stacks}


def deployed_apps(stacks: Iterable[StackState]) -> tuple[DeployedApp, ...]:
    """By name and environment; stacks that bear no tags of DEEP's, and those nested in others, are passed over."""
    found: dict[tuple[str, str, str], list[StackState]] = {}
    for stack in stacks:
        tags = [stack.tags.get(f"deep:{tag}") for tag in ("app", "env", "hash")]
        stem = f"Deep{studly(tags[1] or '')}{tags[2]}"
        if all(tags) and stack.name in (stem, f"{stem}-data", f"{stem}-store"):
            found.setdefault((str(tags[0]), str(tags[1]), stem), []).append(stack)
    return tuple(DeployedApp(*key, tuple(sorted(stacks, key=lambda one: one.name))) for key, stacks in sorted(found.items()))


def not_deployed(release: Release) -> RefusedError:
    """The error for what needs an app that stands."""
    help_ = "deepify deploy deploys it as a whole; deepify list shows what is"
    return RefusedError(Problem("not-deployed", f"{release.app.property.app_identifier} is not deployed ({release.target.env})", help=help_))
