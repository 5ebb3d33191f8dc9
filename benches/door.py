"""What the door costs: table calls of a function straight to the engine beside the same calls through the door, which judges each.

The door runs in a process of its own, so that its processor time can be read: given per call, beside the whole time that its caller sees.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benches import processes

FUNCTION = "deep.todo:task:create"
OWNER = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"
ITEM = {"Title": {"S": "buy milk"}, "Completed": {"BOOL": False}, "createdAt": {"S": "2026-11-25T00:00:00.000Z"}, "Text": {"S": "x" * 200}}
TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")


async def serve(engine: str) -> None:
    """The door before `engine`; says on one line of JSON where it is and how to sign."""
    from deep.bundle.function import cloud_names
    from deep.bundle.tables import table_definitions
    from deep.bundle.target import Target
    from deep.local.door.door import Door
    from deep.local.door.engine import Engine
    from deep.local.door.policies import Policies
    from deep.local.door.recorder import Recorder
    from deep.local.engines.tables import reconcile_tables
    from deep.local.identity.vault import DataBearer, FunctionBearer, Vault
    from deep.model import Model, Uses
    from tests.fakes.apps import HERE, action_of, app_of
    from tests.fakes.reporter import RecordingReporter

    place = HERE
    every = frozenset(("create", "get", "list"))
    uses = Uses({"Task": every, "Note": every}, (), (), place)
    app = app_of(
        Model("Task", {}, (), {"open": True}, place),
        Model("Note", {}, (), {"open": True}, place, own=True),
        action_of("create", declared_uses=uses),
    )
    target = Target("bench", "00000000", "us-east-1", "123456789012")
    names = cloud_names(app, target)
    vault = Vault(os.urandom(32))
    await reconcile_tables(engine, table_definitions(app, target))
    door = Door(vault, Policies(app, names, Recorder()), RecordingReporter())
    await door.start(Engine(engine))
    keys = {}
    for name, bearer in (("function", FunctionBearer(FUNCTION)), ("data", DataBearer(FUNCTION, OWNER))):
        issued = vault.issue(bearer, None)
        keys[name] = (issued.access_key, issued.secret_key, issued.session_token)
    sys.stdout.write(json.dumps({"url": door.url, "keys": keys, "task": names.table("Task"), "note": names.table("Note", own=True)}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def cpu_us(pid: int) -> float:
    """Processor time a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def measure(url: str, keys: list[str], call: tuple[str, dict[str, Any]], calls: int) -> list[float]:
    """Microseconds of each call, by the client that functions have."""
    from deep.runtime.dynamodb import DynamoDb
    from deep.wire.sigv4 import Credentials

    client = DynamoDb(url, "us-east-1", Credentials(*keys))
    operation, request = call
    taken = []
    for number in range(calls):
        if "Item" in request:
            request = {**request, "Item": {**request["Item"], "Id": {"S": str(number)}}}
        began = time.perf_counter()
        client.call(operation, request)
        taken.append((time.perf_counter() - began) * 1e6)
    client.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        import uvloop

        uvloop.run(serve(arguments.serve))
        return
    with tempfile.TemporaryDirectory() as folder, processes.dynoxide(Path(folder)) as engine:
        command = [sys.executable, "-m", "benches.door", "--serve", engine]
        with subprocess.Popen(command, cwd=processes.ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}) as door:
            try:
                compare(engine, json.loads(door.stdout.readline()), door.pid, arguments.calls)  # type: ignore[union-attr]
            finally:
                door.terminate()


def compare(engine: str, told: dict[str, Any], pid: int, calls: int) -> None:
    own = {"Owner": {"S": OWNER}}
    query = {
        "TableName": told["note"],
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "Owner"},
        "ExpressionAttributeValues": {":o": {"S": OWNER}},
        "Limit": 10,
    }
    cases = {
        "get": ("function", ("GetItem", {"TableName": told["task"], "Key": {"Id": {"S": "1"}}})),
        "put": ("function", ("PutItem", {"TableName": told["task"], "Item": ITEM})),
        "own put": ("data", ("PutItem", {"TableName": told["note"], "Item": {**ITEM, **own}})),
        "own get": ("data", ("GetItem", {"TableName": told["note"], "Key": {**own, "Id": {"S": "1"}}})),
        "own query of 10": ("data", ("Query", query)),
    }
    sys.stdout.write(f"{'':<18}{'straight':>12}{'door':>12}{'added':>12}{'CPU of the door':>18}\n")
    for name, (keys, call) in cases.items():
        measure(told["url"], told["keys"][keys], call, 500)
        straight = statistics.median(measure(engine, told["keys"][keys], call, calls))
        before = cpu_us(pid)
        through = statistics.median(measure(told["url"], told["keys"][keys], call, calls))
        used = (cpu_us(pid) - before) / calls
        sys.stdout.write(f"{name:<18}{straight:>9.0f} us{through:>9.0f} us{through - straight:>9.0f} us{used:>15.0f} us\n")


if __name__ == "__main__":
    main()
