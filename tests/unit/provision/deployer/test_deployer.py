"""The least policy for whoever deploys, and the question whether they have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deep.model import Model, load_app
from deep.provision.account.answers import policy_source
from deep.provision.compiled import compile_release
from deep.provision.deployer.handlers import DESTROYING, LOOKING
from deep.provision.deployer.policy import deployer_documents
from deep.provision.deployer.preflight import missing_rights
from deep.provision.resources.policies import MANAGED_CHARACTERS, characters
from deep.provision.states.moves import moves
from deep.security.iam import Document, Statement
from tests.fakes.apps import HERE, action_of, app_of
from tests.fakes.cloud import FakeCloud
from tests.generated.property import write_property
from tests.unit.provision.test_stacks import release


def documents(count: int = 1) -> tuple[Document, ...]:
    made = release(app_of(*(action_of(f"act{number}") for number in range(count))))
    return deployer_documents(compile_release(made))


def statements(made: tuple[Document, ...]) -> Iterator[Statement]:
    return (statement for document in made for statement in document.statements)


def actions(made: tuple[Document, ...]) -> set[str]:
    return {action for statement in statements(made) for action in statement.actions}


def test_it_is_as_long_for_a_hundred_actions_as_for_one() -> None:
    assert documents(100) == documents(1)
    assert all(characters(document) <= MANAGED_CHARACTERS for document in documents())


def test_no_wildcard_is_granted_but_where_aws_has_nothing_finer() -> None:
    assert not any("*" in action for action in actions(documents()))
    (anything,) = (statement for statement in statements(documents()) if statement.resources == ("*",))
    unnamed = {"cloudformation:DescribeStackDriftDetectionStatus", "cognito-identity:CreateIdentityPool", "cognito-idp:CreateUserPool"}
    unnamed |= {*LOOKING}
    assert all(action in unnamed or action.startswith(("logs:", "tag:")) for action in anything.actions)


def test_everything_that_is_made_can_be_granted(tmp_path: Path) -> None:
    """A type that `handlers` does not know is a KeyError here, and not in somebody's deploy."""
    made = release(load_app(write_property(tmp_path / "app"), environ={}))
    granted = deployer_documents(compile_release(made))
    assert all(characters(document) <= MANAGED_CHARACTERS for document in granted)
    assert len(granted) == 2


def test_what_an_app_does_not_have_is_not_granted() -> None:
    assert not any(action.startswith("events:") for action in actions(documents()))
    made = release(app_of(action_of("sweep", scope="private", cron="0 6 * * ? *")))
    assert "events:PutRule" in actions(deployer_documents(compile_release(made)))


def test_who_publishes_gradually_may_set_alarms_meanwhile() -> None:
    assert {"lambda:PublishVersion", "cloudwatch:PutMetricAlarm"} <= actions(documents())


def test_people_s_data_cannot_be_deleted_with_it() -> None:
    assert actions(documents()) & DESTROYING == set()


def test_roles_are_passed_to_the_services_that_take_them_alone() -> None:
    (passing,) = (statement for statement in statements(documents()) if "iam:PassRole" in statement.actions)
    assert passing.conditions == {
        "StringEquals": {"iam:PassedToService": ("cognito-identity.amazonaws.com", "cognito-idp.amazonaws.com", "lambda.amazonaws.com")}
    }
    assert passing.resources == ("arn:aws:iam::123456789012:role/DeepDev*c962e927",)


def test_everything_that_is_missing_is_told_at_once() -> None:
    cloud = FakeCloud()
    told: list[str] = []
    assert list(missing_rights(cloud, documents(), told.append)) == []
    cloud.forbidden = frozenset({"lambda:CreateFunction", "lambda:GetFunction", "iam:PassRole"})
    problems = list(missing_rights(cloud, documents(), told.append))
    messages = [problem.message for problem in problems]
    assert len(messages) == 2
    assert any(message.startswith("lambda:CreateFunction, lambda:GetFunction on arn:aws:lambda:") for message in messages)
    assert "--deploy-policy" in (problems[0].help or "")
    assert cloud.calls == []


def test_where_iam_may_not_be_asked_it_is_told_so() -> None:
    cloud = FakeCloud()
    told: list[str] = []
    cloud.forbidden = None
    assert list(missing_rights(cloud, documents(), told.append)) == []
    assert told[-1] == "rights were not checked: iam:SimulatePrincipalPolicy is not allowed"


@pytest.mark.parametrize(
    ("caller", "source"),
    [
        ("arn:aws:iam::123456789012:user/ops/ada", "arn:aws:iam::123456789012:user/ops/ada"),
        ("arn:aws:sts::123456789012:assumed-role/deployer/session", "arn:aws:iam::123456789012:role/deployer"),
        ("arn:aws:iam::123456789012:root", None),
    ],
)
def test_whose_policies_decide(caller: str, source: str | None) -> None:
    assert policy_source(caller) == source


def test_moving_rows_takes_reading_two_tables_and_writing_to_the_new_one() -> None:
    before, after = (compile_release(release(app_of(Model("Note", {}, (), {}, HERE, own=own)))) for own in (False, True))
    found = moves(before.templates, after.stacks.data.template.resources)
    before_it = list(statements(deployer_documents(after)))
    more = [one for one in statements(deployer_documents(after, found)) if one not in before_it]
    source, target = (after.release.names.table_arn("Note", own=own) for own in (False, True))
    assert {one.actions: set(one.resources) for one in more} == {("dynamodb:Scan",): {source, target}, ("dynamodb:BatchWriteItem",): {target}}
