"""The deploy, in its order: a place for artefacts, the artefacts, what people keep, everything else, migrations, which versions
answer, and last the pages.

Every step finds out by itself whether it is done, so a deploy that was killed anywhere is simply run again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from deep.bundle.leaks import secrets_of
from deep.bundle.target import Target
from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.provision.account.cloud import Cloud, StackState, StoredObject
from deep.provision.account.history import Manifest, history, read, record
from deep.provision.account.standing import nested_templates
from deep.provision.changes import Templates, templates_of
from deep.provision.compiled import Compiled
from deep.provision.deploying.applying import Applier
from deep.provision.deploying.gradual import Gradually, TakingOver, Way, way_to
from deep.provision.deploying.migrating import migrate
from deep.provision.deploying.secrets import secrets_for
from deep.provision.deploying.uploading import Uploader
from deep.provision.pace import Pace
from deep.provision.release import Release
from deep.provision.resources.buckets import ARTEFACTS, SITE, artefact_bucket_name, artefact_url, site_bucket_name
from deep.provision.resources.domain import ADDRESS, DISTRIBUTION
from deep.provision.stacks import Kind, Stack, Stacks
from deep.provision.states.index_rounds import Rounds, index_rounds, indexed_tables

Step = Callable[[str], None]
Pages = Callable[[Mapping[str, str]], Sequence[StoredObject]]
"""The site's objects, made when the outputs of all stacks are known; those that switch to the new state come last."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was made: outputs of all stacks, and the address to open."""

    outputs: Mapping[str, str]
    uploaded: int

    @property
    def url(self) -> str:
        return self.outputs[ADDRESS]

    @property
    def text(self) -> str:
        """The distribution's address, to which whoever keeps the domain elsewhere leads it, and that of the app where it is another."""
        own = f"https://{self.outputs['SiteDomain']}"
        return f"CloudFront Distribution: {own}" + (f"\nDomain: {self.url}" if self.url != own else "")

    @property
    def distribution(self) -> str:
        return self.outputs[DISTRIBUTION]


def refuse_other_account(account: str, target: Target) -> None:
    """Names are made of the account's number, so a deploy into another account would be another app. Raises RefusedError."""
    if account != target.account_id:
        help_ = f'set "awsAccountId": "{account}" in deeploy.json, or use credentials of {target.account_id}'
        message = f"the credentials are of account {account}, and the app is made for {target.account_id}"
        raise RefusedError(Problem("other-account", message, help=help_))


