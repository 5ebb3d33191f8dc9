"""What the gateway serves of an app: routes, files and configuration, made anew from each state of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import orjson

from deep.bundle.cors import cors_rule
from deep.bundle.frontend import Endpoints, frontend_config, local_identity_pool
from deep.bundle.headers import security_headers
from deep.bundle.openapi import openapi_document
from deep.bundle.pages import Page, render_file
from deep.bundle.site import index_of, site_files
from deep.bundle.target import Target
from deep.frozen import dataclass
from deep.local.gateway.gateway import Served
from deep.local.gateway.guard import Guard, Realm, Rules, to_nobody
from deep.local.gateway.livereload import PATH as RELOAD_PATH
from deep.local.gateway.routes import routes_of
from deep.local.gateway.shield import Shield
from deep.local.gateway.site import Site
from deep.local.identity.acting import acting_as
from deep.local.identity.keeping import IdentityKeep
from deep.local.redaction import Redaction, secret_values
from deep.model import App
from deep.security.explain import explain
from deep.security.grants import grants_of
from deep.security.guard import guard_of


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """How an app is shown: built frontends or their sources, pages that reload themselves or not, and who sends unsigned requests, if anybody may.

    `noted` hears of every caller who is let in: role and action.
    """

    use_build: bool = True
    live_reload: bool = True
    act_as: str | None = None
    noted: Callable[[str, str], None] = to_nobody


def view_of(app: App, target: Target, keep: IdentityKeep, options: ViewOptions) -> Served:
    """This state of the app, ready to be served. `keep` knows users and session tokens.

    Raises DeepError when a page's parameters cannot be used, or there is nobody to act as.
    """
    identities = keep.identities(app, target)
    grants = grants_of(app)
    acting = acting_as(options.act_as, grants.roles, identities) if options.act_as else None
    endpoints = Endpoints(
        live_reload=RELOAD_PATH if options.live_reload else None,
        user_pool=identities.users.settings.shape,
        acting=acting.shape if acting and acting.user_id else None,
    )
    page = Page(app, target, endpoints)
    files = site_files(app, use_build=options.use_build)
    config = orjson.dumps(frontend_config(app, target, endpoints))
    shield = Shield(security_headers(app, target, endpoints), cors_rule(app), Redaction(secret_values(app)))
    site = Site(files, index_of(app, files), lambda file: render_file(file, page), shield.pages)
    realm = Realm(identities.vault, local_identity_pool(app, target), target.account_id, target.region, acting)
    guard = Guard(Rules(guard_of(app, grants), partial(explain, app, grants), options.noted), realm, development=target.development)
    return Served(routes_of(app, target), site, config, identities, guard, shield=shield, openapi=orjson.dumps(openapi_document(app)))
