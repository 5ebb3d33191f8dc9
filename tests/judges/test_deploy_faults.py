"""A deploy whose calls go wrong one after the other, each call by each fault: it gets through, or says what to do and gets through next time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deep.errors import DeepError
from deep.provision.account.aws import Aws
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from tests.judges.deploying import pages, release_for
from tests.judges.faults import TOLD, TRANSIENT, Fault, Faulty
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import snapshot

WHOLE = "DEEP_WHOLE" in os.environ
"""Every call by every fault; else every thirteenth, beginning with another one for each fault."""
STRIDE = 13
SAID = {"expired credentials": "log in again", "clock skew": "clock is 16 min "}


def deploy(account: Ministack, fault: Fault | None = None, at: int = 0) -> list[str]:
    """Deploys, with the `at`-th call going wrong; the names of all calls."""
    cloud = Aws("us-east-1", endpoint_url=account.url)
    faulty = Faulty(cloud, fault, at, lasts=fault in TOLD.values())
    release, packages = release_for()
    Deployer(cloud, lambda text: None).deploy(compile_release(release), packages, pages)
    return faulty.calls


def refused(account: Ministack, fault: Fault, at: int) -> DeepError | None:
    """How a deploy ends that meets a lasting fault; None where it had to look fewer times than another did, and was over before."""
    try:
        calls = deploy(account, fault, at)
    except DeepError as error:
        return error
    assert len(calls) < at, f"{calls[at - 1]} ({at}) went wrong, and nothing was said"
    return None


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield


@pytest.fixture(scope="module")
def undisturbed(keys: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, object]]:
    """The calls of a deploy that nothing disturbs, and what it leaves."""
    with running_ministack(tmp_path_factory.mktemp("undisturbed")) as account:
        return deploy(account), snapshot(account)


def chosen(calls: list[str], kind: str) -> range:
    first = [*TRANSIENT, *TOLD].index(kind) + 1
    return range(1, len(calls) + 1) if WHOLE else range(first, len(calls) + 1, STRIDE)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", TRANSIENT)
def test_what_passes_by_itself_is_got_through(kind: str, tmp_path: Path, undisturbed: tuple[list[str], dict[str, object]]) -> None:
    """Parity 119; threats R12, 102. Throttled, refused, cut off, or answered too late: the deploy that meets it ends as if nothing had been."""
    calls, wanted = undisturbed
    for at in chosen(calls, kind):
        with running_ministack(tmp_path) as account:
            deploy(account, TRANSIENT[kind], at)
            assert snapshot(account) == wanted, f"{kind} at {calls[at - 1]} ({at})"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", TOLD)
def test_what_somebody_has_to_mend_is_said_and_then_it_goes_on(kind: str, tmp_path: Path, undisturbed: tuple[list[str], dict[str, object]]) -> None:
    """Parity 119; threats R12, R19, 100."""
    calls, wanted = undisturbed
    for at in chosen(calls, kind):
        with running_ministack(tmp_path) as account:
            if (told := refused(account, TOLD[kind], at)) is None:
                continue
            (problem,) = told.problems
            assert SAID[kind] in f"{problem.message} {problem.help}", f"{kind} at {calls[at - 1]} ({at})"
            assert "run the command again" in str(problem.help)
            deploy(account)
            assert snapshot(account) == wanted, f"{kind} at {calls[at - 1]} ({at})"
