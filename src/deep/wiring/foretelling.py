"""`deepify plan`, and what else is told before anything is deployed: with an account, or without one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deep.errors import RefusedError
from deep.wiring.account import cloud_of, note_of
from deep.wiring.projects import app_of
from deep.wiring.shipping import prepare, site_digest

if TYPE_CHECKING:
    from deep.model import App
    from deep.provision.account.cloud import Cloud
    from deep.provision.changes import Templates
    from deep.provision.release import Release
    from deep.security.iam import Document
    from deep.wiring import Progress
    from deep.wiring.account import Where
    from deep.wiring.choosing import Choice
    from deep.wiring.planning import PricedPlan


def plan_deploy(project: Path, place: Where, progress: Progress, *, live: bool = False, saved: Path | None = None) -> PricedPlan:
    """What a deploy would do; without `live`, against the note of the last deploy from this machine, so without account and network.

    `saved` is where to write it, so that a deploy can carry out just this.
    """
    app = app_of(project)
    release, made = _live_plan(app, place, progress) if live else _offline_plan(app, place, progress)
    if saved is not None:
        from deep.wiring.saved_plan import save_plan

        save_plan(saved, made, site_digest(release, place))
    return made


def deploy_policy(project: Path, place: Where, progress: Progress, *, live: bool = False) -> tuple[Document, ...]:
    """The least policy that suffices to deploy the property, deploy it again and take it out again; no data of people's can be deleted by it.

    `live`: for the account that the credentials are of, where the property names none, and as it stands, if they may look.
    """
    from deep.provision.compiled import compile_release
    from deep.provision.deployer.policy import deployer_documents
    from deep.provision.states.moves import moves

    app = app_of(project)
    cloud = cloud_of(app, place) if live else None
    compiled = compile_release(prepare(app, place, progress, cloud.account() if cloud else None).release)
    before = _seen(cloud, compiled.release, progress) if cloud else _noted(compiled.release)
    return deployer_documents(compiled, moves(before, compiled.stacks.data.template.resources))


def dry_run(project: Path, place: Where, progress: Progress, choice: Choice) -> PricedPlan:
    """What a deploy of this choice would do to the account as it is."""
    return _live_plan(app_of(project), place, progress, choice)[1]


def _live_plan(app: App, place: Where, progress: Progress, choice: Choice | None = None) -> tuple[Release, PricedPlan]:
    from deep.wiring.choosing import Choice, narrowed_to
    from deep.wiring.planning import planned

    cloud = cloud_of(app, place)
    narrowed = narrowed_to(choice or Choice(), cloud, prepare(app, place, progress, cloud.account()).release)
    release = narrowed.compiled.release
    return release, planned(cloud, narrowed, note_of(release))


def _offline_plan(app: App, place: Where, progress: Progress) -> tuple[Release, PricedPlan]:
    from deep.provision.compiled import compile_release
    from deep.wiring.planning import priced

    release = prepare(app, place, progress, None).release
    return release, priced(compile_release(release), _noted(release), note_of(release))


def _noted(release: Release) -> Templates:
    """What stands, as far as this machine knows."""
    from deep.provision.account.standing import read_note

    return read_note(note_of(release)) or {}


def _seen(cloud: Cloud, release: Release, progress: Progress) -> Templates:
    """What stands; nothing where the credentials may not look, which are perhaps of somebody who is about to be given this policy."""
    from deep.provision.account.standing import standing_templates

    try:
        return standing_templates(cloud, release)
    except RefusedError as error:
        progress(f"what stands is not known, so no rows are to be moved: {error}")
        return {}
