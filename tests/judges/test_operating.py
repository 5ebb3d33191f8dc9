"""`deepify status`, `list`, `logs` and `rollback` as their user runs them, against an account that nobody here wrote."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.judges.ministack import running_ministack

TODO = Path(__file__).parents[2] / "apps" / "todo"
DEEPIFY = str(Path(sys.executable).with_name("deepify"))
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
REGION = "us-west-2"
FUNCTION = "DeepDevDeepTodoTaskCreate"
TAGS = [{"Key": "deep:app", "Value": "deep-todo"}, {"Key": "deep:env", "Value": "dev"}, {"Key": "deep:hash", "Value": "64331eb8"}]


@dataclass
class Deployed:
    """A folder that the Todo app is deployed from, and where to."""

    app: Path
    url: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [DEEPIFY, *arguments, "--endpoint-url", self.url]
        return subprocess.run(command, cwd=self.app, env={**os.environ, **KEYS}, capture_output=True, text=True, check=False)

    def told(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def page(self, key: str) -> str:
        bucket = next(one["Name"] for one in self.client("s3").list_buckets()["Buckets"] if one["Name"].endswith("-site"))
        return str(self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())

    def function(self) -> str:
        names = [str(one["FunctionName"]) for one in self.client("lambda").list_functions()["Functions"]]
        return next(name for name in names if name.startswith(FUNCTION))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("operating")
    app = Path(shutil.copytree(TODO, folder / "todo", ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot")))
    with running_ministack(folder) as account:
        made = Deployed(app, account.url)
        made.told("deploy", "--yes")
        yield made


def test_what_is_deployed_is_listed(deployed: Deployed) -> None:
    """Parity 25."""
    (app,) = deployed.told("list")
    assert (app["app"], app["env"], app["state"]) == ("deep-todo", "dev", "deployed")
    assert app["url"].startswith("https://")
    assert len(app["stacks"]) == 3
    assert deployed.told("list", "--region", "eu-west-1") == []
    assert "deep-todo (dev): deployed" in deployed.run("list").stdout


def test_status_tells_stacks_and_deploys_and_what_was_changed_by_hand(deployed: Deployed) -> None:
    """Threats R16."""
    found = deployed.told("status", "--drift")
    assert (found["state"], found["drift"], found["alarms"]) == ("deployed", [], [])
    assert len(found["deploys"]) == 1
    deployed.client("lambda").update_function_configuration(FunctionName=deployed.function(), Timeout=77)
    (drift,) = deployed.told("status", "--drift")["drift"]
    assert (drift["type"], drift["how"], drift["properties"]) == ("AWS::Lambda::Function", "modified", ["Timeout"])
    shown = deployed.run("status", "--drift").stdout
    assert "was modified: Timeout" in shown
    deployed.client("lambda").update_function_configuration(FunctionName=deployed.function(), Timeout=10)


def test_what_was_deleted_by_hand_is_made_anew(deployed: Deployed) -> None:
    """Parity 119; threats R15: CloudFormation takes it for standing, a deploy does not."""
    gone, lambdas = deployed.function(), deployed.client("lambda")
    lambdas.delete_function(FunctionName=gone)
    planned = deployed.run("plan", "--live").stdout
    assert "+ FunctionTaskCreate (Lambda::Function)" in planned
    assert "TableTodo" not in planned
    refused = deployed.run("deploy", "--yes", "--action", "deep.todo:task:update")
    assert refused.returncode == 4
    assert "FunctionTaskCreate was deleted by hand" in refused.stderr
    deployed.told("deploy", "--yes")
    assert deployed.function() == gone
    assert lambdas.get_function(FunctionName=gone, Qualifier="live")["Configuration"]["Version"].isdigit()
    assert "apigateway" in lambdas.get_policy(FunctionName=gone, Qualifier="live")["Policy"]
    assert deployed.told("status", "--drift")["drift"] == []
    assert deployed.told("plan", "--live")["changes"] == []


def test_data_that_was_deleted_by_hand_is_not_made_anew_empty(deployed: Deployed) -> None:
    tables = deployed.client("dynamodb")
    (name,) = tables.list_tables()["TableNames"]
    standing = tables.describe_table(TableName=name)["Table"]
    tables.update_table(TableName=name, DeletionProtectionEnabled=False)
    tables.delete_table(TableName=name)
    refused = deployed.run("deploy", "--yes")
    assert refused.returncode == 4
    assert f"{name} was deleted by hand" in refused.stderr
    assert "restore-table-to-point-in-time" in refused.stderr
    assert tables.list_tables()["TableNames"] == []
    restored = {key: standing[key] for key in ("TableName", "KeySchema", "AttributeDefinitions")}
    tables.create_table(BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True, Tags=TAGS, **restored)
    assert deployed.told("plan", "--live")["changes"] == []


def test_what_is_not_deployed_says_so(deployed: Deployed) -> None:
    done = deployed.run("status", "--env", "stage")
    assert (done.returncode, "deepify deploy deploys it as a whole" in done.stderr) == (4, True)
    done = deployed.run("rollback", "--env", "stage")
    assert (done.returncode, "is not deployed" in done.stderr) == (4, True)


def test_logs_are_shown_and_followed(deployed: Deployed) -> None:
    """CloudWatch Logs of one function, or of all; a name that is wrong meets the nearest."""
    logs, group = deployed.client("logs"), f"/aws/lambda/{deployed.function()}"
    logs.create_log_stream(logGroupName=group, logStreamName="one")

    def write(text: str) -> None:
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[{"timestamp": int(time.time() * 1000), "message": text}])

    write("buy milk")
    assert "buy milk" in deployed.run("logs").stdout
    assert "buy milk" in deployed.run("logs", "deep.todo:task:create").stdout
    assert deployed.run("logs", "deep.todo:task:update").stdout == ""
    done = deployed.run("logs", "deep.todo:task:creat")
    assert (done.returncode, 'did you mean "deep.todo:task:create"?' in done.stderr) == (2, True)
    command = [DEEPIFY, "logs", "-f", "deep.todo:task:create", "--endpoint-url", deployed.url]
    with subprocess.Popen(command, cwd=deployed.app, env={**os.environ, **KEYS}, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert "buy milk" in following.stdout.readline()
        write("buy bread")
        assert "buy bread" in following.stdout.readline(), "and what was shown is not shown again"
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=10) == 130


def test_what_cannot_be_done_while_rows_are_moved_is_refused_before_anything_is_changed(deployed: Deployed) -> None:
    """Parity 81: a part, a gradual release, and migrations, whose rows would be lost if the move was taken back."""
    model = deployed.app / "DeepTodo" / "Data" / "Models" / "Todo.json"
    written = model.read_text()
    model.write_text(json.dumps({**json.loads(written), "_settings": {"own": True}}))
    for arguments in (("deploy", "--yes", "--action", "deep.todo:task:create"), ("publish", "--yes")):
        done = deployed.run(*arguments)
        assert (done.returncode, "error[rows-to-move]" in done.stderr) == (4, True), done.stderr
    migrations = deployed.app / "DeepTodo" / "Data" / "Migration"
    migrations.mkdir()
    (migrations / "version1764081296123.py").write_text("def up(kernel):\n    pass\n")
    done = deployed.run("deploy", "--yes")
    assert (done.returncode, "no migration can run" in done.stderr) == (4, True), done.stderr
    shutil.rmtree(migrations)
    model.write_text(written)
    assert len(deployed.client("dynamodb").list_tables()["TableNames"]) == 1


def test_an_earlier_deploy_is_gone_back_to_and_forth(deployed: Deployed) -> None:
    """Parity 121: functions and pages as they were, data as it is."""
    (first,) = deployed.told("status")["deploys"]
    code = deployed.app / "DeepTodo" / "Backend" / "src" / "Task" / "Create" / "handler.py"
    page = deployed.app / "DeepTodo" / "Frontend" / "bootstrap.js"
    key = next(key for key in _keys(deployed) if key.endswith(f"/{page.name}"))
    before, hashed = deployed.page(key), _code(deployed)
    code.write_text(code.read_text() + "\n# another version\n")
    page.write_text(page.read_text() + "\n// another version\n")
    deployed.told("deploy", "--yes")
    (table,) = deployed.client("dynamodb").list_tables()["TableNames"]
    deployed.client("dynamodb").put_item(TableName=table, Item={"Id": {"S": "1"}})
    second, same = deployed.told("status")["deploys"]
    assert (same["id"], deployed.page(key) != before, _code(deployed) != hashed) == (first["id"], True, True)
    assert deployed.run("rollback").returncode == 0, "without a yes nothing is done"
    assert _code(deployed) != hashed
    assert deployed.told("rollback", "--yes") == {"deploy": first["id"]}
    assert (deployed.page(key), _code(deployed)) == (before, hashed)
    assert deployed.client("dynamodb").scan(TableName=table)["Count"] == 1
    done = deployed.run("rollback", "--to", f"{second['id'][:-1]}x", "--yes")
    assert (done.returncode, f'did you mean "{second["id"]}"?' in done.stderr) == (2, True)
    assert deployed.told("rollback", "--to", second["id"], "--yes") == {"deploy": second["id"]}
    assert "another version" in deployed.page(key)
    assert [deploy["id"] for deploy in deployed.told("status")["deploys"]][:2] == [second["id"], first["id"]]
    assert deployed.told("deploy", "--yes")["uploaded"] == 0, "what stands is what is deployed"


def _keys(deployed: Deployed) -> list[str]:
    s3 = deployed.client("s3")
    bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].endswith("-site"))
    return [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]


def _code(deployed: Deployed) -> str:
    return str(deployed.client("lambda").get_function(FunctionName=deployed.function())["Configuration"]["CodeSha256"])
