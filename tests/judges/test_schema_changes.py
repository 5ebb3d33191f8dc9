"""Models of a deployed app change: indexes come and go one at a time, and no row is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deep.model import Index, Model
from deep.provision.account.aws import Aws
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.release import Release, release_of
from tests.judges.deploying import Counted, pages, release_for
from tests.judges.ministack import Ministack, running_ministack

ROWS = 30


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with running_ministack(tmp_path) as running:
        yield running


class Deploys:
    """Deploys of the Todo app with its model indexed in one way after the other."""

    def __init__(self, account: Ministack) -> None:
        self._account = account
        self.updates: list[list[str]] = []

    def deploy(self, *fields: str) -> Release:
        """The indexes after each change of the data stack go into `updates`."""
        release, packages = release_for()
        found = release.app.models[0]
        model = replace(
            found, fields={**found.fields, "Rank": "number", "Town": "string"}, indexes=tuple(Index(f"{one}-index", one) for one in fields)
        )
        changed = release_of(_with_model(release, model), release.target, release.packages)
        cloud = Aws("us-east-1", endpoint_url=self._account.url)
        self.counted = Counted(cloud)
        execute = cloud.execute

        def executed(stack: str, name: str) -> None:
            execute(stack, name)
            if stack.endswith("-data"):
                self.updates.append(self.indexes(changed))

        cloud.execute = executed  # type: ignore[method-assign]
        Deployer(cloud, lambda text: None).deploy(compile_release(changed), packages, pages)
        return changed

    def indexes(self, release: Release) -> list[str]:
        table = self._account.client("dynamodb").describe_table(TableName=release.names.table("Todo"))["Table"]
        return sorted(one["IndexName"].removesuffix("-index") for one in table.get("GlobalSecondaryIndexes", ()))


def _with_model(release: Release, model: Model) -> Any:
    microapps = tuple(replace(one, models=(model,) if one.models else ()) for one in release.app.microapps)
    return replace(release.app, microapps=microapps, models=(model,))


def test_three_indexes_come_and_two_go_one_at_a_time_over_rows_that_stay(account: Ministack) -> None:
    """Parity 120."""
    deploys = Deploys(account)
    release = deploys.deploy()
    tables, name = account.client("dynamodb"), release.names.table("Todo")
    for number in range(ROWS):
        row = {"Id": {"S": str(number)}, "Title": {"S": "milk"}, "Rank": {"N": str(number)}, "Town": {"S": "Rome"}}
        tables.put_item(TableName=name, Item=row)
    before = sorted(tables.scan(TableName=name)["Items"], key=str)
    deploys.updates.clear()
    deploys.deploy("Title", "Rank", "Town")
    assert deploys.updates == [["Title"], ["Rank", "Title"], ["Rank", "Title", "Town"]]
    found = tables.query(TableName=name, IndexName="Town-index", KeyConditionExpression="Town = :t", ExpressionAttributeValues={":t": {"S": "Rome"}})
    assert found["Count"] == ROWS
    deploys.updates.clear()
    deploys.deploy("Rank")
    assert deploys.updates == [["Rank", "Town"], ["Rank"]]
    assert sorted(tables.scan(TableName=name)["Items"], key=str) == before
    deploys.deploy("Rank")
    assert deploys.counted.changing == []
