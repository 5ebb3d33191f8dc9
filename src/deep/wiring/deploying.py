"""`deepify plan`, `deploy` and `undeploy`: what ships is made, the stacks are compiled, and the account is brought to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.bundle.frontend import Endpoints
    from deep.bundle.package import FunctionPackage
    from deep.bundle.target import Target
    from deep.model import App
    from deep.provision.aws import Aws
    from deep.provision.cloud import StoredObject
    from deep.provision.compiled import Compiled
    from deep.provision.deploy import Deployed
    from deep.provision.release import Release
    from deep.provision.undeploy import Undeployed
    from deep.security.iam import Document
    from deep.wiring import Progress
    from deep.wiring.choosing import Choice
    from deep.wiring.planning import Consent, PricedPlan


@dataclass(frozen=True, slots=True)
class Where:
    """An account as the command line names it: by environment, AWS profile, and an endpoint other than AWS's own."""

    env: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None


def where(options: Mapping[str, Any]) -> Where:
    """The account that a command's options name."""
    return Where(options["env"], options["profile"], options["endpoint_url"])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release and the objects that it needs in the artefact bucket."""

    release: Release
    packages: tuple[FunctionPackage, ...]

    @property
    def objects(self) -> list[StoredObject]:
        from deep.provision.cloud import StoredObject

        unique = {package_key(one): one for one in self.packages}
        return [StoredObject(key, one.path.read_bytes(), one.sha256, {"ContentType": "application/zip"}) for key, one in unique.items()]


def plan_deploy(project: Path, place: Where, progress: Progress, *, live: bool = False, saved: Path | None = None) -> PricedPlan:
    """What a deploy would do; without `live`, against the note of the last deploy from this machine, so without account and network.

    `saved` is where to write it, so that a deploy can carry out just this.
    """
    app = app_of(project)
    release, made = _live_plan(app, place, progress) if live else _offline_plan(app, place, progress)
    if saved is not None:
        from deep.wiring.saved_plan import save_plan

        save_plan(saved, made, _site_digest(release, place))
    return made


def deploy_policy(project: Path, place: Where, progress: Progress, *, live: bool = False) -> tuple[Document, ...]:
    """The least policy that suffices to deploy the property, deploy it again and take it out again; no data of people's can be deleted by it.

    `live`: for the account that the credentials are of, where the property names none, and as it stands.
    """
    from deep.provision.compiled import compile_release
    from deep.provision.deployer.policy import deployer_documents
    from deep.provision.moves import moves
    from deep.provision.standing import read_note, standing_templates

    app = app_of(project)
    cloud = _cloud(app, place) if live else None
    release = _prepare(app, place, progress, cloud.account() if cloud else None).release
    compiled, before = compile_release(release), standing_templates(cloud, release) if cloud else read_note(_note(release)) or {}
    return deployer_documents(compiled, moves(before, compiled.stacks.data.template.resources))


def dry_run(project: Path, place: Where, progress: Progress, choice: Choice) -> PricedPlan:
    """What a deploy of this choice would do to the account as it is."""
    return _live_plan(app_of(project), place, progress, choice)[1]


def _live_plan(app: App, place: Where, progress: Progress, choice: Choice | None = None) -> tuple[Release, PricedPlan]:
    from deep.wiring.choosing import Choice, narrowed_to
    from deep.wiring.planning import planned

    cloud = _cloud(app, place)
    narrowed = narrowed_to(choice or Choice(), cloud, _prepare(app, place, progress, cloud.account()).release)
    release = narrowed.compiled.release
    return release, planned(cloud, narrowed, _note(release))


def _offline_plan(app: App, place: Where, progress: Progress) -> tuple[Release, PricedPlan]:
    from deep.provision.compiled import compile_release
    from deep.provision.standing import read_note
    from deep.wiring.planning import priced

    release = _prepare(app, place, progress, None).release
    return release, priced(compile_release(release), read_note(_note(release)) or {}, _note(release))


def refuse_early(project: Path, place: Where, consent: Consent) -> None:
    """Refuses what no hook can mend, before any runs: a file that is no plan, no account, or another than the app is made for."""
    from deep.provision.deploy import refuse_other_account
    from deep.wiring.saved_plan import read_plan

    if consent.saved is not None:
        read_plan(consent.saved)
    app = app_of(project)
    account = _cloud(app, place).account()
    refuse_other_account(account, _target(app, place, account))


def deploy(project: Path, place: Where, progress: Progress, consent: Consent, choice: Choice | None = None) -> Deployed | None:
    """Carries the property out in the account, or the parts that were chosen, once that is consented to; None when it is not.

    Raises RefusedError for a plan that would lose data that was not named, or that is another than the one that was saved, and (`alarm`) where new
    versions failed.
    """
    from deep.provision.deploy import Deployer
    from deep.provision.deployer.preflight import Intended, refuse_unready
    from deep.provision.midway import midway
    from deep.provision.missing import mending
    from deep.provision.mover import Mover
    from deep.provision.moves import moves, refuse_moves
    from deep.provision.plan import refuse_losses
    from deep.provision.standing import write_note
    from deep.wiring.choosing import Choice, narrowed_to
    from deep.wiring.planning import keep_bills, planned
    from deep.wiring.saved_plan import read_plan, refuse_other_plan

    app, choice = app_of(project), choice or Choice()
    saved = read_plan(consent.saved) if consent.saved is not None else {}
    cloud = _cloud(app, place)
    progress("reading the account")
    prepared = _prepare(app, place, progress, cloud.account())
    narrowed = narrowed_to(choice, cloud, prepared.release)
    compiled, release = narrowed.compiled, narrowed.compiled.release
    made = planned(cloud, narrowed, _note(release))
    if consent.saved is not None:
        refuse_other_plan(consent.saved, saved, made, _site_digest(release, place), midway(compiled.stacks, narrowed.before))
    refuse_losses(made.plan, consent.losses)
    found = moves(narrowed.before, compiled.stacks.data.template.resources)
    refuse_moves(found if choice.gradually or made.migrations else (), "while rows are moved calls cannot be shared, and no migration can run")
    if not made.is_empty:
        refuse_unready(cloud, Intended(compiled, made.plan, {one.key: len(one.body) for one in prepared.objects}, found), progress)
        if consent.saved is None and not consent.asked(made):
            return None
    pages = _pages(release, place) if narrowed.parts.pages else None
    work, deployer = (compiled, prepared.objects, pages, choice.gradually), Deployer(cloud, progress)
    if narrowed.missing:
        progress("taking what was deleted by hand out of the stacks, to make it anew")
        deployer.pass_through(release, mending(release, narrowed.before))
    unneeded = [effect.name for effect in made.plan.data if effect.deletes]
    deployed = Mover(deployer, cloud, progress).deploy(work, narrowed.before, unneeded)
    write_note(_note(release), compiled.templates)
    keep_bills(_note(release), compiled.templates, made.price)
    _tell_of_mails(compiled, made, progress)
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

    prepared = _prepare(app_of(project), place, progress, None)
    dump(compile_release(prepared.release), prepared.objects, folder)


def undeploy(project: Path, place: Where, progress: Progress, agree: Callable[[str], bool], delete_data: str | None = None) -> Undeployed | None:
    """Takes the property out of the account, once `agree` has heard its name; None when it does not agree. What people keep stays.

    `delete_data` names the app whose data is deleted too: UsageError (`other-app`) when it is not this one.
    """
    from deep.provision.undeploy import Undeployer

    name = app_of(project).property.app_identifier
    if delete_data is not None and delete_data != name:
        raise UsageError(Problem("other-app", f"the app in {project} is {name}, not {delete_data}", help=f"--delete-data {name} deletes its data"))
    cloud, release = account_of(project, place)
    if not agree(f"{name} ({release.target.env}){' with all its data' if delete_data else ''}"):
        return None
    gone = Undeployer(cloud, progress).undeploy(release, with_data=delete_data is not None)
    _note(release).unlink(missing_ok=True)
    return gone


def account_of(project: Path, place: Where) -> tuple[Aws, Release]:
    """The account, and the property's names in it: a release without packages, for all that looks at what stands."""
    app = app_of(project)
    cloud = _cloud(app, place)
    return cloud, _release(app, _target(app, place, cloud.account()), ())


