"""Who may import whom. The contracts stand in pyproject.toml; these are the rules import-linter cannot say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import deep
from tests.house.tree import ROOT, files, imported_modules, parsed, relative


def test_rooms_import_downwards_only() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo"]
    linter = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linter.returncode == 0, linter.stdout + linter.stderr


def test_nobody_inside_uses_the_front_door() -> None:
    """`from deep import Runtime` loads what ships into functions; inside, rooms name each other."""
    offered = {f"deep.{name}" for name in deep.__all__}
    users = [relative(path) for path in files("src", ".py") if offered.intersection(module for module, _ in imported_modules(parsed(path)))]
    assert [user for user in users if user != "src/deep/__init__.py"] == []


OPEN_TO_APPS = {"deep.lambda_handler", "deep.testing", "deep.testing.serve"}


def test_apps_use_the_front_door_only() -> None:
    inside = [
        f"{relative(path)}:{line} {module}"
        for path in files("apps", ".py")
        for module, line in imported_modules(parsed(path))
        if module.startswith("deep.") and not module.removeprefix("deep.")[0].isupper() and module not in OPEN_TO_APPS
    ]
    assert inside == []


DOORS_TO_THE_WORLD = {
    "subprocess",
    "socket",
    "_socket",
    "ssl",
    "http.client",
    "http.server",
    "urllib.request",
    "multiprocessing",
    "uvicorn",
    "boto3",
    "botocore",
}
PROCESS_CALLS = ("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "os.system", "os.popen", "os.fork", "os.posix_spawn")

OPENED_HERE = {
    "local/door/door.py": "listens for functions' AWS calls",
    "local/engines/child.py": "starts a table engine",
    "local/engines/npm.py": "starts npm, which builds an app's frontend",
    "local/engines/supervised.py": "finds a free port for a table engine, and knocks until it answers",
    "local/engines/uv.py": "starts uv, which installs an action's requirements",
    "local/proving.py": "starts an app's own tests",
    "local/platform.py": "holds the sockets that `server.py` bound, from start to stop",
    "local/functions/sandbox.py": "starts function processes and holds the private socket of each",
    "local/http/server.py": "listens",
    "local/identity/fetching.py": "asks identity providers for their keys",
    "packages/fetch.py": "starts git",
    "packages/sandbox.py": "starts a hook, shut in",
    "testing/client.py": "calls a running app, as its pages do",
    "testing/running.py": "starts the app under test",
    "provision/account/calls.py": "AWS itself, by boto3",
    "runtime/sockets.py": "opens the connections of service clients",
    "runtime/transport.py": "speaks HTTP over them",
}
"""Files of the source that start processes or touch the network, each with the reason. A new one is a decision, not an accident."""


def test_processes_and_network_only_where_named() -> None:
    opened = {relative(path).removeprefix("src/deep/") for path in files("src", ".py") if _opens_a_door(path)}
    assert opened == set(OPENED_HERE), "name the file here with its reason, or take the door out of it"


def _opens_a_door(path: Path) -> bool:
    imports = {module for module, _ in imported_modules(parsed(path))}
    text = path.read_text(encoding="utf-8")
    return bool(imports & DOORS_TO_THE_WORLD) or any(f"{call}(" in text for call in PROCESS_CALLS)
