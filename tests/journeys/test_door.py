"""What a function may touch, from the author's chair: denied, told what to add, added, allowed; own items; secrets."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from deep.local.door.recorder import read_recordings
from deep.testing import serve
from tests.browser.serving import copy_app, serving
from tests.journeys.calling import call

pytestmark = pytest.mark.journey

FOLDER = "DeepHelloWorld/Backend/src/Sample/SayHello"
TAKES_UP_S = 30
ALICE, BOB = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001", "us-east-1:bbbbbbbb-0000-4000-8000-000000000002"

READS_BY_BOTO3 = """
import boto3
from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        written = self.kernel.get("db").get("Name").create_item({"Name": request.data["Name"]})
        table = boto3.resource("dynamodb").Table(self.kernel.config["tables"]["Name"]["name"])
        return table.get_item(Key={"Id": written["Id"]}, ConsistentRead=True)["Item"]
"""

OWN_NAMES = """
import boto3
from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        names = self.kernel.get("db").get("Name")
        if request.data["Name"] == "boto":
            boto3.client("dynamodb").scan(TableName=self.kernel.config["tables"]["Name"]["name"])
        made = names.create_item({"Name": request.data["Name"]})
        return {"made": made["Name"], "all": sorted(item["Name"] for item in names.find_all())}
"""

PRINTS_A_SECRET = """
from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        key = self.kernel.get_param("mail|key")
        print("the key is", key)
        return {"length": len(key), "from": self.kernel.get_param("mail|from")}
"""


def hello_world(folder: Path, handler: str) -> Path:
    """A hello-world whose only action runs this code."""
    app = copy_app("hello-world", folder)
    for file in (app / FOLDER).glob("*.py"):
        file.unlink()
    (app / FOLDER / "handler.py").write_text(handler)
    return app


def test_a_denial_tells_the_line_that_allows_it_without_a_restart(tmp_path: Path) -> None:
    """Parity 88, 89: deny by default, locally as deployed."""
    app = hello_world(tmp_path, READS_BY_BOTO3)
    log, resources = tmp_path / "hello-world.log", app / "DeepHelloWorld/Backend/resources.json"
    with serving(app, "--act-as", "unauthenticated") as url:
        status, answer = call(url, "/deep-helloworld/sample/say-hello", {"Name": "Ada"})
        assert status == 500
        assert "AccessDeniedException" in json.dumps(answer)
        told = log.read_text()
        assert "deep.helloworld:sample:say-hello may not dynamodb:GetItem on arn:aws:dynamodb:" in told
        assert "DeepHelloWorld/Backend/resources.json:3:" in told
        found = re.search(r'in resources\.json:  ("uses": .*)$', told, re.MULTILINE)
        assert found is not None
        text = resources.read_text()
        resources.write_text(text.replace('"type": "lambda",', f'"type": "lambda",\n      {found[1]},'))
        deadline = time.monotonic() + TAKES_UP_S
        while status != 200 and time.monotonic() < deadline:
            time.sleep(0.2)
            status, answer = call(url, "/deep-helloworld/sample/say-hello", {"Name": "Ada"})
        assert (status, answer["Name"]) == (200, "Ada")
    needed = {(one.access.action, one.allowed) for one in read_recordings(app / ".deep" / "accesses.jsonl")}
    assert {("dynamodb:PutItem", True), ("dynamodb:GetItem", False), ("dynamodb:GetItem", True)} <= needed


def test_users_share_a_function_and_see_their_own_items(tmp_path: Path) -> None:
    """Parity 79: through the gateway, the function, its data role and the table."""
    app = hello_world(tmp_path, OWN_NAMES)
    model = app / "DeepHelloWorld/Data/Models/Name.json"
    model.write_text(json.dumps({**json.loads(model.read_text()), "_settings": {"own": True}}))
    action = "deep.helloworld:sample:say-hello"
    with serve(app) as running:
        alice, bob = (running.client(identity_id=identity) for identity in (ALICE, BOB))
        assert alice.call(action, {"Name": "ada"}).data == {"made": "ada", "all": ["ada"]}
        assert bob.call(action, {"Name": "bob"}).data == {"made": "bob", "all": ["bob"]}
        assert alice.call(action, {"Name": "again"}).data == {"made": "again", "all": ["ada", "again"]}
        denied = bob.call(action, {"Name": "boto"})
        assert (denied.status, "AccessDeniedException" in json.dumps(denied.data)) == (500, True)


def test_a_secret_reaches_the_function_and_nothing_else(tmp_path: Path) -> None:
    """Parity 90."""
    secret = "sk-live-0123456789abcdef"
    app = hello_world(tmp_path, PRINTS_A_SECRET)
    parameters: dict[str, Any] = {
        "backend": {
            "mail|key": {"displayName": "Key", "type": "string", "required": True, "secret": True},
            "mail|from": {"displayName": "From", "type": "string", "required": True, "default": "a@b.c"},
        }
    }
    (app / "DeepHelloWorld/parameters.json").write_text(json.dumps(parameters))
    (app / "DeepHelloWorld/.parameters.json").write_text(json.dumps({"backend": {"mail|key": secret}}))
    log = tmp_path / "hello-world.log"
    with serving(app, "--act-as", "unauthenticated") as url:
        assert call(url, "/deep-helloworld/sample/say-hello", {"Name": "Ada"}) == (200, {"length": len(secret), "from": "a@b.c"})
    assert "the key is [secret]" in log.read_text()
    kept = [log, *(path for path in (app / ".deep").rglob("*") if path.is_file())]
    assert [path.name for path in kept if secret.encode() in path.read_bytes()] == []
