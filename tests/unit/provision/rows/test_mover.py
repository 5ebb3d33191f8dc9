"""Rows of a deployed model go to a table of other keys, while its users write on, and whoever deploys is killed anywhere."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.table_rows import Row
from deep.errors import RefusedError
from deep.model import Index
from deep.provision.account.cloud import StoredObject, Submission
from deep.provision.account.standing import standing_templates
from deep.provision.changes import templates_of
from deep.provision.compiled import Compiled, compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.undeploy import Undeployer
from deep.provision.pace import Pace
from deep.provision.planning.plan import refuse_losses
from deep.provision.resources.tables import mark_of
from deep.provision.resources.versions import ALIAS_TYPE, version_of
from deep.provision.rows.kept import in_the_way, kept_tables
from deep.provision.rows.mover import Mover
from deep.provision.states.moves import copying, given_back, is_paused, moves
from deep.security.evaluate import Access, evaluate
from deep.security.function_policy import data_role
from deep.security.iam import Document, Statement
from deep.wiring.choosing import Choice, narrowed_to
from deep.wiring.planning import priced
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.planning.test_plan import TODO, create, release

WHOLE = "DEEP_WHOLE" in os.environ
ALICE = "us-east-1:alice"
SHARED, OWN = "DeepDevTodoc962e927", "DeepDevTodo-ownc962e927"
ROWS = 30
QUICK = Pace(sleep=lambda seconds: None, clock=count().__next__)
"""Every look at the clock takes a second."""
NESTED, DATA = "MicroappDeepTodo", "DeepDevc962e927-data"


class Killed(BaseException):
    """Whoever deploys is gone."""


@cache
def compiled(*, own: bool, **changes: Any) -> Compiled:
    """The app whose function creates todos; its package tells which table it writes to."""
    return compile_release(release(replace(TODO, own=own, **changes), create("create"), code="own" if own else "shared"))


class Account(FakeCloud):
    """An account where somebody creates a todo before every call that changes something, and which may be killed after one of them."""

    def __init__(self, lives: int = 0) -> None:
        super().__init__()
        self.lives = lives
        self.acknowledged: set[str] = set()
        self.refused = 0

    def execute(self, stack: str, name: str) -> None:
        self._changed(lambda: super(Account, self).execute(stack, name))

    def write(self, table: str, rows: Any, gone: Any) -> None:
        self._changed(lambda: super(Account, self).write(table, rows, gone))

    def put(self, bucket: str, stored: StoredObject) -> None:
        self._changed(lambda: super(Account, self).put(bucket, stored))

    def _changed(self, call: Callable[[], None]) -> None:
        self.somebody_writes()
        call()
        self.lives -= 1
        if self.lives == 0:
            raise Killed

    def nested_of(self, submission: Submission) -> str:
        """The templates that a change set leads to."""
        there = {key: stored.body.decode() for bucket in self.buckets.values() for key, stored in bucket.items()}
        return "".join(body for key, body in there.items() if key.removeprefix("templates/") in submission.template)

    def somebody_writes(self) -> None:
        """As the function that stands would: to its table, under its role."""
        told = self.templates.get(f"DeepDevc962e927/{NESTED}")
        if told is None:
            return
        template, key = json.loads(told), f"new {len(self.acknowledged) + self.refused}"
        own = answering(template) == answering(compiled(own=True).templates[NESTED])
        row = {"Id": {"S": key}, **({"Owner": {"S": ALICE}} if own else {})}
        if allows(template, OWN if own else SHARED, own=own):
            self.rows[OWN if own else SHARED].append(row)
            self.acknowledged.add(key)
        else:
            self.refused += 1


def answering(template: Mapping[str, Any]) -> str:
    """The version that has the calls."""
    (alias,) = (one for one in template["Resources"].values() if one["Type"] == ALIAS_TYPE)
    return version_of(alias["Properties"])


def allows(template: Mapping[str, Any], table: str, *, own: bool) -> bool:
    """Whether the role that writes may."""
    wanted = compiled(own=own).release.names.role(data_role(create("create")) if own else "deep.todo:task:create")
    context = {"dynamodb:LeadingKeys": (ALICE,), "aws:PrincipalTag/identity": (ALICE,)}
    arn = f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}"
    roles = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    told = [one for role in roles if role["RoleName"] == wanted for policy in role["Policies"] for one in policy["PolicyDocument"]["Statement"]]
    statements = [Statement(tuple(one["Action"]), tuple(map(str, one["Resource"])), one["Effect"], _conditions(one)) for one in told]
    return evaluate(Document(tuple(statements)), Access("dynamodb:PutItem", arn, context)).allowed


def _conditions(statement: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        operator: {key: (value,) if isinstance(value, str) else tuple(value) for key, value in keys.items()}
        for operator, keys in statement.get("Condition", {}).items()
    }


def deployed(*, own: bool) -> Account:
    """An account with rows in the app's table."""
    return deepcopy(_deployed(own=own))