def package_key(package: FunctionPackage) -> str:
    """Where a package lies in the artefact bucket: named by its content."""
    return f"functions/{package.key}.zip"


def _prepare(app: App, place: Where, progress: Progress, account: str | None) -> Prepared:
    from deep.local.compiling import build_pages, package_with_requirements

    build_pages(app, progress)
    target = _target(app, place, account)
    packages = package_with_requirements(app, target, progress)
    return Prepared(_release(app, target, packages), packages)


def _release(app: App, target: Target, packages: Sequence[FunctionPackage]) -> Release:
    from deep.provision.release import Package, release_of

    return release_of(app, target, {one.action: Package(package_key(one), one.handler) for one in packages})


def _target(app: App, place: Where, account: str | None) -> Target:
    """The property's own account where it names one; else the one that the credentials are of."""
    from deep.bundle.revision import deploy_target
    from deep.model.property import LOCAL_ACCOUNT

    target = deploy_target(app, place.env)
    return replace(target, account_id=account) if account is not None and app.property.account_id == LOCAL_ACCOUNT else target


def _cloud(app: App, place: Where) -> Aws:
    from deep.provision.aws import Aws

    return Aws(app.property.region, endpoint_url=place.endpoint_url, profile=place.profile)


def _pages(release: Release, place: Where) -> Callable[[Mapping[str, str]], list[StoredObject]]:
    """The site's objects, once the outputs of the stacks are known."""
    from deep.bundle.upload import site_upload
    from deep.provision.cloud import StoredObject

    def pages(outputs: Mapping[str, str]) -> list[StoredObject]:
        objects = site_upload(release.app, release.target, deployed_endpoints(release, outputs, place.endpoint_url))
        return [StoredObject(one.key, one.body, one.digest, one.headers) for one in objects]

    return pages


