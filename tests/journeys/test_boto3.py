"""An author's own boto3 code, inside a function, reads the tables that DEEP's `db` writes (decision 1: AWS's own protocols everywhere)."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from tests.browser.serving import copy_app, serving

pytestmark = pytest.mark.journey

HANDLER = """
import boto3
from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        written = self.kernel.get("db").get("Name").create_item({"Name": request.data["Name"]})
        table = boto3.resource("dynamodb").Table(self.kernel.config["tables"]["Name"]["name"])
        read = table.get_item(Key={"Id": written["Id"]}, ConsistentRead=True)["Item"]
        table.put_item(Item={"Id": "by-boto3", "Name": "Grace"})
        return self.create_response({"written": written, "read": read, "back": self.kernel.get("db").get("Name").find_one_by_id("by-boto3")})
"""


def test_boto3_in_a_handler_shares_the_tables(tmp_path: Path) -> None:
    app = copy_app("hello-world", tmp_path)
    folder = app / "DeepHelloWorld/Backend/src/Sample/SayHello"
    for file in folder.glob("*.py"):
        file.unlink()
    (folder / "handler.py").write_text(HANDLER)
    resources = app / "DeepHelloWorld/Backend/resources.json"
    declared = json.loads(resources.read_text())
    declared["sample"]["say-hello"]["uses"] = {"models": {"Name": ["create", "get"]}}  # what boto3 does is not told from code
    resources.write_text(json.dumps(declared))
    with serving(app, "--act-as", "unauthenticated") as url:
        request = urllib.request.Request(f"{url}/deep-helloworld/sample/say-hello", b'{"Name": "Ada"}', {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            told = json.load(answer)
    assert told["read"] == told["written"]
    assert told["written"]["Name"] == "Ada"
    assert told["back"]["Name"] == "Grace"
