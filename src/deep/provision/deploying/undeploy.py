"""The undeploy: everything that can be made anew goes; what people keep stays, unless the app is named for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.names import studly
from deep.provision.account.cloud import Cloud, StackState, StoredObject
from deep.provision.account.standing import nested_templates
from deep.provision.deploying.applying import Applier
from deep.provision.deploying.secrets import secret_arns
from deep.provision.pace import Pace
from deep.provision.release import Release
from deep.provision.resources.buckets import artefact_bucket_name, artefact_url, site_bucket_name
from deep.provision.stacks import Stack
from deep.provision.states.operations import MOST_AT_ONCE, removals


@dataclass(frozen=True, slots=True)
class Undeployed:
    """Stacks that were deleted, and the one that was kept with people's data, if it was.

    `left` are ARNs that AWS still lists, of kinds that go with their stacks.
    """

    deleted: tuple[str, ...]
    kept: str | None
    left: tuple[str, ...] = ()


class Undeployer:
    """Takes an app out of the cloud; run again after an interruption, it goes on."""

    def __init__(self, cloud: Cloud, step: Callable[[str], None], pace: Pace | None = None) -> None:
        self._cloud = cloud
        self._step = step
        self._applier = Applier(cloud, step, pace)

    def undeploy(self, release: Release, *, with_data: bool = False) -> Undeployed:
        """Deletes what can be made anew; `with_data` also tables, users and identities, which the next deploy would find otherwise."""
        data = f"{release.stem}-data"
        self._reduce(release)
        deleted = [self._delete(release.stem), *self._delete_store(release)]
        self._remove_logs(release)
        for arn in secret_arns(release):
            self._cloud.remove(arn)
        if not with_data:
            return Undeployed(_names(deleted), data if self._cloud.stack(data) else None)
        if self._cloud.stack(data):
            self._cloud.protect(data, on=False)
        deleted.append(self._delete(data))
        return Undeployed(_names(deleted), None, self._remove_data(release))

    def _reduce(self, release: Release) -> None:
        """Takes microapplications out of the app, some at a time, until CloudFormation deletes what is left at once."""
        state = self._still(release.stem)
        if state is None or not state.is_whole:
            return
        standing = {"app": json.loads(self._cloud.template(release.stem)), **nested_templates(self._cloud, release.stem)}
        for template in removals(standing):
            self._step(f"deleting a part of {release.stem}: CloudFormation deletes {MOST_AT_ONCE:,} resources at once")
            self._cloud.put(artefact_bucket_name(release), StoredObject.of_template(template))
            stack = Stack("app", release.stem, template, {})
            self._applier.apply(stack, (state.parameters, state.tags), artefact_url(release, template.key))

    def _remove_logs(self, release: Release) -> None:
        """Lambda makes a log group of its own for a function that speaks once more after its group was deleted."""
        for arn in self._cloud.log_groups(f"/aws/lambda/Deep{studly(release.target.env)}"):
            if arn.endswith(release.names.hash):
                self._cloud.remove(arn)

    def _remove_data(self, release: Release) -> tuple[str, ...]:
        """What the data stack retained, and what stacks before it did; the ARNs of what is of another kind."""
        left = []
        for arn in self._cloud.tagged(release.tags):
            self._step(f"deleting {arn}")
            if not self._cloud.remove(arn):
                left.append(arn)
        return tuple(left)

    def _delete_store(self, release: Release) -> list[str | None]:
        for bucket in (site_bucket_name(release), artefact_bucket_name(release)):
            self._step(f"emptying {bucket}")
            self._cloud.empty(bucket)
        return [self._delete(f"{release.stem}-store")]

    def _still(self, name: str) -> StackState | None:
        """The stack, once what somebody began is done; a deletion is not waited for."""
        state = self._cloud.stack(name)
        return self._applier.wait(name) if state and state.is_moving and not state.status.startswith("DELETE") else state

    def _delete(self, name: str) -> str | None:
        """The name of the stack if there was one. Raises RefusedError when it cannot be deleted."""
        if self._still(name) is None:
            return None
        self._step(f"deleting {name}")
        self._cloud.delete_stack(name)
        left = self._applier.wait(name)
        if left is not None:
            why = next((event for event in self._cloud.events(name) if event.status == "DELETE_FAILED"), None)
            told = f"{why.logical_id}: {why.reason}" if why else left.reason
            raise RefusedError(Problem("undeploy-refused", f"{name} could not be deleted: {told}", help="mend the cause and run undeploy again"))
        return name


def _names(deleted: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(name for name in deleted if name)
