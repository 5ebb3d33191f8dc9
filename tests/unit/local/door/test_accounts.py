"""The user pool behind the door: administration where `uses.aws` grants it, and what anybody may ask without a signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from deep.local.identity.keeping import IdentityKeep
from deep.local.identity.vault import FunctionBearer
from deep.model import AwsUse
from tests.fakes.door import DoorStage, open_door
from tests.unit.local.door.conftest import IDLE, PLACE, app, uses

ADMIN = FunctionBearer("deep.todo:task:mail")
POOLS = "arn:aws:cognito-idp:*:*:userpool/*"


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[IdentityKeep]:
    keep = IdentityKeep.open(tmp_path, "http://localhost:1", lambda line: None)
    yield keep
    keep.close()


@pytest.fixture
def stage(dynoxide: str, keep: IdentityKeep) -> Iterator[DoorStage]:
    made = app()
    use = uses({}, aws=(AwsUse(("cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser"), (POOLS,), PLACE),))
    granted = replace(made, uses={**made.uses, ADMIN.action: use})
    with open_door(granted, dynoxide) as stage:
        stage.door.accounts.use(keep.users(granted))
        yield stage


@pytest.fixture
def pool_id(keep: IdentityKeep) -> str:
    return keep.users(app()).settings.pool_id


def test_a_function_administers_what_its_uses_grant(stage: DoorStage, pool_id: str) -> None:
    client = stage.boto3("cognito-idp", ADMIN)
    client.admin_create_user(UserPoolId=pool_id, Username="ada", TemporaryPassword="Correct-Horse-1", MessageAction="SUPPRESS")
    assert client.admin_get_user(UserPoolId=pool_id, Username="ada")["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_a_function_administers_nothing_else(stage: DoorStage, pool_id: str) -> None:
    for bearer, call in ((ADMIN, "admin_delete_user"), (IDLE, "admin_get_user")):
        with pytest.raises(ClientError, match="no identity-based policy allows") as caught:
            getattr(stage.boto3("cognito-idp", bearer), call)(UserPoolId=pool_id, Username="ada")
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    assert '"cognito-idp:AdminDeleteUser"' in (stage.reporter.problems[0].help or "")


def test_signing_in_needs_no_signature_and_gives_no_administration(stage: DoorStage, pool_id: str, keep: IdentityKeep) -> None:
    client = boto3.client("cognito-idp", region_name="us-east-1", endpoint_url=stage.door.url, config=Config(signature_version=UNSIGNED))
    with pytest.raises(ClientError) as caught:
        client.initiate_auth(
            ClientId=keep.users(app()).settings.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "nobody", "PASSWORD": "x"}
        )
    assert caught.value.response["Error"]["Code"] == "NotAuthorizedException"
    with pytest.raises(ClientError) as caught:
        client.admin_get_user(UserPoolId=pool_id, Username="ada")
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"


def test_without_accounts_the_service_is_not_there(stage: DoorStage, dynoxide: str) -> None:
    with open_door(app(), dynoxide) as bare, pytest.raises(ClientError, match="does not run"):
        bare.boto3("cognito-idp", ADMIN).list_users(UserPoolId="us-east-1_x")
