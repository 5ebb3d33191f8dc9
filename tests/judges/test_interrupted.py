"""Updates, rollbacks and undeploys whose calls go wrong or whose process is killed, at one call after the other: all end as if nothing had been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from deep.frozen import dataclass
from deep.provision.account.aws import Aws
from deep.wiring import deploying as wiring
from deep.wiring.account import Where
from deep.wiring.foretelling import plan_deploy
from deep.wiring.planning import Consent
from tests.judges.calling import Caller, Keys, Request, through_proxy
from tests.judges.deployed import tls_of
from tests.judges.deployer import OWNER
from tests.judges.deploying import READING
from tests.judges.edge import running_edge
from tests.judges.faults import TRANSIENT, Faulty
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import snapshot
from tests.judges.updating import REGION, carry_out, deploy, prepared, write_releases
from tests.judges.visitors import Visitors

ROOT = Path(__file__).parents[2]
WHOLE = "DEEP_WHOLE" in os.environ
STRIDE, FIRST = 131, 5
"""Every case, or one of so many, beginning with a kill."""
MIDDLE = 18
"""The call of an update that begins the app's first state, in which the versions before answer."""
KILLED = "killed"
STANDING: Mapping[str, tuple[str, ...]] = {
    "second": ("first",),
    "rollback": ("first", "second"),
    "undeploy": ("first", "second"),
    "undeploy-data": ("first", "second"),
}
"""What was done before each deed."""
ANSWERED = ("second", "rollback")
PROBED = ("/acme-shop/item/read", "/acme-desk/hour/show")
"""Actions of both releases."""
SAID = {(200, f'"{said}"') for said in ("first", "second", "open")}


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in OWNER.items():
            environment.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("releases")
    write_releases(folder)
    return folder


@dataclass(frozen=True, slots=True)
class Standing:
    """An account in which something is about to be done, and whoever calls the app in it meanwhile."""

    account: Ministack
    releases: Path
    visitors: Visitors

    def cloud(self) -> Aws:
        return Aws(REGION, endpoint_url=self.account.url)

    def run(self, deed: str, kill_after: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.judges.updating", self.account.url, str(kill_after), str(self.releases), deed]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    def undergo(self, deed: str, kind: str, at: int) -> None:
        """The deed, disturbed at its `at`-th call, and done again where nobody can be there to see it end."""
        if kind != KILLED:
            Faulty(cloud := self.cloud(), TRANSIENT[kind], at)
            carry_out(cloud, self.releases, deed)
            return
        killed = self.run(deed, at)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        finished = self.run(deed)
        assert finished.returncode == 0, finished.stderr

    def heard_during(self, deed: str, kind: str, at: int) -> set[tuple[int, str]]:
        """What visitors are answered meanwhile; of an app that is taken out, there are none."""
        if deed not in ANSWERED:
            self.undergo(deed, kind, at)
            return set()
        with self.visitors:
            self.undergo(deed, kind, at)
        return set(self.visitors.heard)

    def left(self) -> dict[str, Any]:
        """All that is there, and what the prices of items are, which a migration changes."""
        tables = self.account.client("dynamodb")
        items = [name for name in tables.list_tables()["TableNames"] if "Item" in name]
        return {**snapshot(self.account), "prices": [row["Price"] for name in items for row in tables.scan(TableName=name)["Items"]]}


@contextmanager
def standing(folder: Path, releases: Path, deeds: tuple[str, ...]) -> Iterator[Standing]:
    """An account of its own in which these were done, with an item in its table."""
    with running_ministack(folder, REGION) as account, running_edge(account, tls_of(folder)) as edge:
        cloud = Aws(REGION, endpoint_url=account.url)
        made = prepared(releases / deeds[0])
        outputs = deploy(cloud, made).outputs
        row = {"Id": {"S": "1"}, "Title": {"S": "milk"}, "Price": {"N": "1"}}
        account.client("dynamodb").put_item(TableName=made.release.names.table("Item"), Item=row)
        for deed in deeds[1:]:
            carry_out(cloud, releases, deed)
        anybody = Caller(through_proxy(edge.port, outputs["SiteDomain"]), "", REGION, Keys("", "", ""))
        yield Standing(account, releases, Visitors(anybody, [Request("GET", path, signed=False) for path in PROBED]))


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The calls of a deed, and what it leaves."""

    calls: list[str]
    left: dict[str, Any]

    @property
    def changing(self) -> list[str]:
        """Those of the calls that change something."""
        return [name for name in self.calls if not name.startswith(READING)]

    def cases(self) -> list[tuple[str, int]]:
        """What goes wrong, at which call (counted from 1): kills after each that changes something, and faults at each."""
        kills = [(KILLED, number) for number in range(1, len(self.changing) + 1)]
        every = [*kills, *((kind, number) for number in range(1, len(self.calls) + 1) for kind in TRANSIENT)]
        return every if WHOLE else every[FIRST::STRIDE]

    def where(self, kind: str, at: int) -> str:
        return f"{kind} at {(self.changing if kind == KILLED else self.calls)[at - 1]} ({at})"


@pytest.fixture(scope="module", params=STANDING)
def undisturbed(request: pytest.FixtureRequest, keys: None, releases: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Undisturbed]:
    deed, folder = request.param, tmp_path_factory.mktemp("undisturbed")
    with standing(folder, releases, STANDING[deed]) as found:
        faulty = Faulty(cloud := found.cloud())
        carry_out(cloud, releases, deed)
        return deed, Undisturbed(faulty.calls, found.left())


@pytest.mark.timeout(3600)
def test_disturbed_at_any_call_it_ends_as_if_nothing_had_been(undisturbed: tuple[str, Undisturbed], releases: Path, tmp_path: Path) -> None:
    """Parity 119; threats R12, 102. Nothing is left over, and meanwhile everybody is answered by the version before or the one after."""
    deed, wanted = undisturbed
    for kind, at in wanted.cases():
        with standing(tmp_path, releases, STANDING[deed]) as found:
            heard = found.heard_during(deed, kind, at)
            assert heard <= SAID, wanted.where(kind, at)
            assert found.left() == wanted.left, wanted.where(kind, at)


@pytest.mark.timeout(600)
def test_a_saved_plan_is_run_again_after_a_kill(releases: Path, tmp_path: Path) -> None:
    """Parity 119. The whole command, which holds what stands against the plan."""
    saved, wanted = tmp_path / "plan.json", releases / "second"
    for number in count(1) if WHOLE else [MIDDLE]:
        with standing(tmp_path, releases, ("first",)) as found:
            place = Where(endpoint_url=found.account.url)
            plan_deploy(wanted, place, lambda _: None, live=True, saved=saved)
            if found.run("second", number).returncode == 0:
                break
            assert wiring.deploy(wanted, place, lambda _: None, Consent(lambda _: False, saved=saved)), number
            assert found.left()["prices"] == [{"N": "2"}], number
