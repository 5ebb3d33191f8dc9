"""The stacks of an app: artefacts, what people keep, and everything that can be made anew, with a nested stack for each microapplication.

Names are computed, so stacks refer to each other by names and ARNs known beforehand; what only AWS can name (ids of pools and of APIs) goes from
one stack's outputs to the next one's parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from deep.frozen import dataclass
from deep.model import Action, Microapp
from deep.provision.release import Release, nested_id
from deep.provision.resources.alarms import alarms
from deep.provision.resources.api import http_api, http_apis, routes
from deep.provision.resources.apis import API_ID, Apis, apis_of
from deep.provision.resources.buckets import ARTEFACTS, SITE, artefact_url, store_buckets, tag_list
from deep.provision.resources.dashboard import dashboard
from deep.provision.resources.dead_letters import DEAD_LETTERS, dead_letters
from deep.provision.resources.firewall import firewall
from deep.provision.resources.functions import function, function_id
from deep.provision.resources.roles import identity_roles
from deep.provision.resources.schedules import schedule
from deep.provision.resources.site import site
from deep.provision.resources.tables import tables
from deep.provision.resources.users import CLIENT, IDENTITIES, POOL, PROVIDER, users
from deep.provision.resources.versions import VERSION_TYPE, versions
from deep.provision.template import Fragment, Resource, Template, joined, ref

if TYPE_CHECKING:
    from deep.provision.parts import Keeping

Kind = Literal["store", "data", "app"]


@dataclass(frozen=True, slots=True)
class Stack:
    """A top-level stack. `takes` maps each parameter of its template to the stack and output it comes from."""

    kind: Kind
    name: str
    template: Template
    takes: Mapping[str, tuple[Kind, str]]


@dataclass(frozen=True, slots=True)
class Stacks:
    """All stacks of a release in the order they are made. `nested` are the microapplications' templates, by the key they are uploaded to."""

    store: Stack
    data: Stack
    app: Stack
    nested: Mapping[str, Template]

    @property
    def microapps(self) -> Mapping[str, Template]:
        """The nested templates by the logical ids of their stacks."""
        return {name: self.nested[key] for name, key in nested_keys(self.app.template).items()}

    def with_app(self, root: Template, microapps: Mapping[str, Template]) -> Stacks:
        """These stacks with another root template of the app, and others nested in it, by the logical ids of their stacks."""
        keys = {name: template.key for name, template in microapps.items()}
        leading = root.having(_leading_to(one, keys[one.logical_id]) for one in root.resources if one.logical_id in keys)
        app = replace(self.app, template=leading, takes=_taken(root.parameters))
        return replace(self, app=app, nested={keys[name]: template for name, template in microapps.items()})

    @property
    def in_order(self) -> tuple[Stack, ...]:
        return (self.store, self.data, self.app)


def compile_stacks(release: Release) -> Stacks:
    """Pure: the same release gives the same bytes. Raises KeyError when a lambda action has no package."""
    return _whole(release) if release.keeping is None else _narrowed(release, release.keeping)


def _whole(release: Release) -> Stacks:
    nested = {microapp.identifier: microapp_template(release, microapp) for microapp in release.app.microapps if _has_functions(microapp)}
    keys = {identifier: template.key for identifier, template in nested.items()}
    store = joined(f"{release.stem}: artefacts and pages", [store_buckets(release)], {})
    data = joined(f"{release.stem}: what people keep", [tables(release), users(release)], {})
    return Stacks(
        Stack("store", f"{release.stem}-store", store, {}),
        Stack("data", f"{release.stem}-data", data, {}),
        Stack("app", release.stem, _app_template(release, keys), _app_takes(release)),
        {keys[identifier]: template for identifier, template in nested.items()},
    )


def _narrowed(release: Release, keeping: Keeping) -> Stacks:
    """What stands, with the chosen functions as they are now. All else that a change would bring waits for a whole deploy."""
    before = {name: Template.of_json(told) for name, told in keeping.standing.items()}
    serving, nested = apis_of(release), {key: before[name] for name, key in nested_keys(before["app"]).items()}
    root = _with_apis(before["app"], release, serving)
    for microapp in release.app.microapps:
        chosen = tuple(action for action in microapp.actions if action.identifier in keeping.functions)
        if chosen:
            template = _updated(release, microapp, chosen, before.get(nested_id(microapp.identifier)))
            root, nested = root.having([_nested(release, serving, microapp.identifier, template.key)]), {**nested, template.key: template}
    used = nested_keys(root).values()
    return Stacks(
        Stack("store", f"{release.stem}-store", before["store"], {}),
        Stack("data", f"{release.stem}-data", before["data"], {}),
        Stack("app", release.stem, root, _taken(root.parameters)),
        {key: template for key, template in nested.items() if key in used},
    )


