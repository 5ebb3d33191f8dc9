"""Back to an earlier deploy, or a word about why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from deep.errors import RefusedError
from deep.model import Index, Model, Uses
from deep.provision.account.history import history
from deep.provision.account.standing import standing_templates
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.rollback import Reverter
from deep.provision.release import Package, Release, release_of
from deep.provision.resources.buckets import artefact_bucket_name
from tests.fakes.apps import HERE, action_of, app_of, beside
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.resources.test_apis import several, with_routes
from tests.unit.provision.rows.test_mover import DATA, compiled, killed
from tests.unit.provision.test_stacks import TARGET
from tests.unit.provision.test_stacks import release as stacks_of


def release(*indexes: str, finds: bool = True, code: str = "a") -> Release:
    model = Model("Todo", {"Title": "string"}, tuple(Index(f"{one}-index", one) for one in indexes), {}, HERE)
    verbs = frozenset({"create", *(("find",) if finds else ())})
    app = app_of(model, action_of("create", declared_uses=Uses({"Todo": verbs}, (), (), HERE)))
    return release_of(app, TARGET, {action.identifier: Package(f"functions/{code}.zip") for action in app.actions})


def deployed(*releases: Release) -> FakeCloud:
    cloud = FakeCloud()
    for one in releases:
        Deployer(cloud, lambda text: None).deploy(compile_release(one), (), None)
    cloud.buckets[artefact_bucket_name(releases[0])] = cloud.buckets["artefactbucket"]  # the fake's outputs are their names
    return cloud


def choose(cloud: FakeCloud, of: Release, wanted: str | None = None) -> str:
    return Reverter(cloud, lambda text: None).choose(of, wanted).id


def test_a_deploy_that_searches_by_a_dropped_index_is_not_gone_back_to() -> None:
    """Parity 121: with what to do instead, and before anything is asked or done."""
    cloud = deployed(release("Title", "Town"), release("Town"))
    calls = list(cloud.calls)
    with pytest.raises(RefusedError) as refused:
        choose(cloud, release("Town"))
    (problem,) = refused.value.problems
    assert problem.code == "index-gone"
    assert "search DeepDevTodo" in problem.message
    assert "by Title-index, and that index was dropped since" in problem.message
    assert "deepify rollback --to" in str(problem.help)
    assert cloud.calls == calls


def test_one_that_searches_by_what_is_there_or_not_at_all_is() -> None:
    for before, after in ((release("Town"), release("Title", "Town")), (release("Title", finds=False), release("Town"))):
        assert choose(deployed(before, after), after)


def test_a_table_that_left_the_app_is_as_it_was() -> None:
    before = release("Title")
    after = replace(release(finds=False), app=replace(release(finds=False).app, models=()))
    assert choose(deployed(before, after), after)


def test_pages_that_call_an_api_that_was_deleted_are_not_gone_back_to() -> None:
    """Made anew it has another host, which those pages do not know."""
    two, one, again = (stacks_of(app) for app in (several(), with_routes(several(), 300), beside(several(), "acme.c")))
    assert choose(deployed(two, again), again)
    assert choose(deployed(one, two), two)
    for releases in ((two, one), (two, one, again)):
        cloud = deployed(*releases)
        first = history(cloud, artefact_bucket_name(two))[-1].id
        with pytest.raises(RefusedError) as refused:
            choose(cloud, releases[-1], first)
        assert [problem.code for problem in refused.value.problems] == ["api-gone"]


class Killed(Exception):
    """Whoever was at work is gone."""


def interrupt(cloud: FakeCloud, changes: int, work: Callable[[], object]) -> None:
    """Does the work until it has changed so many stacks."""
    execute, left = cloud.execute, count(changes - 1, -1)

    def dying(stack: str, name: str) -> None:
        execute(stack, name)
        if next(left) == 0:
            raise Killed

    cloud.execute = dying  # type: ignore[method-assign]
    with pytest.raises(Killed):
        work()
    cloud.execute = execute  # type: ignore[method-assign]


@pytest.mark.parametrize("changes", [1, 2])
def test_what_stood_before_a_deploy_that_was_interrupted_is_the_newest_of_the_history(changes: int) -> None:
    """Parity 121: ready, or taken over, but for its pages."""
    first, second, third = (release(code=code) for code in "abc")
    cloud = deployed(first, second)
    reverter = Reverter(cloud, lambda text: None)
    newest = history(cloud, artefact_bucket_name(first))[0]
    interrupt(cloud, changes, lambda: Deployer(cloud, lambda text: None).deploy(compile_release(third), (), None))
    assert choose(cloud, third) == newest.id
    reverter.back(third, reverter.choose(third, None))
    assert standing_templates(cloud, second) == compile_release(second).templates


@pytest.mark.parametrize("changes", [1, 2])
def test_a_way_back_that_was_interrupted_goes_on(changes: int) -> None:
    """Parity 119."""
    first, second = (release(code=code) for code in "ab")
    cloud = deployed(first, second)
    reverter = Reverter(cloud, lambda text: None)
    wanted = reverter.choose(second, None)
    interrupt(cloud, changes, lambda: reverter.back(second, wanted))
    assert choose(cloud, second) == wanted.id


def test_before_the_first_deploy_there_is_none() -> None:
    cloud = deployed(release())
    with pytest.raises(RefusedError, match="no deploy before this one"):
        choose(cloud, release())


def test_while_rows_are_moved_nobody_goes_back() -> None:
    """What functions wrote then would not be moved."""
    account = next(left for left in killed(own=True) if "arriving" in left.templates[DATA])
    with pytest.raises(RefusedError) as refused:
        Reverter(account, lambda text: None).choose(compiled(own=True).release, None)
    assert refused.value.problems[0].code == "rows-on-their-way"
