"""What a function pays before its author's first line runs: a list of modules, kept here, and nothing else (performance is a contract)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

FRONT_DOOR = "from deep import Runtime, lambda_handler"

TOO_HEAVY = {"typing", "dataclasses", "inspect", "re", "enum", "asyncio", "ssl", "http.client", "urllib.request", "logging", "boto3", "botocore"}


def loaded_by(statement: str) -> set[str]:
    """The modules a statement brings into a Python that has nothing but itself, as a function process starts it."""
    return _modules(statement) - _modules("pass")


def _modules(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nsys.stdout.write(' '.join(sys.modules))"
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"]}
    run = subprocess.run([sys.executable, "-S", "-s", "-c", program], env=environment, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("statement", [FRONT_DOOR, "import deep.runtime.worker"])
def test_the_runtime_loads_only_what_is_listed(statement: str) -> None:
    allowed = set(json.loads((ROOT / "tests" / "house" / "runtime_imports.json").read_text()))
    loaded = {module for module in loaded_by(statement) if module.split(".")[0] != "deep"}
    assert loaded - allowed == set()


@pytest.mark.parametrize("statement", [FRONT_DOOR, "import deep.runtime.worker"])
def test_the_runtime_loads_nothing_heavy(statement: str) -> None:
    assert loaded_by(statement) & TOO_HEAVY == set()


def test_of_deep_itself_only_what_ships_is_loaded() -> None:
    ours = {module for module in loaded_by(FRONT_DOOR) if module.split(".")[0] == "deep"}
    assert {module for module in ours if module.count(".") and module.split(".")[1] not in ("runtime", "names", "wire")} == set()


def test_a_room_of_the_toolchain_costs_nothing_of_the_runtime() -> None:
    assert {module for module in loaded_by("import deep.names") if module.startswith("deep.runtime")} == set()