@cache
def _deployed(*, own: bool) -> Account:
    account = Account()
    wanted = compiled(own=own)
    Deployer(account, lambda text: None, QUICK).deploy(wanted, packages(wanted), lambda outputs: ())
    owners = [ALICE, "us-east-1:bob"]
    account.rows[OWN if own else SHARED] = [
        {"Id": {"S": f"{number:03}"}, "Title": {"S": "milk"}, **({"Owner": {"S": owners[number % 2]}} if own else {})} for number in range(ROWS)
    ]
    account.acknowledged.clear()
    account.calls.clear()
    return account


def packages(wanted: Compiled) -> list[StoredObject]:
    return [StoredObject(one.key, b"", "", {}) for one in wanted.release.packages.values()]


def move(account: Account, *, own: bool, steps: list[str] | None = None, unneeded: Sequence[str] = (), **changes: Any) -> None:
    told: list[str] = [] if steps is None else steps
    wanted = compiled(own=own, **changes)
    before = standing_templates(account, wanted.release)
    mover = Mover(Deployer(account, told.append, QUICK), account, told.append, QUICK, date(2026, 11, 25))
    mover.deploy((wanted, packages(wanted), lambda outputs: (), None), before, unneeded)


def ids(account: Account, table: str) -> set[str]:
    return {row["Id"]["S"] for row in account.rows[table]}


def data(account: Account) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(account.templates[DATA])["Resources"]
    return found


def check_moved(account: Account, *, own: bool) -> None:
    """Every row that was there or acknowledged is in the new table, the stacks are those of the release, and writes go on."""
    target, source = (OWN, SHARED) if own else (SHARED, OWN)
    wanted = compiled(own=own)
    assert {f"{number:03}" for number in range(ROWS)} | account.acknowledged <= ids(account, target)
    assert len(account.rows[target]) == len(ids(account, target))
    assert standing_templates(account, wanted.release) == wanted.templates
    assert account.rows[source], "it is kept"
    told = account.refused
    account.somebody_writes()
    assert account.refused == told


@pytest.mark.parametrize("own", [True, False])
def test_rows_go_to_the_new_table_and_what_was_acknowledged_is_among_them(own: bool) -> None:
    account = deployed(own=not own)
    steps: list[str] = []
    move(account, own=own, steps=steps)
    check_moved(account, own=own)
    assert account.refused, "somebody was told that it is not possible now"
    assert any("% of" in step or "(100 %)" in step for step in steps)
    nobody = [row for row in account.rows[OWN] if row["Owner"]["S"] == "nobody"]
    assert len(nobody) >= ROWS if own else not nobody


def killed(*, own: bool, **changes: Any) -> Iterator[Account]:
    """Accounts in which whoever moved rows was killed after one call more each time; one call in five, or all of them."""
    for lives in count(1, 1 if WHOLE else 5):
        account = deployed(own=not own)
        account.lives = lives
        try:
            move(account, own=own, **changes)
        except Killed:
            account.lives = 0
            yield account
        else:
            assert lives > 12
            return


@pytest.mark.parametrize("own", [True, False])
def test_killed_after_any_call_it_is_run_again_and_goes_on(own: bool) -> None:
    """Parity 119."""
    for account in killed(own=own):
        move(account, own=own)
        check_moved(account, own=own)


