"""Documentation that a change can make false is checked like code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, relative
from tools import command_reference, error_reference

PAGES = (
    *ROOT.glob("*.md"),
    *files("docs", ".md"),
    *files("apps", ".md"),
    *files("changes", ".md"),
    *files("benches", ".md"),
    *files("browser", ".md"),
)
README_LINES = 150
LINK = re.compile(r"(?<!`)\[[^\]\n]+\]\(([^)\s]+)\)")


def test_the_readme_fits_on_a_screen_or_three() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= README_LINES


def test_every_link_leads_somewhere() -> None:
    assert [f"{relative(page)}: {link}" for page in PAGES for link in _links(page) if not _resolves(page, link)] == []


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    reached, ahead = {ROOT / "README.md"}, [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        found = {target for link in _links(page) if (target := _target(page, link)).suffix == ".md" and target.is_file()} - reached
        reached |= found
        ahead += found
    assert [relative(page) for page in files("docs", ".md") if page not in reached] == []


@pytest.mark.parametrize("reference", [command_reference, error_reference], ids=["commands", "errors"])
def test_generated_pages_are_fresh(reference: object) -> None:
    page, text = reference.PAGE, reference.page()  # type: ignore[attr-defined] # both modules have these two names
    assert page.read_text(encoding="utf-8") == text, "run `make docs`"


def test_locks_name_no_registry() -> None:
    """A lock that names a host installs only where that host is reached; hashes say what the packages are."""
    locks = (*(ROOT / "requirements").glob("*.txt"), *files("", ".json"))
    naming = [
        relative(lock)
        for lock in locks
        if (lock.suffix == ".txt" or lock.name == "package-lock.json") and re.search(r"\"resolved\"|https?://\S+\.(tgz|whl)", lock.read_text())
    ]
    assert naming == []


def _links(page: Path) -> Iterator[str]:
    """Links to files of the repository; what stands in fenced code is no link."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return (link for link in LINK.findall(prose) if "://" not in link and not link.startswith("mailto:"))


def _target(page: Path, link: str) -> Path:
    return (page.parent / link.partition("#")[0]).resolve() if not link.startswith("#") else page


def _resolves(page: Path, link: str) -> bool:
    target, anchor = _target(page, link), link.partition("#")[2]
    return target.exists() and (not anchor or target.suffix != ".md" or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
