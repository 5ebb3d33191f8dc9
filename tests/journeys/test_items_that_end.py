"""Sessions that end: written by a function, found until they are swept, gone after the platform has looked."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from deep.local.engines.dynoxide import find_binary
from deep.testing import Client, serve
from tests.browser.serving import copy_app

pytestmark = [pytest.mark.journey, pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")]

FIELDS, TTL = {"User": "string", "Until": "number"}, {"ttl": "Until"}
SAY_HELLO = "deep.helloworld:sample:say-hello"
KEEP = """
from deep import lambda_handler

@lambda_handler
def handler(request, kernel):
    sessions = kernel.get("db").get("Session")
    if "Until" in request.data:
        sessions.create_item(request.data)
    return sorted(one["User"] for one in sessions.find_all())
"""


def sessions(client: Client, **data: object) -> list[str]:
    answer = client.call(SAY_HELLO, data)
    assert answer.status == 200, answer
    return list(answer.data)


def test_what_has_ended_is_gone_when_the_platform_has_looked(tmp_path: Path) -> None:
    path = copy_app("hello-world", tmp_path)
    microapp = path / "DeepHelloWorld"
    (microapp / "Data" / "Models" / "Session.json").write_text(json.dumps({**FIELDS, "_settings": TTL}))
    (microapp / "Backend" / "src" / "Sample" / "SayHello" / "handler.py").write_text(KEEP)
    resources = microapp / "Backend" / "resources.json"
    resources.write_text(re.sub(r',\s*"validationSchema": "NameData"', "", resources.read_text()))
    now = time.time()
    with serve(path) as app:
        client = app.client()
        sessions(client, User="ended", Until=now - 60)
        assert sessions(client, User="lasting", Until=now + 3600) == ["ended", "lasting"]
        (model,) = app.path.rglob("Data/Models/Session.json")
        model.write_text(json.dumps({**FIELDS, "Seen": "number", "_settings": TTL}))  # the platform takes the edit up, and looks
        deadline = time.monotonic() + 20
        while (found := sessions(client)) != ["lasting"]:
            assert found == ["ended", "lasting"]
            assert time.monotonic() < deadline
            time.sleep(0.05)
