"""The deploy id as a digest of what it names: an app whose pages are as before has the id it had before, so deploying it again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from deep.bundle.target import Target
from deep.bundle.upload import manifest_of, site_upload
from deep.model import App
from deep.names import deploy_id

_NONE_YET = "00000000"


def deploy_target(app: App, env: str | None = None) -> Target:
    """Where a deploy of this state of the app goes; `env` stands in for the property's own. Its deploy id is that of the site's content.

    Endpoints are no part of the id: they are known when the stacks are, and are told in files that browsers always ask for again.
    """
    owner = app.property
    target = Target(env or owner.env, _NONE_YET, owner.region, owner.account_id)
    manifest = manifest_of(site_upload(app, target))
    content = sha256("\n".join(f"{key} {digest}" for key, digest in sorted(manifest.items())).encode()).hexdigest()
    return replace(target, deploy_id=deploy_id(owner.app_identifier, content))
