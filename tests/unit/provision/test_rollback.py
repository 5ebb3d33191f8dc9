"""Back to an earlier deploy, or a word about why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deep.errors import RefusedError
from deep.model import Index, Model, Uses
from deep.provision.compiled import compile_release
from deep.provision.deploy import Deployer
from deep.provision.release import Package, Release, release_of
from deep.provision.resources.buckets import artefact_bucket_name
from deep.provision.rollback import Reverter
from tests.fakes.apps import HERE, action_of, app_of
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.test_stacks import TARGET


def release(*indexes: str, finds: bool = True) -> Release:
    model = Model("Todo", {"Title": "string"}, tuple(Index(f"{one}-index", one) for one in indexes), {}, HERE)
    verbs = frozenset({"create", *(("find",) if finds else ())})
    app = app_of(model, action_of("create", declared_uses=Uses({"Todo": verbs}, (), (), HERE)))
    return release_of(app, TARGET, {action.identifier: Package("functions/a.zip") for action in app.actions})


def deployed(*releases: Release) -> FakeCloud:
    cloud = FakeCloud()
    for one in releases:
        Deployer(cloud, lambda text: None).deploy(compile_release(one), (), None)
    cloud.buckets[artefact_bucket_name(releases[0])] = cloud.buckets["artefactbucket"]  # the fake's outputs are their names
    return cloud


def choose(cloud: FakeCloud, of: Release) -> str:
    return Reverter(cloud, lambda text: None).choose(of, None).id


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
