"""`deepify policy prove`: on the sample apps every part of every policy is needed, and what is too much is found with the line that brings it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.slow]

DEEPIFY = Path(sys.executable).with_name("deepify")


def proved(path: Path) -> tuple[int, dict[str, Any], str]:
    """Exit code, what was proved as data, and what was said besides."""
    ran = subprocess.run([DEEPIFY, "policy", "prove", path, "--json"], capture_output=True, text=True, check=False)
    return ran.returncode, json.loads(ran.stdout or "{}"), ran.stderr


@pytest.mark.parametrize(("name", "functions"), [("todo", 6), ("hello-world", 1)])
def test_every_statement_of_the_sample_apps_is_needed(name: str, functions: int) -> None:
    code, proof, said = proved(ROOT / "apps" / name)
    assert (code, proof["unneeded"], proof["functions"]) == (0, [], functions), said
    assert proof["checked"] > functions
    assert proof["accesses"] >= functions


def test_what_nothing_needs_is_found(tmp_path: Path) -> None:
    """The action is declared to delete as well, which its code does not do and no test can need."""
    copy = tmp_path / "todo"
    shutil.copytree(ROOT / "apps" / "todo", copy, ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot"))
    resources = copy / "DeepTodo" / "Backend" / "resources.json"
    declared = json.loads(resources.read_text())
    declared["task"]["update"]["uses"] = {"models": {"Todo": ["update", "delete"]}}
    resources.write_text(json.dumps(declared, indent=2))
    code, proof, said = proved(copy)
    assert code == 1, said
    (unneeded,) = proof["unneeded"]
    assert unneeded["function"] == "deep.todo:task:update"
    assert unneeded["part"].startswith("dynamodb:DeleteItem on DeepDevTodo")
    assert unneeded["help"] == 'remove "delete" of "Todo" from its uses'
    assert unneeded["place"].startswith("DeepTodo/Backend/resources.json:")
