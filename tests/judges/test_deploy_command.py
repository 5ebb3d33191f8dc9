"""`deepify deploy` as its user runs it, to an account that nobody here wrote; functions run there and write real tables."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.judges.ministack import running_ministack

APPS = Path(__file__).parents[2] / "apps"
DEEPIFY = str(Path(sys.executable).with_name("deepify"))
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
IDENTITY = "us-west-2:00000000-0000-4000-8000-000000000001"


def event(body: Any) -> bytes:
    """What an HTTP API sends of a visitor's POST."""
    cognito = {"identityId": IDENTITY, "amr": ["unauthenticated"], "identityPoolId": "us-west-2:pool"}
    context = {"http": {"method": "POST", "path": "/deep-todo/task/create"}, "authorizer": {"iam": {"cognitoIdentity": cognito}}}
    return json.dumps(
        {"version": "2.0", "requestContext": context, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
    ).encode()


@pytest.mark.timeout(300)
def test_an_app_is_planned_deployed_used_and_taken_out_again(tmp_path: Path) -> None:
    """Parity 11, 14, 17, 113, 117, 126."""
    app = Path(shutil.copytree(APPS / "todo", tmp_path / "todo", ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot")))
    with running_ministack(tmp_path) as account:

        def deepify(*arguments: str) -> Any:
            command = [DEEPIFY, *arguments, str(app), "--json"]
            done = subprocess.run(command, env={**os.environ, **KEYS}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout) if done.stdout else None

        def client(service: str) -> Any:
            plain = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            return boto3.client(service, endpoint_url=account.url, region_name="us-west-2", **plain)

        planned = deepify("plan")
        assert planned["counted"]["create"] > 50
        assert [bill["title"] for bill in planned["price"]["bills"]] == ["hobby", "team", "busy"]
        assert deepify("deploy", "--dry-run", "--endpoint-url", account.url)["counted"]["create"] > 50
        assert client("cloudformation").describe_stacks()["Stacks"] == [], "a dry run writes nothing"
        assert deepify("deploy", "--endpoint-url", account.url) is None, "without a yes nothing is done"
        assert client("cloudformation").describe_stacks()["Stacks"] == []
        saved = str(tmp_path / "plan.json")
        deepify("plan", "--live", "--out", saved, "--endpoint-url", account.url)
        deployed = deepify("deploy", "--endpoint-url", account.url, "--plan", saved)
        assert deployed["url"].startswith("https://")
        name = next(one["FunctionName"] for one in client("lambda").list_functions()["Functions"] if "TaskCreate" in one["FunctionName"])
        answer = json.load(client("lambda").invoke(FunctionName=name, Payload=event({"Title": "milk"}))["Payload"])
        assert (answer["statusCode"], json.loads(answer["body"])["Title"]) == (200, "milk")
        (table,) = client("dynamodb").list_tables()["TableNames"]
        assert client("dynamodb").scan(TableName=table)["Items"][0]["Title"] == {"S": "milk"}
        page = client("s3").get_object(Bucket=f"{deployed['outputs']['SiteBucket']}", Key="_config.json")
        config = json.load(page["Body"])
        assert client("s3").head_object(Bucket=deployed["outputs"]["SiteBucket"], Key="learn.json"), "the init hook ran before"
        assert config["apiSigning"]["host"] == deployed["outputs"]["ApiUrl"].removeprefix("https://")
        assert config["userPool"]["id"] == deployed["outputs"]["UserPool"]
        assert deepify("deploy", "--endpoint-url", account.url, "--yes")["uploaded"] == 0
        assert deepify("plan")["changes"] == []
        assert deepify("undeploy", "--endpoint-url", account.url, "--yes")["kept"].endswith("-data")
        assert client("dynamodb").scan(TableName=table)["Count"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--yes"], 3, ("error[no-credentials]", "aws sso login")),
        (["--plan", str(APPS / "todo" / "deeploy.json")], 1, ("error[not-a-plan]", "deepify plan --live --out FILE")),
    ],
)
def test_what_no_hook_can_mend_is_refused_before_any_runs(tmp_path: Path, arguments: list[str], code: int, told: tuple[str, str]) -> None:
    """Threats 96: without credentials it says how to get some."""
    app = Path(shutil.copytree(APPS / "todo", tmp_path / "todo", ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot")))
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    bare |= {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run([DEEPIFY, "deploy", str(app), *arguments], env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, [word in done.stderr for word in told]) == (code, [True, True]), done.stderr
    assert "Traceback" not in done.stderr
    assert not (app / "DeepRoot").exists(), "the init hook writes there"
