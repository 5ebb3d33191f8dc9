"""The account that a command is about, and the property's names in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.frozen import dataclass
from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.bundle.target import Target
    from deep.model import App
    from deep.provision.account.aws import Aws
    from deep.provision.release import Release


@dataclass(frozen=True, slots=True)
class Where:
    """An account as the command line names it: by environment, AWS profile, and an endpoint other than AWS's own."""

    env: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None


def where(options: Mapping[str, Any]) -> Where:
    """The account that a command's options name."""
    return Where(options["env"], options["profile"], options["endpoint_url"])


def account_of(project: Path, place: Where) -> tuple[Aws, Release]:
    """The account, and the property's names in it: a release without packages, for all that looks at what stands."""
    from deep.provision.release import release_of

    app = app_of(project)
    cloud = cloud_of(app, place)
    return cloud, release_of(app, target_of(app, place, cloud.account()), {})


def target_of(app: App, place: Where, account: str | None) -> Target:
    """The property's own account where it names one; else the one that the credentials are of."""
    from deep.bundle.revision import deploy_target
    from deep.model.property import LOCAL_ACCOUNT

    target = deploy_target(app, place.env)
    return replace(target, account_id=account) if account is not None and app.property.account_id == LOCAL_ACCOUNT else target


def cloud_of(app: App, place: Where) -> Aws:
    """The account that the credentials are of."""
    from deep.provision.account.aws import Aws

    return Aws(app.property.region, endpoint_url=place.endpoint_url, profile=place.profile)


def note_of(release: Release) -> Path:
    """Where the last deploy from this machine left what it deployed."""
    from deep.bundle.cache_folder import cache_folder

    return cache_folder(release.app.path, "deployed") / f"{release.target.env}.json"
