"""Which HTTP API serves a microapplication: an app has as many as it needs, for AWS takes only so much of each.

A microapplication is served whole by one API: by the first that has room for it, in the order of the app. One that is too large for any gets an empty
one, and `provision.planning.limits` refuses it. Source: API Gateway Developer Guide, "Quotas for configuring and running an HTTP API".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deep.frozen import dataclass
from deep.model import Microapp
from deep.provision.parts import Keeping
from deep.provision.release import Release, nested_id
from deep.security.identity_policy import route_methods

API_ID = "Api"
"""The first API, by its logical id, and the parameter that names a microapplication's API to its stack."""
ANY_API = re.compile(rf"\$\{{{API_ID}\d*\}}")
"""How a text for `Fn::Sub` names an API."""
MOST_INTEGRATIONS = 300
"""Of an HTTP API. AWS raises its routes, and never these."""


@dataclass(frozen=True, slots=True)
class Apis:
    """`ids` are the logical ids of all APIs, `serving` has that of each microapplication."""

    ids: tuple[str, ...]
    serving: Mapping[str, str]

    def of(self, microapp: str) -> str:
        """One that is not deployed yet has none, and is spoken of as the first API's."""
        return self.serving.get(microapp, API_ID)


@dataclass(frozen=True, slots=True)
class Load:
    """What microapplications take of an API: an integration for each action that is not private, and its routes."""

    integrations: int = 0
    routes: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(self.integrations + other.integrations, self.routes + other.routes)

    def has_room(self, more: Load, most_routes: int) -> bool:
        whole = self + more
        return self == Load() or (whole.integrations <= MOST_INTEGRATIONS and whole.routes <= most_routes)


def apis_of(release: Release) -> Apis:
    """The APIs of a release, the same for the same release.

    Where only some functions are brought up to date, microapplications that stand keep the API that they have.
    """
    serving, loads = _standing(release, release.keeping) if release.keeping else ({}, {API_ID: Load()})
    for microapp in _to_place(release, serving):
        load = _load(microapp)
        api = next((one for one, taken in loads.items() if taken.has_room(load, release.app.property.quotas.routes)), f"{API_ID}{len(loads) + 1}")
        serving[microapp.identifier] = api
        loads[api] = loads.get(api, Load()) + load
    return Apis(tuple(loads), serving)


def _to_place(release: Release, serving: Mapping[str, str]) -> list[Microapp]:
    """Those that have no API yet and are made now."""
    chosen = None if release.keeping is None else release.keeping.functions
    new = [microapp for microapp in release.app.microapps if microapp.identifier not in serving]
    return [one for one in new if chosen is None or any(action.identifier in chosen for action in one.actions)]


def _load(microapp: Microapp) -> Load:
    called = [action for action in microapp.actions if action.type == "lambda" and action.scope != "private"]
    return Load(len(called), sum(len(route_methods(action)) for action in called))


def _standing(release: Release, keeping: Keeping) -> tuple[dict[str, str], dict[str, Load]]:
    """Which API serves what stands, and how much of it that takes."""
    root = keeping.standing["app"]
    loads = {name: Load() for name, one in root["Resources"].items() if one["Type"] == "AWS::ApiGatewayV2::Api"}
    given = dict(given_apis(root))
    for name, api in given.items():
        types = [one["Type"] for one in keeping.standing[name]["Resources"].values()]
        loads[api] += Load(types.count("AWS::ApiGatewayV2::Integration"), types.count("AWS::ApiGatewayV2::Route"))
    names = {microapp.identifier: nested_id(microapp.identifier) for microapp in release.app.microapps}
    return {identifier: given[name] for identifier, name in names.items() if name in given}, loads


def given_apis(root: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The nested stacks of an app's template and the API that each is given, both by logical ids."""
    nested = {name: one["Properties"] for name, one in root["Resources"].items() if one["Type"] == "AWS::CloudFormation::Stack"}
    for name, properties in nested.items():
        match properties.get("Parameters", {}).get(API_ID):
            case {"Ref": str() as api}:
                yield name, api


def numbered(word: str, api: str, between: str = "") -> str:
    """The word as it is for the first API, and with the number of the API for others."""
    number = api.removeprefix(API_ID)
    return f"{word}{between}{number}" if number else word


def api_host(api: str, region: str) -> str:
    """The host of an API, as a text for `Fn::Sub`."""
    return f"${{{api}}}.execute-api.{region}.amazonaws.com"
