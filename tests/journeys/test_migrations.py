"""Rows change as a developer deploys it locally: in order, once, and on after somebody pulled the plug. Parity 23, 42."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deep.local.engines.dynoxide import find_binary

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(120),
    pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine"),
]

DEEPIFY = str(Path(sys.executable).with_name("deepify"))
ROWS = 200
FILES: dict[str, Any] = {
    "deeploy.json": {"appName": "shop", "appIdentifier": "shop", "env": "dev"},
    "Shop/deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "0.1.0"},
    "Shop/Data/Models/Item.json": {"Number": "number", "State": "string", "Touched": "number"},
    "Shop/Backend/resources.json": {
        "item": {
            "fill": {"type": "lambda", "methods": ["POST"], "source": "src/Fill"},
            "list": {"type": "lambda", "methods": ["GET"], "source": "src/List"},
        }
    },
}
FILL = f"""
def handle(request, kernel):
    for number in range({ROWS}):
        kernel.get("db").get("Item").create_item({{"Number": number}})


from deep import lambda_handler
handler = lambda_handler(handle)
"""
LIST = """
from deep import lambda_handler


@lambda_handler
def handler(request, kernel):
    return kernel.get("db").get("Item").find_all()
"""
STATE = """
import time


def up(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all_by("State", None):
        items.update_item(item["Id"], {"State": "old" if item["Number"] % 2 else "new", "Touched": item.get("Touched", 0) + 1})
        time.sleep(0.004)


def down(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all():
        items.update_item(item["Id"], {"State": None, "Touched": None})
"""
RENAME = """
def up(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all_by("State", "old"):
        items.update_item(item["Id"], {"State": "archived"})
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    code = {"Shop/Backend/src/Fill/bootstrap.py": FILL, "Shop/Backend/src/List/bootstrap.py": LIST}
    for name, text in {**code, **{name: json.dumps(content) for name, content in FILES.items()}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def deepify(*words: str) -> Any:
    """What a command that succeeds prints as JSON."""
    done = subprocess.run([DEEPIFY, *words, "--json"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows(shop: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = deepify("lambda", "acme.shop:item:list", str(shop))["result"]
    return found


def states(shop: Path) -> list[str]:
    return [entry["state"] for entry in deepify("migrate", "list", str(shop))]


@contextmanager
def served(shop: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as told, subprocess.Popen([DEEPIFY, "server", str(shop), "-p", "0", "--skip-hooks"], stdout=told, stderr=told) as server:
        try:
            yield server
        finally:
            server.terminate()


def until_told(log: Path, words: str) -> None:
    deadline = time.monotonic() + 30
    while words not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_two_migrations_over_200_rows_survive_a_kill(shop: Path, tmp_path: Path) -> None:
    deepify("lambda", "acme.shop:item:fill", str(shop))
    first = Path(deepify("generate", "data", "migration", str(shop))["path"])
    second = Path(deepify("create-migration", str(shop), "-m", "acme.shop")["path"])
    assert first.parent == shop / "Shop/Data/Migration"
    assert first.name < second.name
    first.write_text(STATE)
    second.write_text(RENAME)

    log = tmp_path / "server.log"
    with served(shop, log) as server:
        until_told(log, "migrating: acme.shop")
        time.sleep(0.3)
        os.kill(server.pid, signal.SIGKILL)
    half = [row for row in rows(shop) if "State" in row]
    assert 0 < len(half) < ROWS
    assert states(shop) == ["failed", "pending"]

    with served(shop, log):
        until_told(log, "Ready at")
        assert states(shop) == ["done", "done"]
        done = rows(shop)
        assert sorted(row["Number"] for row in done) == list(range(ROWS))
        assert {row["Touched"] for row in done} == {1}, "those that were done are left alone"
        assert {row["State"] for row in done} == {"new", "archived"}
        third = Path(deepify("generate", "data", "migration", str(shop))["path"])
        until_told(log, "has not run: `deepify migrate run` runs it")
        third.unlink()
    assert deepify("migrate", "run", str(shop)) == []
    assert rows(shop) == done

    refused = subprocess.run([DEEPIFY, "migrate", "revert", "acme.shop", str(shop)], capture_output=True, text=True, check=False)
    assert (refused.returncode, "error[irreversible-migration]" in refused.stderr) == (4, True)
    second.write_text(f"{RENAME}\n\ndef down(kernel):\n    pass\n")
    assert len(deepify("migrate", "revert", "acme.shop", str(shop), "--to", "0")) == 2
    assert not any("State" in row for row in rows(shop))
    assert states(shop) == ["pending", "pending"]