class Deployer:
    """Carries a release out. `step` hears what is being done."""

    def __init__(self, cloud: Cloud, step: Step, pace: Pace | None = None) -> None:
        self._cloud = cloud
        self._step = step
        self._applier = Applier(cloud, step, pace)
        self._taking_over = TakingOver(cloud, step, pace)
        self._uploader = Uploader(cloud, step)

    def deploy(self, compiled: Compiled, packages: Sequence[StoredObject], pages: Pages | None, how: Gradually | None = None) -> Deployed:
        """Brings the cloud to the release, at once or gradually; without `pages`, they stay as they are.

        Raises RefusedError when AWS, or a check before the first change, says no, and (`alarm`) when new versions failed.
        """
        release, stacks = compiled.release, compiled.stacks
        refuse_other_account(self._cloud.account(), release.target)
        if secrets := secrets_of(release.app):
            raise RefusedError(*secrets)
        self._check_left(release, stacks.data)
        self._clear_half_deleted(stacks.store, release)
        outputs: dict[Kind, Mapping[str, str]] = {}
        outputs["store"] = self._apply(stacks.store, release, outputs).outputs
        bucket = outputs["store"][ARTEFACTS]
        rounds = index_rounds(self._standing(stacks.data), stacks.data)
        way = way_to(stacks, self._before(stacks), how)
        uploaded = self._uploader.upload(bucket, (*_used(packages, stacks), *_templates(rounds, way)))
        kept = [self._apply_data(stack, release) for stack in rounds.first][-1]
        if not kept.is_protected:
            self._cloud.protect(stacks.data.name, on=True)
        outputs["data"] = kept.outputs
        self._keep_secrets(release)
        ready = partial(migrate, self._cloud, release, self._step)
        outputs["app"] = self._taking_over.go(way, lambda made: self._apply(made.app, release, outputs), ready).outputs
        for stack in rounds.last:
            self._apply_data(stack, release)
        known = {name: value for told in outputs.values() for name, value in told.items()}
        site = pages(known) if pages else ()
        uploaded += self._uploader.upload(known[SITE], site)
        self._record(release, bucket, stacks.app.template.key, {one.key: one.digest for one in site})
        return Deployed(known, uploaded)

    def settle(self, tables: Sequence[str]) -> None:
        """Waits until nothing is being done to these tables."""
        self._applier.settle(tables)

    def lay_ground(self, release: Release, stacks: Stacks) -> Mapping[Kind, Mapping[str, str]]:
        """Brings what an app stands on to a state: the place for artefacts, with the templates of it, and what people keep. Their outputs."""
        outputs: dict[Kind, Mapping[str, str]] = {}
        outputs["store"] = self._apply(stacks.store, release, outputs).outputs
        templates = (*stacks.nested.values(), stacks.data.template, stacks.app.template)
        self._uploader.upload(outputs["store"][ARTEFACTS], [StoredObject.of_template(one) for one in templates])
        outputs["data"] = self._apply_data(stacks.data, release).outputs
        return outputs

    def pass_through(self, release: Release, stacks: Stacks) -> StackState:
        """Brings the stacks to a state whose packages and pages are there already; the app's as it stands then."""
        return self._apply(stacks.app, release, self.lay_ground(release, stacks))

    def _record(self, release: Release, bucket: str, template: str, site: Mapping[str, str]) -> None:
        """Leaves the manifest that `rollback` goes back by; pages that were not deployed are those of the deploy before."""
        if not site and (known := history(self._cloud, bucket)):
            site = read(self._cloud, bucket, known[0]).site
        versions = {microapp.identifier: microapp.version for microapp in release.app.microapps}
        record(self._cloud, bucket, Manifest(template, site, versions))

    def _check_left(self, release: Release, data: Stack) -> None:
        """Tables are adopted by their names. Pools have none: a second one would leave the accounts of the first behind, unseen."""
        state = self._cloud.stack(data.name)
        if state is not None and not state.is_stillborn:
            return
        left = [arn for arn in self._cloud.tagged(release.tags) if arn.split(":")[2].startswith("cognito-")]
        if left:
            name = release.app.property.app_identifier
            help_ = f"if nobody needs their accounts: deepify undeploy --delete-data {name} --env {release.target.env}; then deploy again"
            raise RefusedError(Problem("pool-left", f"{', '.join(left)} are of this app, and their stack {data.name} is gone", help=help_))

    def _clear_half_deleted(self, store: Stack, release: Release) -> None:
        """A deletion by hand fails at buckets that are not empty; what they hold is uploaded anew."""
        state = self._cloud.stack(store.name)
        if state is not None and state.status == "DELETE_FAILED":
            for bucket in (artefact_bucket_name(release), site_bucket_name(release)):
                self._cloud.empty(bucket)

    def _apply(self, stack: Stack, release: Release, outputs: Mapping[Kind, Mapping[str, str]]) -> StackState:
        parameters = {name: outputs[kind][output] for name, (kind, output) in stack.takes.items()}
        url = None if stack.kind == "store" else artefact_url(release, stack.template.key)
        return self._applier.apply(stack, (parameters, release.tags), url)

    def _keep_secrets(self, release: Release) -> None:
        """Before the functions that ask for them. What is there already is not written again."""
        for secret in secrets_for(release):
            there = self._cloud.secret(secret.name)
            if there != secret.value:
                self._step(f"keeping the secret {secret.name}")
                self._cloud.keep_secret(secret.name, secret.value, release.tags if there is None else None)

    def _apply_data(self, stack: Stack, release: Release) -> StackState:
        """One index of a table at a time: the next is begun when the one before is filled, which CloudFormation does not wait for."""
        self._applier.settle(indexed_tables(stack))
        state = self._apply(stack, release, {})
        self._applier.settle(indexed_tables(stack))
        return state

    def _standing(self, stack: Stack) -> Mapping[str, Any] | None:
        """The template that a stack has now; None where there is none to go on from."""
        state = self._cloud.stack(stack.name)
        if state is not None and state.is_moving:
            state = self._applier.wait(stack.name)
        if state is None or state.is_stillborn or state.status == "REVIEW_IN_PROGRESS":
            return None
        found: Mapping[str, Any] = json.loads(self._cloud.template(stack.name))
        return found

    def _before(self, stacks: Stacks) -> Templates:
        """The app's templates as they stand. A root that is the release's names its nested templates by their digests: they need not be read."""
        root = self._standing(stacks.app)
        if root is None:
            return {}
        return templates_of(stacks) if root == stacks.app.template.as_json() else {"app": root, **nested_templates(self._cloud, stacks.app.name)}


def _used(packages: Sequence[StoredObject], stacks: Stacks) -> Iterator[StoredObject]:
    """The packages that the stacks name."""
    named = "".join(template.text() for template in stacks.nested.values())
    return (one for one in packages if one.key in named)


def _templates(rounds: Rounds, way: Way) -> Iterator[StoredObject]:
    """All templates of all states, nested ones before those that lead to them."""
    made = [stacks for operations in way.operations for stacks in operations]
    nested = [template for one in made for template in one.nested.values()]
    leading = [stack.template for stack in (*rounds.all, *(one.app for one in made))]
    for template in {template.key: template for template in (*nested, *leading)}.values():
        yield StoredObject.of_template(template)
