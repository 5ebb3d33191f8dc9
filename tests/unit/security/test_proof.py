"""What can be taken away from a policy without anything missing it is found, and told with what to remove."""

from __future__ import annotations

import pytest

from deep.model import App, AwsUse, Index, Model, Uses, Verb
from deep.security.evaluate import Access
from deep.security.function_policy import data_role
from deep.security.proof import Evidence, Proof, prove
from tests.fakes.apps import HERE, action_of, app_of
from tests.unit.security.test_grants import NAMES, role, statement

DO, OTHER = "deep.todo:task:do", "deep.todo:task:other"
TABLE = NAMES.table_arn("Todo")
CODE, NAME = (Index(f"{field}-index", field) for field in ("Code", "Name"))
MAIL = ("arn:aws:ses:us-east-1:123456789000:identity/a.example", "arn:aws:ses:us-east-1:123456789000:identity/b.example")


def app_that_uses(uses: Uses, *, own: bool = False) -> App:
    return app_of(Model("Todo", {"Code": "string"}, (CODE, NAME), {}, HERE, own), action_of("do", declared_uses=uses), action_of("other"))


def proof(app: App, *accesses: Access, data: tuple[Access, ...] = ()) -> Proof:
    return prove(app, NAMES, Evidence({DO: accesses}, {DO: data}, frozenset({("authenticated", DO)})))


def parts(found: Proof) -> list[tuple[str, str]]:
    assert {one.function for one in found.unneeded} <= {DO}
    return [(one.part, one.help) for one in found.unneeded]


def uses_of(*verbs: Verb, actions: tuple[str, ...] = (), aws: tuple[AwsUse, ...] = ()) -> Uses:
    return Uses({"Todo": frozenset(verbs)} if verbs else {}, actions, aws, HERE)


PUT, GET = Access("dynamodb:PutItem", TABLE), Access("dynamodb:GetItem", TABLE)


def test_what_was_needed_is_not_told() -> None:
    found = proof(app_that_uses(uses_of("create", "get")), PUT, GET)
    assert (parts(found), found.functions, found.accesses) == ([], 2, 2)
    assert found.checked >= 4


def test_a_verb_that_nothing_needed() -> None:
    found = proof(app_that_uses(uses_of("create", "get")), PUT)
    assert parts(found) == [(f"dynamodb:GetItem on {NAMES.table('Todo')}", 'remove "get" of "Todo" from its uses')]
    assert str(found.unneeded[0]) == f"nothing needed {found.unneeded[0].part} of {DO}: {found.unneeded[0].help} ({HERE})"


def test_verbs_that_grant_the_same_are_no_excess() -> None:
    assert parts(proof(app_that_uses(uses_of("create", "unique")), PUT)) == []


def test_a_function_that_no_test_reached_is_told_once() -> None:
    assert parts(proof(app_that_uses(uses_of("create", "get", "delete")))) == [("anything", "write a test that calls it, or remove its uses")]


def test_an_index_that_no_test_searched() -> None:
    found = proof(app_that_uses(uses_of("find")), Access("dynamodb:Query", NAMES.index_arn("Todo", CODE.name)))
    (only,) = parts(found)
    assert only == (f"dynamodb:Query on {NAMES.table('Todo')}/index/{NAME.name}", "no use can be removed for this alone; write a test that needs it")


def test_a_function_goes_with_its_versions() -> None:
    app = app_that_uses(uses_of(actions=(OTHER,)))
    assert parts(proof(app, Access("lambda:InvokeFunction", NAMES.function_arn(OTHER)))) == []
    needed = proof(app_that_uses(uses_of("create", actions=(OTHER,))), PUT)
    assert parts(needed) == [(f"lambda:InvokeFunction on {NAMES.function(OTHER)}", f'remove "{OTHER}" from its uses')]


@pytest.mark.parametrize(
    ("needed", "told"),
    [
        ([], ["remove ses:SendEmail and ses:SendRawEmail on {0} and {1} from its uses"]),
        ([("ses:SendEmail", 0), ("ses:SendEmail", 1)], ['remove "ses:SendRawEmail" from its uses']),
        ([("ses:SendEmail", 0), ("ses:SendRawEmail", 0)], ['remove "{1}" from its uses']),
        ([("ses:SendEmail", 0), ("ses:SendRawEmail", 1)], []),
    ],
)
def test_services_that_are_declared(needed: list[tuple[str, int]], told: list[str]) -> None:
    app = app_that_uses(uses_of("create", aws=(AwsUse(("ses:SendEmail", "ses:SendRawEmail"), MAIL, HERE),)))
    found = proof(app, PUT, *(Access(action, MAIL[place]) for action, place in needed))
    assert [help_ for _, help_ in parts(found)] == [text.format(*MAIL) for text in told]


def test_owned_items_are_proved_in_the_data_role() -> None:
    app = app_that_uses(uses_of("get", "delete"), own=True)
    tag = {"aws:PrincipalTag/identity": ("me",)}
    mine = Access("dynamodb:GetItem", NAMES.table_arn("Todo", own=True), {"dynamodb:LeadingKeys": ("me",), **tag})
    arn = NAMES.role_arn(data_role(app.action(DO)))
    assumed = (Access("sts:AssumeRole", arn), Access("sts:TagSession", arn))
    table = NAMES.table("Todo", own=True)
    assert parts(proof(app, *assumed, data=(mine,))) == [(f"dynamodb:DeleteItem on {table}", 'remove "delete" of "Todo" from its uses')]


def test_grants_that_no_test_used_are_told_apart() -> None:
    uses = uses_of("create")
    editors, authenticated = (role(name, statement(DO)) for name in ("editors", "authenticated"))
    app = app_of(
        Model("Todo", {}, (), {}, HERE), action_of("do", declared_uses=uses), action_of("open", authorization="NONE"), editors, authenticated
    )
    found = proof(app, PUT)
    assert found.unexercised == (("editors", DO),)
    assert found.as_text().splitlines() == [
        f"no test calls {DO} as editors",
        "2 parts of 2 functions were taken away in turn, and 1 recorded accesses replayed: every part was needed",
    ]


def test_what_was_recorded_of_another_state_of_the_app_proves_nothing() -> None:
    elsewhere = Access("dynamodb:PutItem", NAMES.table_arn("Gone"))
    assert [part for part, _ in parts(proof(app_that_uses(uses_of("create")), elsewhere))] == ["anything"]


def test_a_proof_is_data_too() -> None:
    told = proof(app_that_uses(uses_of("create", "get")), PUT).as_json()
    assert told["unneeded"][0]["function"] == DO
    assert told["accesses"] == 1
