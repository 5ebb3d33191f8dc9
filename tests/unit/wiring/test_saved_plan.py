"""A saved plan is carried out exactly or refused, with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from deep.errors import DeepError, RefusedError
from deep.model import Index, Model, Uses
from deep.model.app import Quotas
from deep.provision.account.standing import standing_templates
from deep.provision.changes import Templates, templates_of
from deep.provision.compiled import Compiled, compile_release
from deep.provision.deploying.gradual import way_to
from deep.provision.planning.midway import begun
from deep.provision.planning.plan import counted, plan
from deep.provision.release import Package, release_of
from deep.provision.states.index_rounds import index_rounds
from deep.wiring.choosing import Choice, narrowed_to
from deep.wiring.planning import PricedPlan, plan_begun, planned, priced
from deep.wiring.saved_plan import read_plan, refuse_other_plan, save_plan
from tests.fakes.apps import HERE, app_of
from tests.unit.provision.rows.test_mover import DATA, Account, compiled, deployed, failed, killed
from tests.unit.provision.states.test_operations import large_release
from tests.unit.provision.test_stacks import TARGET
from tests.unit.wiring.test_planning import AFTER, BEFORE, CREATE

SITE = "5" * 64


@pytest.fixture
def made(tmp_path: Path) -> PricedPlan:
    return priced(compile_release(AFTER), compile_release(BEFORE).templates, tmp_path / "dev.json")


@pytest.fixture
def saved(tmp_path: Path, made: PricedPlan) -> Path:
    save_plan(tmp_path / "plan.json", made, SITE)
    return tmp_path / "plan.json"


def code(saved: Path, made: PricedPlan, site: str = SITE) -> str:
    with pytest.raises(DeepError) as refused:
        refuse_other_plan(saved, read_plan(saved), made, site)
    (problem,) = refused.value.problems
    return f"{problem.code}: {problem.message.replace(str(saved), 'FILE')}"


def test_the_same_plan_is_let_pass(saved: Path, made: PricedPlan) -> None:
    refuse_other_plan(saved, read_plan(saved), made, SITE)
    assert json.loads(saved.read_text())["counted"] == counted(made.plan.changes)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("app", "other", "other-plan: the app of FILE is todo, and this is other"),
        ("env", "prod", "other-plan: the environment of FILE is dev, and this is prod"),
        ("account", "210987654321", "other-plan: the account of FILE is 123456789012, and this is 210987654321"),
        ("region", "eu-west-1", "other-plan: the region of FILE is us-east-1, and this is eu-west-1"),
        ("after", {}, "old-plan: since FILE was made, the app has changed (MicroappDeepTodo, app, data, store)"),
        ("before", {"app": "0" * 64}, "old-plan: since FILE was made, what stands in the account has changed (MicroappDeepTodo, app, data, store)"),
    ],
)
def test_another_plan_is_refused_with_the_reason(saved: Path, made: PricedPlan, field: str, value: Any, told: str) -> None:
    changed: dict[str, Any] = {field: value}
    assert code(saved, replace(made, plan=replace(made.plan, **changed))) == told


def test_other_pages_are_another_plan(saved: Path, made: PricedPlan) -> None:
    assert code(saved, made, "6" * 64) == "old-plan: since FILE was made, pages have changed"


@pytest.mark.parametrize("finished", [names for count in range(5) for names in combinations(("MicroappDeepTodo", "app", "data", "store"), count)])
def test_a_deploy_of_it_that_was_interrupted_goes_on(tmp_path: Path, saved: Path, finished: tuple[str, ...]) -> None:
    """Parity 119: whichever stacks are as they are to be already; whichever are not stand as they did."""
    before, after = (compile_release(one).templates for one in (BEFORE, AFTER))
    left = priced(compile_release(AFTER), {**before, **{name: after[name] for name in finished}}, tmp_path / "dev.json")
    refuse_other_plan(saved, read_plan(saved), left, SITE)
    assert {change.stack for change in left.plan.changes}.isdisjoint(finished)


def rewritten(name: str, *indexes: str) -> Compiled:
    """The app with other code, another right and other indexes."""
    searching = replace(CREATE, declared_uses=Uses({"Todo": frozenset({"create", *(("find",) if name == "second" else ())})}, (), (), HERE))
    app = app_of(Model("Todo", {"Title": "string"}, tuple(Index(f"{one}-index", one) for one in indexes), {}, HERE), searching)
    return compile_release(release_of(app, TARGET, {action.identifier: Package(f"functions/{name}.zip") for action in app.actions}))


def states(before: Templates, after: Compiled) -> Iterator[Templates]:
    """All that stands after each step of a deploy."""
    rounds = index_rounds(before["data"], after.stacks.data)
    standing = dict(before)
    for stack in rounds.first:
        yield (standing := {**standing, "data": stack.template.as_json()})
    for state in way_to(after.stacks, standing).states:
        yield (standing := {**standing, **{name: one for name, one in templates_of(state.stacks).items() if name != "data"}})
    for stack in rounds.last:
        yield (standing := {**standing, "data": stack.template.as_json()})


def test_interrupted_between_any_two_changes_it_goes_on(tmp_path: Path) -> None:
    """Parity 119: between two indexes, and when everything is ready while the versions before answer."""
    before, after = rewritten("first", "A", "B").templates, rewritten("second", "C", "D", "B")
    path = tmp_path / "plan.json"
    save_plan(path, priced(after, before, tmp_path / "dev.json"), SITE)
    passed = list(states(before, after))
    assert passed[-1] == after.templates
    assert len({json.dumps(one) for one in passed}) == 6
    for standing in passed:
        refuse_other_plan(
            path,
            read_plan(path),
            priced(after, standing, tmp_path / "dev.json"),
            SITE,
            begun(after, standing, read_plan(path)["before"]).on_their_way,
        )


@pytest.mark.parametrize("stands", [True, False])
def test_interrupted_between_the_operations_of_a_large_app_it_goes_on(tmp_path: Path, stands: bool) -> None:
    """Parity 119: one that becomes another, and one that is new."""
    after = large_compiled("other")
    before, path = large_compiled("action").templates if stands else {}, tmp_path / "plan.json"
    made = priced(after, before, tmp_path / "dev.json")
    save_plan(path, made, SITE)
    (operations,) = way_to(after.stacks, before).operations
    assert len(operations) > 1
    for standing in map(templates_of, operations):
        on_their_way = begun(after, standing, read_plan(path)["before"]).on_their_way
        refuse_other_plan(path, read_plan(path), replace(made, plan=plan(after, standing)), SITE, on_their_way)


def large_compiled(called: str) -> Compiled:
    made = large_release(23, called=called)
    return compile_release(replace(made, app=replace(made.app, property=replace(made.app.property, quotas=Quotas(routes=400)))))


def test_what_somebody_else_has_made_meanwhile_is_not_midway(tmp_path: Path) -> None:
    before, after = rewritten("first", "A").templates, rewritten("second", "B")
    path = tmp_path / "plan.json"
    save_plan(path, priced(after, before, tmp_path / "dev.json"), SITE)
    standing = rewritten("third", "A").templates
    with pytest.raises(DeepError, match="what stands in the account has changed"):
        refuse_other_plan(
            path,
            read_plan(path),
            priced(after, standing, tmp_path / "dev.json"),
            SITE,
            begun(after, standing, read_plan(path)["before"]).on_their_way,
        )


def refuse(account: Account, wanted: Compiled, path: Path) -> None:
    """As a deploy does, which reads the account."""
    narrowed = narrowed_to(Choice(), account, wanted.release)
    saved, made = read_plan(path), planned(account, narrowed, path.with_name("dev.json"))
    now, on_their_way = plan_begun(narrowed, made, saved["before"])
    refuse_other_plan(path, saved, now, SITE, on_their_way)


def saved_in(folder: Path, account: Account, wanted: Compiled) -> Path:
    """The plan of a deploy, read from the account."""
    save_plan(folder / "plan.json", planned(account, narrowed_to(Choice(), account, wanted.release), folder / "dev.json"), SITE)
    return folder / "plan.json"


@pytest.mark.parametrize("own", [True, False])
def test_interrupted_anywhere_while_rows_are_moved_it_goes_on(tmp_path: Path, own: bool) -> None:
    """Parity 119. Functions and an index come once rows are where they are to be."""
    changes = {"indexes": (Index("Title-index", "Title"),)}
    wanted, states = compiled(own=own, **changes), set[str]()
    path = saved_in(tmp_path, deployed(own=not own), wanted)
    for left in killed(own=own, **changes):
        states.add(json.dumps(standing_templates(left, wanted.release)))
        refuse(left, wanted, path)
    assert len(states) >= 3


def test_a_move_that_was_given_back_is_tried_again_by_the_same_plan(tmp_path: Path) -> None:
    wanted, left = compiled(own=True), failed()
    assert "arriving no more" in left.templates[DATA]
    refuse(left, wanted, saved_in(tmp_path, deployed(own=False), wanted))


def test_what_somebody_changed_while_rows_are_moved_is_not_in_the_plan(tmp_path: Path) -> None:
    wanted = compiled(own=True)
    path = saved_in(tmp_path, deployed(own=False), wanted)
    left = next(account for account in killed(own=True) if "arriving" in account.templates[DATA])
    standing = json.loads(left.templates[DATA])
    standing["Resources"]["TableTodo"]["Properties"]["PointInTimeRecoverySpecification"] = {"PointInTimeRecoveryEnabled": False}
    left.templates[DATA] = json.dumps(standing)
    with pytest.raises(RefusedError, match=r"what stands in the account has changed \(data\)"):
        refuse(left, wanted, path)


def test_what_goes_on_must_have_been_in_the_file(tmp_path: Path, saved: Path) -> None:
    told = json.loads(saved.read_text())
    saved.write_text(json.dumps({**told, "changes": []}))
    before, after = (compile_release(one).templates for one in (BEFORE, AFTER))
    begun = priced(compile_release(AFTER), {**before, "MicroappDeepTodo": after["MicroappDeepTodo"]}, tmp_path / "dev.json")
    assert code(saved, begun).startswith("altered-plan: ")


@pytest.mark.parametrize("key", ["changes", "rights", "data", "counted"])
def test_a_file_that_tells_less_or_more_than_would_be_done_is_refused(saved: Path, made: PricedPlan, key: str) -> None:
    told = json.loads(saved.read_text())
    for edited in ({**told, key: ["nothing else"]}, {name: value for name, value in told.items() if name != key}):
        saved.write_text(json.dumps(edited))
        assert code(saved, made).startswith(("altered-plan: ", "not-a-plan: "))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"savedPlan": 2}', '{"savedPlan": 1, "app": 5}', "[" * 100_000])
def test_what_is_no_plan_is_no_plan(tmp_path: Path, made: PricedPlan, content: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content)
    assert code(path, made).startswith("not-a-plan: ")


def test_no_template_and_so_no_secret_is_in_it(saved: Path) -> None:
    assert "AssumeRolePolicyDocument" not in saved.read_text()
