"""Our STS client against an account that is not ours: the data role is assumed, and its credentials do what its policy says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deep.errors import Place
from deep.model import Model, Uses
from deep.names import CloudNames, app_hash
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.exceptions import DatabaseOperationError
from deep.runtime.retry import RetryPolicy
from deep.runtime.session import CallerTables, DataSessions
from deep.runtime.signed import Service, ServiceError
from deep.security.function_policy import data_document, data_role, function_document
from deep.security.iam import Document
from deep.wire.sigv4 import Credentials
from tests.fakes.apps import action_of, app_of
from tests.fakes.tables import create_table
from tests.judges.ministack import Ministack
from tests.judges.test_enforced import credentials

PLACE = Place("resources.json", 1, 1)
ALICE = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"
NOTE = Model("Note", {"Title": "string"}, (), {}, PLACE, own=True)
KEEP = action_of("keep", declared_uses=Uses({"Note": frozenset(("create", "get", "list"))}, (), (), PLACE))
APP = app_of(NOTE, KEEP)
NAMES = CloudNames("judged", app_hash("123456789012", "todo"), "123456789012", "us-east-1")
TAGGING_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}],
}
ONCE = RetryPolicy(sleep=lambda seconds: None)


@pytest.fixture
def function(ministack: Ministack) -> Credentials:
    """The function's own credentials, in an account where its data role and its table exist."""
    iam = ministack.client("iam")
    role = NAMES.role(data_role(KEEP))
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TAGGING_TRUST))
    document = data_document(APP, KEEP, NAMES)
    assert document is not None
    plain = Document(tuple(replace(one, conditions={}) for one in document.statements))  # it knows no leading keys, so `Null` would deny all
    iam.put_role_policy(RoleName=role, PolicyName="compiled", PolicyDocument=json.dumps(plain.as_json()))
    shape = {"name": NAMES.table("Note", own=True), "fields": {"Title": "string"}, "indexes": [], "own": True}
    account = DynamoDb(ministack.url, "us-east-1", Credentials("test", "test"))
    create_table(account, shape)
    account.close()
    told = credentials(ministack, NAMES.role(KEEP.identifier), function_document(APP, KEEP, NAMES))
    return Credentials(told["aws_access_key_id"], told["aws_secret_access_key"], told["aws_session_token"])


def test_the_data_role_is_assumed_and_used(ministack: Ministack, function: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity 79. The account knows nothing of leading keys (iam-simulate judges those); it does know who may assume what."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", ministack.url)
    tables = DynamoDb(ministack.url, "us-east-1", function, retry=ONCE)
    shape = {"name": NAMES.table("Note", own=True), "fields": {"Title": "string"}, "indexes": [], "own": True}
    sessions = DataSessions(Service("sts", "us-east-1", function, ONCE), NAMES.role_arn(data_role(KEEP)), tables)
    notes = Table(CallerTables(sessions, ALICE), "Note", shape, ALICE)  # type: ignore[arg-type]
    made = notes.create_item({"Title": "milk"})
    assert notes.find_all() == [notes.find_one_by_id(made["Id"])] == [made]
    with pytest.raises(DatabaseOperationError, match="AccessDenied"):
        notes.delete_by_id(made["Id"])
    with pytest.raises(DatabaseOperationError, match="AccessDenied"):
        Table(tables, "Note", shape, ALICE).find_all()  # type: ignore[arg-type]  # its own role does not reach the table
    foreign = DataSessions(Service("sts", "us-east-1", function, ONCE), NAMES.role_arn("somebody else's"), tables)
    with pytest.raises(ServiceError):
        foreign.client(ALICE)
    sessions.close()
    foreign.close()
    tables.close()