@pytest.mark.parametrize("own", [True, False])
def test_whoever_is_killed_and_changes_their_mind_loses_nothing_either(own: bool) -> None:
    for account in killed(own=own):
        move(account, own=not own)
        target = SHARED if own else OWN
        assert {f"{number:03}" for number in range(ROWS)} | account.acknowledged <= ids(account, target)
        account.somebody_writes()
        assert account.acknowledged <= ids(account, target)
        assert standing_templates(account, compiled(own=not own).release) == compiled(own=not own).templates


def failed() -> Account:
    """An account in which the update failed by which the functions would have gone over."""
    account = deployed(own=False)
    submit = account.submit

    def failing(submission: Any) -> None:
        goes_over = submission.stack == "DeepDevc962e927" and "functions/own.zip" in account.nested_of(submission)
        account.failing = {"DeepDevc962e927": "no"} if goes_over else {}
        submit(submission)

    account.submit = failing  # type: ignore[method-assign]
    with pytest.raises(RefusedError, match="no"):
        move(account, own=True)
    account.submit, account.failing = submit, {}  # type: ignore[method-assign]
    return account


def test_what_fails_before_the_functions_go_over_gives_writes_back() -> None:
    account = failed()
    refused = account.refused
    account.somebody_writes()
    assert account.refused == refused
    assert mark_of(data(account)["OwnTableTodo"]["Properties"]).startswith("arriving")
    assert mark_of(data(account)["TableTodo"]["Properties"]) == ""
    account.rows[SHARED] = account.rows[SHARED][1:]
    gone = "000"
    move(account, own=True)
    assert account.acknowledged <= ids(account, OWN)
    assert gone not in ids(account, OWN), "a row that was deleted between two tries does not come back"


@pytest.mark.parametrize("lives", [0, 2, 8])
def test_rows_of_an_app_that_was_undeployed_are_moved_too(lives: int) -> None:
    """Nobody writes, and there is nobody to keep from it."""
    account = deployed(own=False)
    Undeployer(account, lambda text: None, QUICK).undeploy(compiled(own=False).release)
    account.lives = lives
    with suppress(Killed):
        move(account, own=True)
    move(account, own=True)
    check_moved(account, own=True)


def test_rows_that_would_be_one_are_told_before_anything_is_changed() -> None:
    account = deployed(own=True)
    account.rows[OWN] = [{"Owner": {"S": owner}, "Id": {"S": "settings"}} for owner in ("a", "b")]
    with pytest.raises(RefusedError, match="more than one would be settings"):
        move(account, own=False)
    assert account.calls == []


def test_an_index_of_the_new_table_is_added_once_its_rows_are_there() -> None:
    """A table that has it would refuse a row whose value is of another type."""
    account, wanted = deployed(own=False), compiled(own=True, indexes=(Index("Title-index", "Title"),))
    found = moves(standing_templates(account, wanted.release), wanted.stacks.data.template.resources)
    stacks = copying(wanted.release, standing_templates(account, wanted.release), found, "abc")
    tables = {one.logical_id: one for one in stacks.data.template.resources}
    assert mark_of(tables["OwnTableTodo"].properties) == "arriving abc"
    assert "GlobalSecondaryIndexes" not in tables["OwnTableTodo"].properties
    move(account, own=True, indexes=(Index("Title-index", "Title"),))
    assert data(account)["OwnTableTodo"]["Properties"]["GlobalSecondaryIndexes"]
    assert account.acknowledged <= ids(account, OWN)


def test_rows_that_end_by_themselves_are_left_behind_once_they_are_over() -> None:
    """DynamoDB deletes them some time: no two readings would agree."""
    account = deployed(own=False)
    move(account, own=False, ttl="ends")
    now = int(time.time())
    for key, ends in (("over", now - 60), ("soon", now + 3600), ("mistaken", 5)):
        account.rows[SHARED].append({"Id": {"S": key}, "ends": {"N": str(ends)}})
    move(account, own=True, ttl="ends")
    assert {"over", "soon", "mistaken"} & ids(account, OWN) == {"soon", "mistaken"}


