"""Parity 79: what one user owns, another neither reads nor writes, by any verb of the table, through the gateway, the function and its data role.

One action for each verb, each as open as a careless author could write it: whatever the caller names is handed on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deep.local.engines.dynoxide import find_binary
from deep.runtime.db.table import Table
from deep.testing import Answer, Client, LocalApp, serve

pytestmark = [pytest.mark.journey, pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")]

READS = {
    "find_one_by_id": 'notes.find_one_by_id(data["Id"])',
    "find_all": "notes.find_all()",
    "find_all_paginated": '(page := notes.find_all_paginated(data.get("Start"), 1)) and {"items": page.items, "next": page.next_key}',
    "find_by": 'notes.find_by("Text", data["Text"])',
    "find_one_by": 'notes.find_one_by("Text", data["Text"])',
    "find_all_by": 'notes.find_all_by("Text", data["Text"])',
    "find_matching": 'notes.find_matching({"Colour": data["Colour"]})',
    "find_all_matching": 'notes.find_all_matching({"Colour": data["Colour"]})',
}
"""Each finds the item of `ITEM` for its owner; `Text` is an indexed field and `Colour` is not."""
WRITES = {
    "create_item": 'notes.create_item(data, item_id=data["Id"])',
    "create_unique_on_fields": 'notes.create_unique_on_fields(["Text"], data)',
    "update_item": 'notes.update_item(data["Id"], {"Colour": "changed"})',
    "update_item_conditional": 'notes.update_item_conditional(data["Id"], {"Colour": "changed"}, {"Text": data["Text"]})',
    "delete_by_id": 'notes.delete_by_id(data["Id"])',
    "delete_by_id_conditional": 'notes.delete_by_id_conditional(data["Id"], {"Text": data["Text"]})',
}
ITEM = {"Text": "alice's secret", "Colour": "red"}
ALICE, BOB = (f"us-east-1:{digit * 8}-0000-4000-8000-000000000000" for digit in "ab")


def write_app(folder: Path) -> Path:
    verbs = {**READS, **WRITES}
    allow = {"Effect": "Allow", "Action": ["my.notes:note:*"], "Resource": ["my.notes:note"], "wide": True}
    files: dict[str, Any] = {
        "deeploy.json": {"appIdentifier": "notes", "awsAccountId": "123456789012"},
        "Notes/deepkg.json": {"identifier": "my.notes", "name": "Notes", "version": "0.1.0"},
        "Notes/Backend/resources.json": {"note": {verb: {"type": "lambda", "methods": ["POST"], "source": f"src/{verb}"} for verb in verbs}},
        "Notes/Data/Roles/unauthenticated.json": {"Version": "2015-10-07", "Statement": [allow]},
        "Notes/Data/Models/Note.json": {"Text": "string", "Colour": "string", "_settings": {"own": True, "indexes": ["Text"]}},
        **{f"Notes/Backend/src/{verb}/handler.py": _handler(code) for verb, code in verbs.items()},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def _handler(code: str) -> str:
    head = "from deep import lambda_handler\n\n\n@lambda_handler\ndef handler(request, kernel):\n"
    return f'{head}    notes, data = kernel.get("db").get("Note"), request.data\n    found = {code}\n    return {{"found": found}}\n'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApp]:
    with serve(write_app(tmp_path_factory.mktemp("property") / "notes")) as running:
        yield running


@pytest.fixture(scope="module")
def alice(app: LocalApp) -> Client:
    return app.client(identity_id=ALICE)


@pytest.fixture(scope="module")
def bob(app: LocalApp) -> Client:
    return app.client(identity_id=BOB)


@pytest.fixture
def kept(alice: Client) -> Iterator[dict[str, Any]]:
    """An item of Alice's, which is there and the same when the test has ended."""
    made = called(alice, "create_unique_on_fields", ITEM).data["found"]
    yield made
    assert called(alice, "find_one_by_id", made).data["found"] == made
    assert called(alice, "delete_by_id", made).data == {"found": True}


def called(client: Client, verb: str, data: dict[str, Any]) -> Answer:
    return client.call(f"my.notes:note:{verb}", data)


def test_no_verb_is_left_out() -> None:
    public = {name for name, member in vars(Table).items() if callable(member) and not name.startswith("_")}
    assert public == {*READS, *WRITES}


@pytest.mark.parametrize("verb", READS)
def test_another_reads_nothing_of_it(alice: Client, bob: Client, kept: dict[str, Any], verb: str) -> None:
    assert "alice's secret" in json.dumps(called(alice, verb, kept).data)
    answer = called(bob, verb, kept)
    assert "secret" not in json.dumps(answer.data)
    assert answer.status == 200


@pytest.mark.parametrize("verb", WRITES)
def test_another_changes_nothing_of_it(bob: Client, kept: dict[str, Any], verb: str) -> None:
    """A name that somebody else has taken is free for Bob, and what he makes under it is his alone (`kept` looks after Alice's)."""
    answer = called(bob, verb, kept)
    assert "red" not in json.dumps(answer.data) or verb.startswith("create")
    assert answer.status == {"update_item": 404, "update_item_conditional": 404}.get(verb, 200)
    for mine in called(bob, "find_all", {}).data["found"]:
        called(bob, "delete_by_id", mine)


def test_a_page_of_another_s_is_not_gone_on_with(alice: Client, bob: Client, kept: dict[str, Any]) -> None:
    """A page's `next_key` tells where a page ended; in another's hands it leads into their own items or nowhere."""
    second = called(alice, "create_item", {**ITEM, "Id": "second"}).data["found"]
    place = called(alice, "find_all_paginated", {}).data["found"]["next"]
    assert place
    assert "secret" in json.dumps(called(alice, "find_all_paginated", {"Start": place}).data)
    answer = called(bob, "find_all_paginated", {"Start": place})
    assert "secret" not in json.dumps(answer.data)
    called(alice, "delete_by_id", second)
