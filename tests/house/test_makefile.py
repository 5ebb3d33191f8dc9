"""What people are told to type exists, and the judge types the same."""

from __future__ import annotations

import re
import subprocess

from tests.house.tree import ROOT, files, relative

PAGES = (*ROOT.glob("*.md"), *files("docs", ".md"), *files("apps", ".md"), *files("benches", ".md"), *files("changes", ".md"))
PROMISED = {"help", "setup", "run", "test", "check", "lint", "bench", "docs"}


def test_help_lists_every_promised_target() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\w+)", told, flags=re.MULTILINE)) >= PROMISED


def test_every_target_named_in_the_docs_exists() -> None:
    told = {
        (relative(page), target)
        for page in PAGES
        for target in re.findall(r"(?:^\$ |`)make (\w+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert {(page, target) for page, target in told if target not in _targets()} == set()


def test_the_judge_runs_what_contributors_run() -> None:
    judged = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in judged if line.startswith("make ")] == ["make lint", "make test"]


def test_a_check_is_a_lint_and_some_of_the_tests() -> None:
    """So that the judge, who lints and runs every test, has checked all that contributors check."""
    assert re.search(r"^check: lint ##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def _targets() -> set[str]:
    return set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