def _with_apis(root: Template, release: Release, serving: Apis) -> Template:
    """The app's template with those APIs that none of its microapplications needed before."""
    there = {one.logical_id for one in root.resources}
    for fragment in (http_api(release, one) for one in serving.ids if one not in there):
        root = replace(root.having(fragment.resources), outputs={**root.outputs, **fragment.outputs})
    return root


def _updated(release: Release, microapp: Microapp, chosen: tuple[Action, ...], before: Template | None) -> Template:
    """The microapplication's template with the resources of these actions renewed; whole where it did not stand yet."""
    after = microapp_template(release, microapp)
    if before is None:
        return after
    theirs = _ids(release, microapp, chosen) - _ids(release, microapp, ())
    functions = {function_id(action) for action in chosen}
    kept = tuple(one for one in before.resources if one.type != VERSION_TYPE or one.properties["FunctionName"]["Ref"] not in functions)
    return replace(before, resources=kept).having([one for one in after.resources if one.logical_id in theirs])


def _ids(release: Release, microapp: Microapp, actions: Collection[Action]) -> set[str]:
    """Of the resources that the microapplication would have with these actions alone."""
    resources = tuple(replace(one, actions=tuple(action for action in one.actions if action in actions)) for one in microapp.resources)
    return {one.logical_id for one in microapp_template(release, replace(microapp, resources=resources)).resources}


def nested_keys(root: Template) -> dict[str, str]:
    """Logical ids of nested stacks with the keys of their templates."""
    nested = [one for one in root.resources if one.type == "AWS::CloudFormation::Stack"]
    return {one.logical_id: f"templates/{one.properties['TemplateURL'].rpartition('/')[2]}" for one in nested}


def _leading_to(nested: Resource, key: str) -> Resource:
    bucket = nested.properties["TemplateURL"].rpartition("/templates/")[0]
    return replace(nested, properties={**nested.properties, "TemplateURL": f"{bucket}/{key}"})


def _taken(names: Iterable[str]) -> Mapping[str, tuple[Kind, str]]:
    """The stack and the output that each parameter of the app's template comes from."""
    return {name: ("store" if name in (ARTEFACTS, SITE, "SiteBucketDomain") else "data", name) for name in names}


def _app_takes(release: Release) -> Mapping[str, tuple[Kind, str]]:
    """A template may declare no parameter that it does not use: groups alone need the user pool, functions alone the artefacts."""
    functions = any(_has_functions(microapp) for microapp in release.app.microapps)
    stored, kept = (
        (*((ARTEFACTS,) if functions else ()), SITE, "SiteBucketDomain"),
        (CLIENT, PROVIDER, IDENTITIES, *((POOL,) if release.grants.groups else ())),
    )
    return _taken((*stored, *kept))


_NESTED_PARAMETERS = {API_ID: "the HTTP API", ARTEFACTS: "the bucket that holds the functions' packages"}


def microapp_template(release: Release, microapp: Microapp) -> Template:
    """Functions, routes and schedules of one microapplication."""
    actions = [action for action in microapp.actions if action.type == "lambda"]
    fragments = [
        part
        for action in actions
        for part in (function(release, action), versions(release, action), routes(release, action), schedule(release, action))
    ]
    return joined(f"{release.stem}: {microapp.identifier} {microapp.version}", fragments, _NESTED_PARAMETERS)


def _app_template(release: Release, keys: Mapping[str, str]) -> Template:
    serving = apis_of(release)
    nested = Fragment(tuple(_nested(release, serving, identifier, key) for identifier, key in keys.items()))
    failing = dead_letters(release) if keys else Fragment()
    parameters = {name: f"{output} of the {kind} stack" for name, (kind, output) in _app_takes(release).items()}
    fragments = [http_apis(release), identity_roles(release), site(release), firewall(release), failing, nested, alarms(release), dashboard(release)]
    return joined(f"{release.stem}: everything that can be made anew", fragments, parameters)


def _nested(release: Release, serving: Apis, identifier: str, key: str) -> Resource:
    parameters = {**{name: ref(name) for name in _NESTED_PARAMETERS}, API_ID: ref(serving.of(identifier))}
    properties = {"Parameters": parameters, "Tags": tag_list(release), "TemplateURL": artefact_url(release, key)}
    return Resource(nested_id(identifier), "AWS::CloudFormation::Stack", properties, depends_on=(DEAD_LETTERS,))


def _has_functions(microapp: Microapp) -> bool:
    return any(action.type == "lambda" for action in microapp.actions)
