"""The routes of an app: every public action by path, and every function by each name it may be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from deep.bundle.function import action_function_name
from deep.bundle.target import Target
from deep.frozen import dataclass
from deep.local.gateway.events import EventTemplate
from deep.model import Action, App
from deep.names import local_function_arn, url_segment


@dataclass(frozen=True, slots=True)
class Route:
    """An action's function as the gateway calls it. `events` has a template per method that is served; `allow` is the `Allow` header's value.

    `is_open` says that the action may be invoked directly too (scope `public`, no key required); `signed` that callers are identified (its
    authorization is not `NONE`).
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


def routes_of(app: App, target: Target) -> Routes:
    """The routes of every lambda action; external actions are reached at their own URL."""
    by_name: dict[str, Route] = {}
    by_path: dict[str, Route] = {}
    for action in app.actions:
        if action.type != "lambda":
            continue
        name = action_function_name(app, action, target)
        arn = f"arn:aws:lambda:{target.region}:{target.account_id}:function:{name}"
        route = _route(action, arn, target.account_id)
        local = local_function_arn(action.microapp, action.resource, action.name)
        by_name |= dict.fromkeys((action.identifier, f"@{action.identifier}", local, arn, name), route)
        if action.scope != "private":
            by_path[action.path] = route
    return Routes(by_path, by_name, frozenset(url_segment(microapp.identifier) for microapp in app.microapps if microapp.resources))


def _route(action: Action, arn: str, account_id: str) -> Route:
    signed = action.authorization != "NONE"
    events = {method: EventTemplate.of(method, action.path, account_id, signed=signed) for method in action.methods}
    if "GET" in events:
        events.setdefault("HEAD", events["GET"])
    return Route(action.identifier, arn, _allow(events), events, action.is_direct, signed)


def _allow(methods: Iterable[str]) -> bytes:
    return ", ".join(sorted({*methods, "OPTIONS"})).encode()
