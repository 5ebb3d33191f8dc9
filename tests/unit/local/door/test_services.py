"""Lambda, STS and SSM behind the door, asked by boto3; and everything that is not there. Parity 57, 88, 90."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deep.local.door.policies import DEVELOPER
from deep.local.functions.outcome import Failure
from deep.local.identity.principal import Principal
from deep.local.identity.vault import DataBearer, FunctionBearer, IdentityBearer, Vault
from tests.fakes.door import DoorStage
from tests.unit.local.conftest import failure
from tests.unit.local.door.conftest import CALL, CREATE, IDLE, MAIL, OWN

ALICE = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"


def refused(call: Callable[[], Any]) -> tuple[str, int]:
    """AWS's code, and the status."""
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return str(response["Error"]["Code"]), int(response["ResponseMetadata"]["HTTPStatusCode"])


# --- Lambda ---


@pytest.mark.parametrize("name", ["function", "function_arn"])
def test_a_function_calls_what_its_uses_name(stage: DoorStage, name: str) -> None:
    """Parity 57: by name or ARN; no identity goes along, as in Lambda."""
    callee = getattr(stage.names, name)(CREATE.action)
    answer = stage.boto3("lambda", CALL).invoke(FunctionName=callee, Payload=b'{"a":1}')
    assert (json.load(answer["Payload"]), answer["ExecutedVersion"]) == ({"got": {"a": 1}}, "$LATEST")
    assert stage.functions.calls[0].identity_id is None


def test_a_function_calls_nothing_else(stage: DoorStage) -> None:
    """Parity 88: the exact ARN of the callee."""
    client = stage.boto3("lambda", CREATE)
    assert refused(lambda: client.invoke(FunctionName=stage.names.function(CREATE.action))) == ("AccessDeniedException", 403)
    assert '"actions": ["deep.todo:task:create"]' in (stage.reporter.problems[0].help or "")
    assert refused(lambda: client.invoke(FunctionName="nobody")) == ("AccessDeniedException", 403)
    assert refused(client.list_functions)[1] == 501
    assert stage.functions.calls == []


def test_failures_are_told_as_lambda_tells_them(stage: DoorStage) -> None:
    client, callee = stage.boto3("lambda", CALL), stage.names.function(CREATE.action)
    stage.functions.handlers = {CREATE.action: lambda event: failure("fault", "KeyError", "'Id'")}
    answer = client.invoke(FunctionName=callee)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.load(answer["Payload"])["errorType"] == "KeyError"
    assert stage.reporter.logs == [(CREATE.action, "KeyError: 'Id'")]
    stage.functions.handlers = {CREATE.action: lambda event: Failure({"errorType": "x", "errorMessage": "y"}, "throttled")}
    assert refused(lambda: client.invoke(FunctionName=callee)) == ("TooManyRequestsException", 429)
    stage.functions.handlers = {}
    assert json.load(client.invoke(FunctionName=callee)["Payload"])["errorType"] == "Runtime.Unsupported"
    assert refused(lambda: client.invoke(FunctionName=callee, Payload=b"{broken")) == ("InvalidRequestContentException", 400)
    assert refused(lambda: client.invoke(FunctionName=callee, InvocationType="Never")) == ("InvalidParameterValueException", 400)


def test_asynchronous_invocations_answer_at_once_and_are_waited_for(stage: DoorStage) -> None:
    stage.functions.delay_s = 0.3
    client, callee = stage.boto3("lambda", CALL), stage.names.function(CREATE.action)
    began = time.monotonic()
    assert client.invoke(FunctionName=callee, InvocationType="Event", Payload=b'{"a":1}')["StatusCode"] == 202
    assert client.invoke(FunctionName=callee, InvocationType="DryRun")["StatusCode"] == 204
    assert time.monotonic() - began < 0.3
    stage.run(stage.door.drain(5))
    assert [call.event for call in stage.functions.calls] == [{"a": 1}]


def test_the_developer_calls_as_the_anonymous_identity(stage: DoorStage) -> None:
    stage.door.developer_identity = ALICE
    stage.boto3("lambda", DEVELOPER).invoke(FunctionName=CREATE.action)
    assert stage.functions.calls[0].identity_id == ALICE


# --- STS ---


def assume(stage: DoorStage, bearer: FunctionBearer, **changes: Any) -> Any:
    asked = {
        "RoleArn": stage.names.role_arn(f"{OWN.action} own"),
        "RoleSessionName": "alice",
        "DurationSeconds": 900,
        "Tags": [{"Key": "identity", "Value": ALICE}],
    }
    return stage.boto3("sts", bearer).assume_role(**{**asked, **changes})


def test_a_function_assumes_its_data_role(stage: DoorStage) -> None:
    """Parity 79."""
    answer = assume(stage, OWN)
    credentials = answer["Credentials"]
    assert stage.vault.bearer(credentials["SessionToken"]) == DataBearer(OWN.action, ALICE)
    assert answer["AssumedRoleUser"]["Arn"].startswith("arn:aws:sts::123456789012:assumed-role/")
    assert 890 < credentials["Expiration"].timestamp() - time.time() < 910
    keys = {"aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretAccessKey"]}
    tables = stage.boto3("dynamodb", OWN, **keys, aws_session_token=credentials["SessionToken"])
    tables.put_item(TableName=stage.names.table("Note", own=True), Item={"Owner": {"S": ALICE}, "Id": {"S": "1"}})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Tags": []}, "ValidationError"),
        ({"Tags": [{"Key": "identity", "Value": ""}]}, "ValidationError"),
        ({"Tags": [{"Key": "identity", "Value": "a"}, {"Key": "more", "Value": "b"}]}, "ValidationError"),
        ({"Tags": [{"Key": "other", "Value": "b"}]}, "ValidationError"),
        ({"DurationSeconds": 43200}, "ValidationError"),
        ({"RoleArn": "arn:aws:iam::123456789012:role/Admin"}, "AccessDenied"),
    ],
)
def test_no_other_session_is_given(stage: DoorStage, changes: dict[str, Any], code: str) -> None:
    assert refused(lambda: assume(stage, OWN, **changes))[0] == code