def _site_digest(release: Release, place: Where) -> str:
    """SHA-256, hex, of all pages, but for what only an account can tell."""
    from collections import defaultdict
    from hashlib import sha256

    pages = _pages(release, place)(defaultdict(str))
    return sha256("\n".join(f"{one.key} {one.digest}" for one in pages).encode()).hexdigest()


def deployed_endpoints(release: Release, outputs: Mapping[str, str], endpoint_url: str | None = None) -> Endpoints:
    """Where browsers reach the deployed app: actions at the page's own origin, identities and users at Amazon Cognito (or at `endpoint_url`)."""
    from deep.bundle.frontend import Endpoints

    region = release.target.region
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{outputs['UserPool']}"
    users: Any = {
        "id": outputs["UserPool"],
        "clientId": outputs["UserPoolClient"],
        "endpoint": endpoint_url or f"https://cognito-idp.{region}.amazonaws.com/",
        "issuer": issuer,
    }
    names = release.names
    return Endpoints(
        identity_endpoint=endpoint_url or f"https://cognito-identity.{region}.amazonaws.com/",
        identity_pool_id=outputs["IdentityPool"],
        function_arns={action.identifier: names.entry_arn(action.identifier) for action in release.app.actions if action.type == "lambda"},
        user_pool=users,
        api_host=outputs["ApiUrl"].removeprefix("https://"),
    )


def _note(release: Release) -> Path:
    from deep.bundle.cache_folder import cache_folder

    return cache_folder(release.app.path, "deployed") / f"{release.target.env}.json"
