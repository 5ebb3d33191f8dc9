"""The configuration that the browser fetches from `/_config.json`, or finds embedded in its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID, uuid5

from deep.bundle.function import plain
from deep.bundle.model_schema import schemas_of
from deep.bundle.site import has_bootstrap
from deep.bundle.target import Target
from deep.frozen import dataclass
from deep.model import Action, App, Microapp
from deep.names import local_function_arn
from deep.security.acl import acl_of
from deep.security.grants import grants_of
from deep.wire.config import (
    CONFIG_VERSION,
    ActingShape,
    FrontendAction,
    FrontendActionSource,
    FrontendConfig,
    FrontendMicroapp,
    SigningScope,
    UserPoolShape,
)
from deep.wire.migrations import RECORD

_POOLS = UUID("6f3c0a52-8d0b-5a4e-9a3d-3d7f1c5b2e90")
"""The namespace of local identity pools (RFC 9562 version 5): each app has one of its own, the same in every run."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the browser reaches the app's services; the defaults are the local platform's.

    `identity_pool_id` None means the local pool of the app. `function_arns` maps an action's identifier to its function; one that is not in it
    has the local ARN. `user_pool` is where users have their accounts, None where there is none. `api_host` verifies signatures, None where that
    is the page's own; `api_hosts` do for microapplications that another API serves. `live_reload` is the address of the stream of changes, None
    where nothing is watched. `acting` is who unsigned requests act as in development; deployed there is never anybody.
    """

    api_base_url: str = ""
    identity_endpoint: str = "/_/cognito-identity"
    identity_pool_id: str | None = None
    live_reload: str | None = None
    function_arns: Mapping[str, str] = field(default_factory=dict)
    user_pool: UserPoolShape | None = None
    api_host: str | None = None
    api_hosts: Mapping[str, str] = field(default_factory=dict)
    acting: ActingShape | None = None


LOCAL = Endpoints()


def frontend_config(app: App, target: Target, endpoints: Endpoints = LOCAL) -> FrontendConfig:
    """All that the browser library needs to know of the app. Holds frontend parameters and globals only, and no secret."""
    grants = grants_of(app)
    return {
        "version": CONFIG_VERSION,
        "env": target.env,
        "deployId": target.deploy_id,
        "awsRegion": target.region,
        "apiBaseUrl": endpoints.api_base_url,
        "identityPoolId": endpoints.identity_pool_id or local_identity_pool(app, target),
        "identityEndpoint": endpoints.identity_endpoint,
        "identityProviders": identity_providers(app),
        "userPool": endpoints.user_pool,
        "apiSigning": _signing(target, endpoints),
        "actAs": endpoints.acting,
        "roles": list(grants.roles),
        "acl": acl_of(grants),
        "liveReload": endpoints.live_reload,
        "globals": plain(app.root.globals),
        "models": {model.name: plain(model.fields) for model in app.models if model.name != RECORD},
        "validationSchemas": schemas_of(app),
        "microapps": {microapp.identifier: _microapp(microapp, endpoints) for microapp in app.microapps},
    }


def _signing(target: Target, endpoints: Endpoints) -> SigningScope:
    scope: SigningScope = {"service": "execute-api", "region": target.region, "host": endpoints.api_host}
    if endpoints.api_hosts:
        scope["hosts"] = dict(endpoints.api_hosts)
    return scope


def local_identity_pool(app: App, target: Target) -> str:
    """The identity pool of local runs, in the form of Cognito's (`us-east-1:<uuid>`): different for each app, equal in each run."""
    return f"{target.region}:{uuid5(_POOLS, app.property.app_identifier)}"


def identity_providers(app: App) -> dict[str, str]:
    """Client ids by the provider's domain, as the globals `security|identityProviders|<domain>` of the root name them (deep-2016 2.8)."""
    security = app.root.globals.get("security")
    named = security.get("identityProviders") if isinstance(security, Mapping) else None
    return {domain: str(client) for domain, client in named.items() if client} if isinstance(named, Mapping) else {}


def _microapp(microapp: Microapp, endpoints: Endpoints) -> FrontendMicroapp:
    return {
        "isRoot": microapp.is_root,
        "hasBootstrap": has_bootstrap(microapp),
        "parameters": plain(microapp.frontend_parameters),
        "resources": {resource.name: {action.name: _action(action, endpoints) for action in resource.actions} for resource in microapp.resources},
    }


def _action(action: Action, endpoints: Endpoints) -> FrontendAction:
    return {
        "type": action.type,
        "methods": list(action.methods),
        "source": _source(action, endpoints),
        "cacheTtl": action.cache_ttl_s,
        "scope": action.scope,
        "authorization": action.authorization,
        "keyRequired": action.key_required,
        "validationSchema": action.validation_schema,
    }


def _source(action: Action, endpoints: Endpoints) -> FrontendActionSource:
    if action.url is not None:
        return {"api": action.url, "original": action.url}
    local = local_function_arn(action.microapp, action.resource, action.name)
    return {"api": action.path, "original": endpoints.function_arns.get(action.identifier, local)}
