"""Migrations of an app that is deployed by whoever has the computed policy alone, which has no right on anybody's rows. Parity 42."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deep.cli._screen import standard_screen
from deep.errors import ProjectError
from deep.wiring.account import Where
from deep.wiring.deploying import deploy, undeploy
from deep.wiring.foretelling import plan_deploy
from deep.wiring.migrating import list_migrations, revert_migrations
from deep.wiring.planning import Consent
from tests.judges.deployed import DeployedApp, deployed

HERE = Where()
FOLDER = "Shop/Data/Migration"
FILES: dict[str, Any] = {
    "deeploy.json": {"appName": "shop", "appIdentifier": "shop", "env": "dev"},
    "Shop/deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "0.1.0"},
    "Shop/Data/Models/Item.json": {"Title": "string", "Price": "number"},
}
SEED = """
def up(kernel):
    items = kernel.get("db").get("Item")
    for number in range(20):
        items.create_item({"Title": f"item {number}"}, item_id=f"item-{number}")


def down(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all():
        items.delete_by_id(item["Id"])
"""
PRICE = """
def up(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all():
        items.update_item(item["Id"], {"Price": item.get("Price", 0) + 1})


def down(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all():
        items.update_item(item["Id"], {"Price": None})
"""
WRONG = """
def up(kernel):
    print("about to fail")
    raise ValueError("no such thing")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[DeployedApp]:
    folder = tmp_path / "shop"
    texts = {f"{FOLDER}/version1.py": SEED, f"{FOLDER}/version2.py": PRICE, **{name: json.dumps(content) for name, content in FILES.items()}}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with deployed(folder, tmp_path) as app:
        yield app


def test_they_run_once_where_functions_run_and_a_failed_one_goes_on(shop: DeployedApp, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shop.deployer.items():
        monkeypatch.setenv(name, value)
    folder = shop.app.path
    assert prices(shop) == [1] * 20
    with pytest.raises(ClientError, match="AccessDenied"):
        rows(shop, shop.deployer)
    assert deploy_again(folder) == []
    assert prices(shop) == [1] * 20

    third = folder / FOLDER / "version3.py"
    third.write_text(WRONG)
    with pytest.raises(ProjectError) as refused:
        deploy_again(folder)
    (problem,) = refused.value.problems
    assert problem.code == "migration-failed"
    assert problem.message.startswith("acme.shop version3 failed: ")
    assert "ValueError: no such thing" in problem.message
    third.write_text(PRICE)
    assert "acme.shop version3 runs" in plan_deploy(folder, HERE, lambda _: None, live=True).text
    assert deploy_again(folder) == ["migrating: acme.shop version3"]
    assert prices(shop) == [2] * 20

    assert undeploy(folder, HERE, lambda _: None, lambda _: True) is not None
    assert deploy_again(folder) == [], "what ran is remembered with the data, which stays"
    assert prices(shop) == [2] * 20

    revert_migrations(folder, HERE, standard_screen(), ("acme.shop", 1))
    assert prices(shop) == [None] * 20
    assert [entry.state for entry in list_migrations(folder, HERE, standard_screen())] == ["done", "pending", "pending"]


def deploy_again(folder: Path) -> list[str]:
    """The migrations that a deploy told of."""
    told: list[str] = []
    deploy(folder, HERE, told.append, Consent(lambda _: True))
    return [step for step in told if step.startswith("migrating")]


def prices(shop: DeployedApp) -> list[int | None]:
    return [int(row["Price"]["N"]) if "Price" in row else None for row in rows(shop)]


def rows(shop: DeployedApp, keys: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The items, read with these keys, or with the account's own."""
    given = {"aws_access_key_id": keys["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": keys["AWS_SECRET_ACCESS_KEY"]} if keys else {}
    region = shop.app.property.region
    (table,) = (name for name in shop.account.client("dynamodb", region).list_tables()["TableNames"] if "Item" in name)
    found: list[dict[str, Any]] = shop.account.client("dynamodb", region, **given).scan(TableName=table)["Items"]
    return found
