"""What a function pays before its author's first line runs, and a command before its work: modules, listed here (performance is a contract)."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, parsed, relative

FRONT_DOOR = "from deep import Runtime, lambda_handler"

TOO_HEAVY = {"typing", "dataclasses", "inspect", "re", "enum", "asyncio", "ssl", "http.client", "urllib.request", "logging", "boto3", "botocore"}

NOT_FOR_A_PLAN = {
    *("asyncio", "concurrent.futures", "logging", "rich", "shutil", "socket", "ssl", "subprocess", "tempfile", "textwrap", "zipfile"),
    *("boto3", "cryptography", "difflib", "fastjsonschema", "html", "importlib.resources", "uvicorn"),
    *("deep.bundle.archive", "deep.cost.diff", "deep.local.engines", "deep.packages.place", "deep.provision.account.cloud"),
    *("deep.provision.deploying.deploy", "deep.provision.states.index_rounds", "deep.wiring.choosing", "deep.wiring.hooking"),
    "deep.wiring.saved_plan",
}
"""What only other ways of a plan need: something to install, to build or to pack, an account, earlier bills, a mistake."""


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


def test_a_plan_with_nothing_changed_loads_what_it_uses(tmp_path: Path) -> None:
    app = shutil.copytree(ROOT / "apps/todo", tmp_path / "todo", ignore=shutil.ignore_patterns(".deep", "Frontend", "DeepRoot"))
    told = "print(*sys.modules, file=sys.stderr)"
    program = f"import sys\nfrom deep.cli.main import run, standard_screen\nrun(['plan', '--json'], standard_screen())\n{told}"
    made, again = (subprocess.run([sys.executable, "-c", program], cwd=app, capture_output=True, text=True, check=True) for _ in range(2))
    assert "packaging" in made.stderr
    assert made.stdout == again.stdout
    assert set(again.stderr.split()) & NOT_FOR_A_PLAN == set()


def test_frozen_classes_are_those_that_cost_little() -> None:
    """The standard library's are made five times as slowly."""
    taken = [
        relative(path)
        for path in files("src", ".py")
        for node in parsed(path).body
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses" and any(name.name == "dataclass" for name in node.names)
    ]
    assert taken == [], "import dataclass from deep.frozen"
