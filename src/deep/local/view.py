"""What the gateway serves of an app: routes, files and configuration, made anew from each state of it."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from deep.bundle.cors import cors_rule
from deep.bundle.frontend import Endpoints, frontend_config
from deep.bundle.headers import security_headers
from deep.bundle.pages import Page, render_file
from deep.bundle.site import SiteFile, site_files
from deep.bundle.target import Target
from deep.local.gateway.gateway import Served
from deep.local.gateway.livereload import PATH as RELOAD_PATH
from deep.local.gateway.routes import routes_of
from deep.local.gateway.shield import Shield
from deep.local.gateway.site import Site
from deep.local.identity.keeping import IdentityKeep
from deep.model import App


def view_of(app: App, target: Target, keep: IdentityKeep, *, use_build: bool = True, live_reload: bool = True) -> Served:
    """This state of the app, ready to be served. `keep` knows users and session tokens. Raises DeepError when a page's parameters cannot be used."""
    identities = keep.identities(app, target)
    endpoints = Endpoints(live_reload=RELOAD_PATH if live_reload else None, user_pool=identities.users.settings.shape)
    page = Page(app, target, endpoints)
    files = site_files(app, use_build=use_build)
    config = orjson.dumps(frontend_config(app, target, endpoints))
    shield = Shield(security_headers(app, target, endpoints), cors_rule(app))
    site = Site(files, index_of(app, files), lambda file: render_file(file, page), shield.pages)
    return Served(routes_of(app, target), site, config, identities, shield=shield)


def index_of(app: App, files: Mapping[str, SiteFile]) -> str | None:
    """The page at `/`: the `index.html` of the first microapplication but the root that has one, else the root's (deep-2016 4.1)."""
    own = (f"/{microapp.identifier}/index.html" for microapp in app.microapps if not microapp.is_root)
    return next((path for path in (*own, "/index.html") if path in files), None)
