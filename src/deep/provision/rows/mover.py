"""Deploys an app whose models need other keys: rows are moved first, by way of the states that `moves` compiles, and then the release takes over.

Writes are refused from the moment that the first row is copied until the functions have gone over to the new table; reads go on. What fails before
that is taken back, so that writes are given back too. Killed anywhere, it is run again, and goes on from what stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from secrets import token_hex
from threading import Lock

from deep.errors import DeepError, Problem, RefusedError
from deep.provision.account.cloud import Cloud, StoredObject
from deep.provision.account.standing import standing_templates
from deep.provision.changes import Templates
from deep.provision.compiled import Compiled
from deep.provision.deploying.deploy import Deployed, Deployer, Pages, Step
from deep.provision.deploying.gradual import Gradually
from deep.provision.pace import Pace
from deep.provision.release import Release
from deep.provision.rows.row_copy import RowCopy
from deep.provision.stacks import Stacks
from deep.provision.states.moves import Move, copied, copying, given_back, is_copied_by, is_paused, moves, turned_back

IAM_SETTLES_S = 30.0
"""IAM tells a change to all its places in seconds (IAM User Guide, "Changes that I make are not always immediately visible"); what was written by
then all the same is found when both tables are compared."""
WATCH_S = 5.0
"""How often is looked whether another deploy has begun to copy. It writes nothing itself before IAM has settled."""
Work = tuple[Compiled, Sequence[StoredObject], Pages | None, Gradually | None]
"""What `Deployer.deploy` takes."""


class TakenOverError(RefusedError):
    """Another deploy goes on with what this one has begun."""


class Watch:
    """Looks whether something still is so, no more often than `WATCH_S`. May be asked by many threads."""

    def __init__(self, look: Callable[[], object], pace: Pace) -> None:
        self._look = look
        self._pace = pace
        self._next = pace.clock()
        self._lock = Lock()

    def look(self) -> None:
        with self._lock:
            if self._pace.clock() >= self._next:
                self._look()
                self._next = self._pace.clock() + WATCH_S


class Mover:
    """Carries out such a deploy. `step` hears what is being done, `today` is the day that tables are marked with."""

    def __init__(self, deployer: Deployer, cloud: Cloud, step: Step, pace: Pace | None = None, today: date | None = None) -> None:
        self._deployer = deployer
        self._cloud = cloud
        self._step = step
        self._pace = pace or Pace()
        self._today = today or datetime.now(UTC).date()
        self._name = token_hex(4)
        """Tells this deploy from others that move the same rows."""

    def deploy(self, work: Work, before: Templates, unneeded: Sequence[str] = ()) -> Deployed:
        """Brings the cloud to a release. `before` is what stands, `unneeded` are tables that are in the way, to be deleted.

        Raises RefusedError also for rows that cannot be moved.
        """
        release, wanted = work[0].release, work[0].stacks.data.template.resources
        found = moves(before, wanted)
        if given_up := turned_back(before, found):
            self._deployer.pass_through(release, given_back(release, before, given_up))
            before = standing_templates(self._cloud, release)
            found = moves(before, wanted)
        try:
            copies = self._counted(release, found)
            self._delete(release, unneeded)
            if copies:
                self._copy(release, before, found, copies)
            return self._deployer.deploy(*work)
        except TakenOverError:
            raise
        except RefusedError:
            if found:
                self._give_back(release, found)
            raise

    def _counted(self, release: Release, found: Sequence[Move]) -> Mapping[RowCopy, int]:
        """What there is to copy, and how many rows. All that can be found wrong with them is found here, before anything is changed."""
        watch = Watch(lambda: self._refuse_taken_over(release, found), self._pace)
        copies = [RowCopy(self._cloud, move, self._step, watch.look) for move in found if not move.is_done]
        return {copy: copy.count() for copy in copies}

    def _delete(self, release: Release, tables: Sequence[str]) -> None:
        for table in tables:
            self._step(f"deleting {table}")
            self._cloud.remove(release.names.arn_of_table(table))
        self._deployer.settle(tables)

    def _copy(self, release: Release, before: Templates, found: Sequence[Move], copies: Mapping[RowCopy, int]) -> None:
        tables = ", ".join(move.names[0] for move in found)
        self._step(f"no function may write to {tables} until its rows are moved; if this is interrupted, deploy again")
        self._reach(release, before, copying(release, before, found, self._name))
        self._pace.sleep(IAM_SETTLES_S)
        for copy, expected in copies.items():
            copy.copy(expected)
        self._refuse_taken_over(release, found)
        self._reach(release, before, copied(release, standing_templates(self._cloud, release), found, self._today.isoformat()))

    def _reach(self, release: Release, before: Templates, state: Stacks) -> None:
        """Where only what people keep stands, no function writes meanwhile either."""
        reach = self._deployer.pass_through if "app" in before else self._deployer.lay_ground
        reach(release, state)

    def _refuse_taken_over(self, release: Release, found: Sequence[Move]) -> None:
        """Once another deploy copies the same rows, the functions may soon write where this one does."""
        if not is_copied_by(json.loads(self._cloud.template(f"{release.stem}-data")), found, self._name):
            message = f"another deploy moves the rows of {', '.join(move.names[0] for move in found)} now"
            raise TakenOverError(Problem("moved-by-another", message, help="wait until it is done, and deploy again"))

    def _give_back(self, release: Release, found: Sequence[Move]) -> None:
        """Where functions have not gone over to the new tables, they may write to the old ones again."""
        try:
            before = standing_templates(self._cloud, release)
            if is_paused(before):
                self._step(f"functions may write to {', '.join(move.names[0] for move in found)} again")
                self._deployer.pass_through(release, given_back(release, before, found))
        except DeepError as error:
            self._step(f"what was begun could not be taken back, and writes are refused until the next deploy: {error}")