def test_nobody_assumes_anothers_data_role(stage: DoorStage) -> None:
    assert refused(lambda: assume(stage, CREATE)) == ("AccessDenied", 403)


def test_the_data_role_leads_nowhere(stage: DoorStage) -> None:
    """Neither to another session, nor to functions or secrets."""
    data = DataBearer(OWN.action, ALICE)
    asked = {"RoleArn": stage.names.role_arn(f"{OWN.action} own"), "RoleSessionName": "session", "Tags": [{"Key": "identity", "Value": "b"}]}
    assert refused(lambda: stage.boto3("sts", data).assume_role(**asked)) == ("AccessDenied", 403)
    assert refused(lambda: stage.boto3("lambda", data).invoke(FunctionName=stage.names.function(CREATE.action)))[0] == "AccessDeniedException"


def test_who_am_i(stage: DoorStage) -> None:
    told = stage.boto3("sts", IDLE).get_caller_identity()
    assert told["Arn"] == f"arn:aws:sts::123456789012:assumed-role/{stage.names.role(IDLE.action)}/{stage.names.function(IDLE.action)}"
    assert told["Account"] == "123456789012"
    assert refused(lambda: stage.boto3("sts", IDLE).get_session_token()) == ("InvalidAction", 400)


# --- SSM ---


def test_a_secret_is_read_by_functions_of_its_microapplication(stage: DoorStage) -> None:
    """Parity 90."""
    name = stage.names.parameter("deep.todo", "mail|key")
    client = stage.boto3("ssm", IDLE)
    parameter = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (parameter["Value"], parameter["Type"], parameter["Name"]) == ("s3cr3t-<&>", "SecureString", name)
    assert "s3cr3t" not in client.get_parameter(Name=name)["Parameter"]["Value"]
    assert client.get_parameter(Name=stage.names.parameter("deep.todo", "mail|pin"), WithDecryption=True)["Parameter"]["Value"] == "12345"


def test_no_other_parameter_is_read(stage: DoorStage) -> None:
    client = stage.boto3("ssm", IDLE)
    assert refused(lambda: client.get_parameter(Name="/DeepDev/other/key", WithDecryption=True)) == ("AccessDeniedException", 400)
    assert (
        refused(lambda: client.get_parameters(Names=[stage.names.parameter("deep.todo", "mail|key")], WithDecryption=True))[0]
        == "AccessDeniedException"
    )
    assert refused(lambda: client.put_parameter(Name="x", Value="y"))[0] == "UnknownOperationException"
    developer = stage.boto3("ssm", DEVELOPER)
    assert refused(lambda: developer.get_parameter(Name="nothing"))[0] == "ParameterNotFound"
    names = [stage.names.parameter("deep.todo", "mail|key"), "nothing"]
    told = developer.get_parameters(Names=names, WithDecryption=True)
    assert ([one["Name"] for one in told["Parameters"]], told["InvalidParameters"]) == (names[:1], names[1:])


# --- everything else ---


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "list_buckets", {}),
        ("sqs", "list_queues", {}),
        ("sns", "list_topics", {}),
        ("iam", "list_users", {}),
        ("ses", "list_identities", {}),
        ("events", "list_rules", {}),
    ],
)
def test_services_that_are_not_there_say_so_in_their_own_shape(stage: DoorStage, service: str, operation: str, arguments: dict[str, Any]) -> None:
    """Parity 88: nothing of a function's ever reaches the network."""
    with pytest.raises(ClientError, match="does not run the service"):
        getattr(stage.boto3(service, MAIL), operation)(**arguments)


def test_forged_credentials_are_refused(stage: DoorStage) -> None:
    other = Vault(b"x" * 32).issue(CREATE, None)
    keys = {"aws_access_key_id": other.access_key, "aws_secret_access_key": other.secret_key, "aws_session_token": other.session_token}
    for service, call in (("dynamodb", "list_tables"), ("sts", "get_caller_identity"), ("ssm", "describe_parameters")):
        code, status = refused(getattr(stage.boto3(service, CREATE, **keys), call))
        assert (code, status) in (("UnrecognizedClientException", 400), ("InvalidClientTokenId", 403))


def test_identities_do_not_pass(stage: DoorStage) -> None:
    """A browser's credentials are for the API, not for the services behind it."""
    bearer = IdentityBearer(Principal("authenticated", ALICE))
    assert refused(lambda: stage.boto3("lambda", bearer).invoke(FunctionName=stage.names.function(CREATE.action)))[0] == "AccessDeniedException"
    assert refused(lambda: stage.boto3("dynamodb", bearer).list_tables())[0] == "AccessDeniedException"


def test_a_function_that_is_gone_may_nothing(stage: DoorStage) -> None:
    client = stage.boto3("dynamodb", FunctionBearer("deep.todo:task:gone"))
    assert refused(lambda: client.scan(TableName=stage.names.table("Todo")))[0] == "AccessDeniedException"
    assert "no such function" in stage.reporter.problems[0].message


def test_another_region_has_nothing_of_the_apps(stage: DoorStage) -> None:
    client = stage.boto3("dynamodb", CREATE, region_name="eu-west-1")
    assert refused(lambda: client.put_item(TableName=stage.names.table("Todo"), Item={"Id": {"S": "1"}}))[0] == "AccessDeniedException"
    assert "eu-west-1" in stage.reporter.problems[0].message
