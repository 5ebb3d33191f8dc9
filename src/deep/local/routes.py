"""The routes of an app: every public action by path, and every function by each name it may be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from deep.local.events import EventTemplate
from deep.names import app_hash, function_name, local_function_arn, url_segment

if TYPE_CHECKING:
    from deep.model import Action, App


@dataclass(frozen=True, slots=True)
class Route:
    """An action's function as the gateway calls it. `events` has a template per method that is served; `allow` is the `Allow` header's value.

    `is_open` says that the action may be invoked directly too (scope `public`); `signed` that callers are identified (authorization `AWS_IAM`).
    """

    identifier: str
    function_arn: str
    allow: bytes
    events: Mapping[str, EventTemplate]
    is_open: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Routes:
    """`by_path` holds what the API serves (not private actions); `by_name` every function: identifier, local ARN, deployed name and ARN.

    `segments` are the first path segments under which the API lives.
    """

    by_path: Mapping[str, Route]
    by_name: Mapping[str, Route]
    segments: frozenset[str]

    def near(self, path: str) -> list[str]:
        """Up to three served paths that look like `path`."""
        return get_close_matches(path[:200], self.by_path, n=3, cutoff=0.6)


def routes_of(app: App) -> Routes:
    """The routes of every lambda action; external actions are reached at their own URL."""
    actions = [action for action in app.actions if action.type == "lambda"]
    by_name: dict[str, Route] = {}
    by_path: dict[str, Route] = {}
    for action in actions:
        arn = _deployed_arn(app, action)
        route = _route(action, arn, app.property.account_id)
        local = local_function_arn(action.microapp, action.resource, action.name)
        by_name |= dict.fromkeys((action.identifier, f"@{action.identifier}", local, arn, arn.rpartition(":")[2]), route)
        if action.scope != "private":
            by_path[action.path] = route
    return Routes(by_path, by_name, frozenset(url_segment(microapp.identifier) for microapp in app.microapps if microapp.resources))


def _deployed_arn(app: App, action: Action) -> str:
    owner = app.property
    hashed = app_hash(owner.account_id, owner.app_identifier)
    name = function_name(owner.env, action.microapp, action.resource, action.name, hashed)
    return f"arn:aws:lambda:{owner.region}:{owner.account_id}:function:{name}"


def _route(action: Action, arn: str, account_id: str) -> Route:
    signed = action.authorization == "AWS_IAM"
    events = {method: EventTemplate.of(method, action.path, account_id, signed=signed) for method in action.methods}
    if "GET" in events:
        events.setdefault("HEAD", events["GET"])
    return Route(action.identifier, arn, _allow(events), events, action.scope == "public", signed)


def _allow(methods: Iterable[str]) -> bytes:
    return ", ".join(sorted({*methods, "OPTIONS"})).encode()
