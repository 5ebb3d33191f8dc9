"""The tests that microapplications bring for the logic of their pages. Parity 150."""

from __future__ import annotations

import subprocess

import pytest

from tests.browser.serving import APPS


@pytest.mark.parametrize("microapp", ["account/DeepAccount", "root/DeepRoot", "todo/DeepTodo"])
def test_frontend_tests_pass(microapp: str) -> None:
    tests = [str(path) for path in sorted((APPS / microapp).glob("Tests/Frontend/*.test.js"))]
    run = subprocess.run(["node", "--test", *tests], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout
    assert "# pass 0" not in run.stdout
