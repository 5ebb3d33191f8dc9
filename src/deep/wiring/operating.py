"""`deepify status`, `list`, `logs` and `rollback`: what stands in an account, what it says, and back to what stood there before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.wiring.account import Where, account_of
from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.model import App
    from deep.provision.account.apps import DeployedApp
    from deep.provision.account.cloud import LogLine
    from deep.provision.account.drift import Drift
    from deep.provision.account.history import Deploy
    from deep.provision.rows.kept import KeptTable

POLL_S = 1.0
OVERLAP_MS = 10_000
"""Lines reach CloudWatch Logs out of order; each look goes this far back over what was seen."""


@dataclass(frozen=True, slots=True)
class Status:
    """How an app stands. `drift` is None when it was not asked for; `deploys` are those that can be gone back to, the newest first.

    `kept` are tables that rows have left, `alarms` the names of those that are raised.
    """

    app: DeployedApp
    deploys: tuple[Deploy, ...]
    kept: tuple[KeptTable, ...]
    drift: tuple[Drift, ...] | None
    alarms: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        drift = None if self.drift is None else [one.as_json() for one in self.drift]
        return {
            **self.app.as_json(),
            "deploys": [deploy.as_json() for deploy in self.deploys],
            "kept": [one.as_json() for one in self.kept],
            "drift": drift,
            "alarms": list(self.alarms),
        }


def status(project: Path, place: Where, *, drift: bool = False) -> Status:
    """How the property stands in the account; with `drift`, also what somebody changed there by hand. Raises RefusedError when it is not deployed."""
    from deep.provision.account.apps import deployed_apps, not_deployed
    from deep.provision.account.drift import drift_of
    from deep.provision.account.history import history
    from deep.provision.account.standing import raised_alarms
    from deep.provision.pace import Pace
    from deep.provision.resources.buckets import artefact_bucket_name
    from deep.provision.rows.kept import kept_tables

    cloud, release = account_of(project, place)
    app = next((one for one in deployed_apps(cloud.stacks()) if one.stem == release.stem), None)
    if app is None:
        raise not_deployed(release)
    stands = any(stack.name == release.stem for stack in app.stacks)
    nested = cloud.nested(release.stem).values() if stands else ()
    found = tuple(drift_of(cloud, [*(stack.name for stack in app.stacks), *nested], Pace())) if drift else None
    kept = kept_tables(cloud, release, datetime.now(UTC).date())
    alarms = raised_alarms(cloud, release.stem) if stands else ()
    return Status(app, history(cloud, artefact_bucket_name(release)), kept, found, alarms)


def apps(region: str, place: Where) -> tuple[DeployedApp, ...]:
    """All apps of the account in a region, in all their environments."""
    from deep.provision.account.apps import deployed_apps
    from deep.provision.account.aws import Aws

    return deployed_apps(Aws(region, endpoint_url=place.endpoint_url, profile=place.profile).stacks())


def log_lines(project: Path, place: Where, action: str | None, *, since_s: float, follow: bool) -> Iterator[LogLine]:
    """What the functions of the property (or that of `action` alone) wrote in the last `since_s` seconds; with `follow`, and write from now on."""
    cloud, release = account_of(project, place)
    groups = [f"/aws/lambda/{release.names.function(name)}" for name in _actions(release.app, action)]
    since_ms, seen = int((time.time() - since_s) * 1000), set[str]()
    while True:
        lines = [line for group in groups for line in cloud.log_lines(group, since_ms) if line.id not in seen]
        seen.update(line.id for line in lines)
        yield from sorted(lines, key=lambda line: line.at_ms)
        if not follow:
            return
        since_ms = max([since_ms, *(line.at_ms - OVERLAP_MS for line in lines)])
        time.sleep(POLL_S)


def rollback(project: Path, place: Where, to: str | None, progress: Callable[[str], None], agree: Callable[[str], bool]) -> str | None:
    """Takes the property back to the deploy `to`, or the one before; its id, or None when `agree`, which hears what is meant, does not."""
    from deep.provision.deploying.rollback import Reverter

    cloud, release = account_of(project, place)
    reverter = Reverter(cloud, progress)
    deploy = reverter.choose(release, to)
    if not agree(f"{release.app.property.app_identifier} ({release.target.env}) to deploy {deploy.id} of {deploy.at}"):
        return None
    reverter.back(release, deploy)
    return deploy.id


def region_of(project: Path, given: str | None) -> str:
    """The region that was given, else that of the property at `project`, which then has to be one."""
    return given or app_of(project).property.region


def _actions(app: App, wanted: str | None) -> list[str]:
    """Identifiers of the actions that are functions; of the wanted one alone. Raises UsageError, with the nearest, for one that is not there."""
    from deep.model.nearest import did_you_mean

    known = [action.identifier for action in app.actions if action.type == "lambda"]
    if wanted is None:
        return known
    if wanted not in known:
        raise UsageError(Problem("unknown-action", f"there is no function {wanted}", help=did_you_mean(wanted, known)))
    return [wanted]