def test_a_role_that_an_author_gave_everything_may_not_write_either() -> None:
    account, wanted = deployed(own=False), compiled(own=True)
    before = {name: json.loads(json.dumps(template)) for name, template in standing_templates(account, wanted.release).items()}
    (policy,) = before[NESTED]["Resources"]["RoleTaskCreate"]["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"] = [{"Effect": "Allow", "Action": ["dynamodb:*"], "Resource": ["*"]}]
    stacks = copying(wanted.release, before, moves(before, wanted.stacks.data.template.resources), "abc")
    assert allows(before[NESTED], SHARED, own=False)
    assert not allows(stacks.microapps[NESTED].as_json(), SHARED, own=False)
    told = templates_of(stacks)
    assert is_paused(told)
    assert not is_paused(before)
    assert given_back(wanted.release, told, ()).microapps[NESTED].as_json() == before[NESTED]


class Overtaken(Account):
    """An account in which another deploy, and then a user, are done with the same move before this one has read the rows that it copies."""

    overtakes = 0

    def pages(self, table: str, part: int, parts: int) -> Iterator[Sequence[Row]]:
        paused = self.calls.count("execute DeepDevc962e927")
        if paused == 1 and table == SHARED and part == 0 and not self.overtakes:
            self.overtakes += 1
            move(self, own=True)
            self.somebody_writes()
            self.rows[OWN] = self.rows[OWN][1:]
        return super().pages(table, part, parts)


def test_a_deploy_that_another_one_overtook_stops_and_writes_nothing_more() -> None:
    """Parity 118."""
    account = Overtaken()
    account.__dict__.update(deployed(own=False).__dict__)
    with pytest.raises(RefusedError, match="another deploy moves the rows") as refused:
        move(account, own=True)
    assert refused.value.problems[0].code == "moved-by-another"
    assert account.overtakes
    assert len(ids(account, OWN)) == ROWS + len(account.acknowledged) - 1, "what was deleted does not come back"
    assert account.acknowledged <= ids(account, OWN) | {account.rows[SHARED][0]["Id"]["S"]}
    assert standing_templates(account, compiled(own=True).release) == compiled(own=True).templates


def test_a_table_that_rows_have_left_is_told_until_it_may_go() -> None:
    account, names = deployed(own=False), compiled(own=True).release
    move(account, own=True)
    (kept,) = kept_tables(account, names, date(2026, 12, 24))
    assert str(kept) == f"{SHARED}: its rows were moved to {OWN} on 2026-11-25; keep it until 2026-12-25"
    (over,) = kept_tables(account, names, date(2026, 12, 25))
    assert str(over).endswith(f"it can go: {over.deletion}")
    assert over.as_json() == {"table": SHARED, "since": "2026-11-25", "until": "2026-12-25", "movedTo": OWN}


def test_a_table_that_rows_have_left_is_not_taken_up_again_unless_it_may_be_deleted(tmp_path: Path) -> None:
    """Its rows are of another time: those that were deleted since would be there again."""
    account, shared = deployed(own=False), compiled(own=False)
    move(account, own=True)
    before = standing_templates(account, shared.release)
    assert in_the_way(account, compiled(own=True), before) == ()
    (effect,) = in_the_way(account, shared, before)
    assert (effect.name, effect.deletes) == (SHARED, True)
    made = priced(shared, before, tmp_path / "dev.json", (effect,))
    assert f"  ! {SHARED} is in the way and is deleted first, with all its rows" in made.text
    with pytest.raises(RefusedError, match="is deleted first"):
        refuse_losses(made.plan, ())
    refuse_losses(made.plan, {SHARED})
    account.rows[OWN] = account.rows[OWN][1:]
    left = ids(account, OWN)
    move(account, own=False, unneeded=[SHARED])
    assert ids(account, SHARED) - account.acknowledged == left - account.acknowledged


def test_parts_of_an_app_do_not_go_over_to_another_table_alone() -> None:
    account, wanted = deployed(own=False), compiled(own=True).release
    with pytest.raises(RefusedError, match="cannot go over to another table alone") as refused:
        narrowed_to(Choice(actions=("deep.todo:task:create",)), account, wanted)
    assert refused.value.problems[0].code == "rows-to-move"
    assert narrowed_to(Choice(frontend=True), account, wanted).parts.functions == frozenset()
