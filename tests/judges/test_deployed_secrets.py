"""A secret parameter reaches the function that needs it, and lies nowhere on the way. Threat D10, parity 90."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.judges.deployed import DeployedApp, deployed

PLANTED = "planted-5d1e77-value"
FILES = {
    "deeploy.json": {"appName": "shop", "appIdentifier": "shop", "env": "dev"},
    "Shop/deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "0.1.0"},
    "Shop/parameters.json": {"backend": {"stripe|key": {"secret": True}}},
    "Shop/.parameters.json": {"backend": {"stripe|key": PLANTED}},
    "Shop/Data/Roles/unauthenticated.json": {
        "Version": "2015-10-07",
        "Statement": [{"Effect": "Allow", "Action": ["acme.shop:cart:pay"], "Resource": ["acme.shop:cart"]}],
    },
    "Shop/Backend/resources.json": {"cart": {"pay": {"type": "lambda", "methods": ["POST"], "source": "src/Pay"}}},
}
HANDLER = """from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        return self.create_response({"backwards": self.kernel.get_param("stripe|key")[::-1]})
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[DeployedApp]:
    folder = tmp_path / "shop"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    (folder / "Shop/Backend/src/Pay").mkdir(parents=True)
    (folder / "Shop/Backend/src/Pay/handler.py").write_text(HANDLER)
    with deployed(folder, tmp_path) as app:
        yield app


def test_a_function_reads_what_no_template_package_page_or_log_holds(shop: DeployedApp) -> None:
    answered = shop.caller().call("POST", shop.app.action("acme.shop:cart:pay").path, {})
    assert json.loads(answered.body) == {"backwards": PLANTED[::-1]}
    ssm = shop.account.client("ssm", shop.app.property.region)
    (kept,) = ssm.describe_parameters()["Parameters"]
    assert kept["Type"] == "SecureString"
    assert [what for what, content in left_behind(shop) if PLANTED.encode() in content] == []


def left_behind(shop: DeployedApp) -> Iterator[tuple[str, bytes]]:
    """Everything that a deploy and a call leave in the account, but for the parameter."""
    region, account = shop.app.property.region, shop.account
    formation, s3, logs = (account.client(service, region) for service in ("cloudformation", "s3", "logs"))
    for stack in formation.describe_stacks()["Stacks"]:
        yield stack["StackName"], json.dumps(stack, default=str).encode()
        yield f"template of {stack['StackName']}", json.dumps(formation.get_template(StackName=stack["StackName"])["TemplateBody"]).encode()
    for bucket in s3.list_buckets()["Buckets"]:
        for found in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()):
            yield found["Key"], s3.get_object(Bucket=bucket["Name"], Key=found["Key"])["Body"].read()
    for group in logs.describe_log_groups()["logGroups"]:
        yield group["logGroupName"], json.dumps(logs.filter_log_events(logGroupName=group["logGroupName"])["events"]).encode()
