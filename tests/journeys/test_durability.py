"""What was acknowledged is kept: the whole platform is killed outright, again and again, while it writes.

Runs with a checking engine of its own at the end, so that the judgement does not pass through the code that is judged.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from deep.local.engines.child import Household
from deep.local.engines.dynamodb_http import DynamoDbHttp
from deep.local.engines.dynoxide import Dynoxide, find_binary
from tests.fakes.sandboxes import ignore

TODO = Path(__file__).parents[2] / "apps" / "todo"
DEEPIFY = str(Path(sys.executable).with_name("deepify"))
KILLS = 20
WRITES_PER_KILL = 500
WRITERS = 4
RESTART_S = 2.0

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine"),
]


def test_no_acknowledged_write_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """Parity 77. R1: `kill -9` of the server at a random moment, 20 times, during 10,000 writes; restart in under 2 s (the median)."""
    app = Path(shutil.copytree(TODO, tmp_path / "todo", ignore=shutil.ignore_patterns(".deep", "node_modules", "Frontend", "DeepRoot")))
    chance = random.Random(20261124)
    acknowledged: set[str] = set()
    restarts: list[float] = []
    for _ in range(KILLS):
        goal = len(acknowledged) + WRITES_PER_KILL
        server, port, took_s = start(app)
        restarts.append(took_s)
        writers = [threading.Thread(target=write_until_refused, args=(port, acknowledged)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        wait_for(lambda goal=goal: len(acknowledged) >= goal, 30)  # type: ignore[misc]
        time.sleep(chance.random() * 0.1)
        server.send_signal(signal.SIGKILL)
        server.wait()
        for writer in writers:
            writer.join()
    assert len(acknowledged) >= KILLS * WRITES_PER_KILL
    assert acknowledged - asyncio.run(kept(app / ".deep" / "data")) == set()
    assert statistics.median(restarts[1:]) < RESTART_S, [f"{restart:.2f}" for restart in restarts]


def start(app: Path) -> tuple[subprocess.Popen[bytes], int, float]:
    """The running server, its port, and how long it took to answer a function's first call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    began = time.monotonic()
    command = [DEEPIFY, "server", str(app), "-p", str(port), "--skip-hooks", "--skip-frontend-build", "--act-as", "unauthenticated"]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: answers(port), 30)
    return server, port, time.monotonic() - began


def answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        return create(connection) is not None


def write_until_refused(port: int, acknowledged: set[str]) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        while identifier := create(connection):
            acknowledged.add(identifier)


def create(connection: HTTPConnection) -> str | None:
    """The identifier of a todo whose creation was acknowledged; None when it was not."""
    with suppress(OSError, HTTPException):
        connection.request("POST", "/deep-todo/task/create", json.dumps({"Title": "kept"}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        if response.status == 200:
            return str(json.loads(body)["Id"])
    return None


async def kept(data: Path) -> set[str]:
    """Every identifier in the tables' file."""
    household = Household()
    engine = Dynoxide(find_binary() or Path(), data, household, ignore)
    await engine.start()
    client = DynamoDbHttp(engine.endpoint)
    (table,) = (await client.call("ListTables", {}))["TableNames"]
    found: set[str] = set()
    start: dict[str, object] = {}
    while True:
        page = await client.call("Scan", {"TableName": table, "ProjectionExpression": "Id", **start})
        found.update(item["Id"]["S"] for item in page["Items"])
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    await engine.stop()
    await household.close()
    return found


def wait_for(condition: Callable[[], bool], limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {limit_s:g} s"
        time.sleep(0.01)
