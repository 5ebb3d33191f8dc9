"""API keys from the command line to the function: made, used, removed while the app is served. Parity 62, 123."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from deep.local.engines.dynoxide import find_binary
from deep.testing import Client, LocalApp, serve

pytestmark = [pytest.mark.journey, pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")]

DEEPIFY = str(Path(sys.executable).with_name("deepify"))
SAYS = {"type": "lambda", "methods": ["GET"], "source": "src/Say", "forceUserIdentity": False}
ACTIONS = {"say": {**SAYS, "api": {"keyRequired": True}}, "open": SAYS, "quiet": {**SAYS, "api": {"keyRequired": True, "authorization": "NONE"}}}
FILES = {
    "Things/deepkg.json": {"identifier": "my.things", "name": "Things", "version": "0.1.0"},
    "Things/Backend/resources.json": {"thing": ACTIONS},
    "Things/Data/Roles/unauthenticated.json": {
        "Version": "2015-10-07",
        "Statement": [{"Effect": "Allow", "Action": ["my.things:thing:*"], "Resource": ["my.things:thing"], "wide": True}],
    },
    "Things/Backend/src/Say/bootstrap.py": "def handler(event, context):\n    return {'said': True}\n",
}
SAY, OPEN, QUIET = "/my-things/thing/say", "/my-things/thing/open", "/my-things/thing/quiet"
FORBIDDEN = {"message": "Forbidden"}


def deepify(*arguments: str) -> str:
    return subprocess.run([DEEPIFY, *arguments], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApp]:
    folder = tmp_path_factory.mktemp("things")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    with serve(folder) as served:
        yield served


def until(client: Client, status: int, key: str) -> None:
    """Editing deeploy.json is taken up as any other edit; a call says when."""
    deadline = time.monotonic() + 15
    while (answer := client.request("GET", SAY, headers={"x-api-key": key})).status != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.02)


def test_a_key_opens_what_requires_one_until_it_is_removed(app: LocalApp) -> None:
    client = app.client()
    assert client.request("GET", OPEN).data == {"said": True}
    for headers in ({}, {"x-api-key": "deep_wrong"}):
        answer = client.request("GET", SAY, headers=headers)
        assert (answer.status, answer.data) == (403, FORBIDDEN)
    partner, other = deepify("key", "add", "partner", str(app.path)), deepify("key", "add", "other", str(app.path))
    until(client, 200, partner)
    until(client, 200, other)
    assert client.request("GET", SAY, headers={"x-api-key": partner[:-1]}).data == FORBIDDEN
    assert client.request("GET", QUIET, headers={"x-api-key": partner}).status == 200
    assert client.request("GET", QUIET).data == FORBIDDEN
    deepify("key", "remove", "partner", str(app.path))
    until(client, 403, partner)
    assert client.request("GET", SAY, headers={"x-api-key": other}).status == 200


def test_digests_reach_only_the_functions_that_need_them(app: LocalApp) -> None:
    deepify("key", "add", "third", str(app.path))
    digest = json.loads((app.path / "deeploy.json").read_text())["apiKeys"]["third"]
    deadline = time.monotonic() + 15
    while len(holding := {path.name for path in (app.path / ".deep").rglob("*.json") if digest in path.read_text()}) < 2:
        assert time.monotonic() < deadline, holding
        time.sleep(0.02)
    assert holding == {"my.things-thing-say.json", "my.things-thing-quiet.json"}


def test_a_key_does_not_replace_a_role(app: LocalApp) -> None:
    key = deepify("key", "add", "fourth", str(app.path))
    until(app.client(), 200, key)
    connection = HTTPConnection("127.0.0.1", app.port, timeout=15)
    connection.request("GET", SAY, headers={"x-api-key": key})
    assert connection.getresponse().status == 403
    connection.close()
