"""`deepify deploy` and `undeploy`: what ships is made, the stacks are compiled, and the account is brought to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.wiring.account import account_of, cloud_of, note_of, target_of
from deep.wiring.projects import app_of
from deep.wiring.shipping import pages_of, prepare, site_digest

if TYPE_CHECKING:
    from deep.model import App
    from deep.provision.account.aws import Aws
    from deep.provision.account.cloud import StoredObject
    from deep.provision.compiled import Compiled
    from deep.provision.deploying.deploy import Deployed
    from deep.provision.deploying.undeploy import Undeployed
    from deep.provision.release import Release
    from deep.provision.states.moves import Move
    from deep.wiring import Progress
    from deep.wiring.account import Where
    from deep.wiring.choosing import Choice, Narrowed
    from deep.wiring.planning import Consent, PricedPlan


def refuse_early(project: Path, place: Where, consent: Consent) -> None:
    """Refuses what no hook can mend, before any runs: a file that is no plan, no account, or another than the app is made for."""
    from deep.provision.deploying.deploy import refuse_other_account
    from deep.wiring.saved_plan import read_plan

    if consent.saved is not None:
        read_plan(consent.saved)
    app = app_of(project)
    account = cloud_of(app, place).account()
    refuse_other_account(account, target_of(app, place, account))


def deploy(project: Path, place: Where, progress: Progress, consent: Consent, choice: Choice | None = None) -> Deployed | None:
    """Carries the property out in the account, or the parts that were chosen, once that is consented to; None when it is not.

    Raises RefusedError for a plan that would lose data that was not named, or that is another than the one that was saved, and (`alarm`) where new
    versions failed.
    """
    from deep.wiring.choosing import Choice

    choice = choice or Choice()
    job = _read(app_of(project), place, progress, choice)
    _refuse(job, place, consent, choice)
    if not job.made.is_empty:
        _refuse_unready(job, progress)
        if consent.saved is None and not consent.asked(job.made):
            return None
    return _carry_out(job, place, progress, choice)


@dataclass(frozen=True, slots=True)
class _Job:
    """What a deploy has before it, once the account is read."""

    cloud: Aws
    narrowed: Narrowed
    objects: Sequence[StoredObject]
    made: PricedPlan

    @property
    def release(self) -> Release:
        return self.narrowed.compiled.release

    @property
    def moves(self) -> tuple[Move, ...]:
        from deep.provision.states.moves import moves

        return moves(self.narrowed.before, self.narrowed.compiled.stacks.data.template.resources)


def _read(app: App, place: Where, progress: Progress, choice: Choice) -> _Job:
    from deep.wiring.choosing import narrowed_to
    from deep.wiring.planning import planned

    cloud = cloud_of(app, place)
    progress("reading the account")
    prepared = prepare(app, place, progress, cloud.account())
    narrowed = narrowed_to(choice, cloud, prepared.release)
    return _Job(cloud, narrowed, prepared.objects, planned(cloud, narrowed, note_of(narrowed.compiled.release)))


def _refuse(job: _Job, place: Where, consent: Consent, choice: Choice) -> None:
    """Whatever the plan alone tells to be wrong."""
    from deep.provision.planning.plan import refuse_losses
    from deep.provision.states.moves import refuse_moves
    from deep.wiring.planning import plan_begun
    from deep.wiring.saved_plan import read_plan, refuse_other_plan

    if consent.saved is not None:
        saved = read_plan(consent.saved)
        now, on_their_way = plan_begun(job.narrowed, job.made, saved["before"])
        refuse_other_plan(consent.saved, saved, now, site_digest(job.release, place), on_their_way)
    refuse_losses(job.made.plan, consent.losses)
    is_more = choice.gradually or job.made.migrations
    refuse_moves(job.moves if is_more else (), "while rows are moved calls cannot be shared, and no migration can run")


def _refuse_unready(job: _Job, progress: Progress) -> None:
    from deep.provision.deployer.preflight import Intended, refuse_unready

    sizes = {one.key: len(one.body) for one in job.objects}
    refuse_unready(job.cloud, Intended(job.narrowed.compiled, job.made.plan, sizes, job.moves), progress)


def _carry_out(job: _Job, place: Where, progress: Progress, choice: Choice) -> Deployed:
    from deep.provision.account.standing import write_note
    from deep.provision.deploying.deploy import Deployer
    from deep.provision.deploying.missing import mending
    from deep.provision.rows.mover import Mover
    from deep.wiring.planning import keep_bills

    compiled, before, note = job.narrowed.compiled, job.narrowed.before, note_of(job.release)
    deployer = Deployer(job.cloud, progress)
    if job.narrowed.missing:
        progress("taking what was deleted by hand out of the stacks, to make it anew")
        deployer.pass_through(job.release, mending(job.release, before))
    pages = pages_of(job.release, place) if job.narrowed.parts.pages else None
    unneeded = [effect.name for effect in job.made.plan.data if effect.deletes]
    deployed = Mover(deployer, job.cloud, progress).deploy((compiled, job.objects, pages, choice.gradually), before, unneeded)
    write_note(note, compiled.templates)
    keep_bills(note, compiled.templates, job.made.price)
    _tell_of_mails(compiled, job.made, progress)
    return deployed


def _tell_of_mails(compiled: Compiled, made: PricedPlan, progress: Progress) -> None:
    from deep.provision.resources.alarm_topic import asked_by_mail

    made_now = (change for change in made.plan.changes if change.doing in ("create", "replace"))
    for address in asked_by_mail(compiled.templates[one.stack]["Resources"][one.logical_id] for one in made_now):
        progress(f"AWS asks {address} by mail whether to tell of alarms: nothing is sent there until the link in it is followed")


def dump_local(project: Path, place: Where, progress: Progress, folder: Path) -> None:
    """Writes what a deploy would send into a folder: templates, packages and pages; without account and network."""
    from deep.provision.compiled import compile_release
    from deep.wiring.choosing import dump

    prepared = prepare(app_of(project), place, progress, None)
    dump(compile_release(prepared.release), prepared.objects, folder)


def undeploy(project: Path, place: Where, progress: Progress, agree: Callable[[str], bool], delete_data: str | None = None) -> Undeployed | None:
    """Takes the property out of the account, once `agree` has heard its name; None when it does not agree. What people keep stays.

    `delete_data` names the app whose data is deleted too: UsageError (`other-app`) when it is not this one.
    """
    from deep.provision.deploying.undeploy import Undeployer

    name = app_of(project).property.app_identifier
    if delete_data is not None and delete_data != name:
        raise UsageError(Problem("other-app", f"the app in {project} is {name}, not {delete_data}", help=f"--delete-data {name} deletes its data"))
    cloud, release = account_of(project, place)
    if not agree(f"{name} ({release.target.env}){' with all its data' if delete_data else ''}"):
        return None
    gone = Undeployer(cloud, progress).undeploy(release, with_data=delete_data is not None)
    note_of(release).unlink(missing_ok=True)
    return gone
