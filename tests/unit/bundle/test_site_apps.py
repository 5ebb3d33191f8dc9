"""The site of the repository's own apps: what a browser of theirs can see, and nothing else of their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from deep.bundle.frontend import frontend_config
from deep.bundle.pages import Page, render_file
from deep.bundle.site import site_files
from deep.model import load_app
from tests.unit.bundle.site_apps import TARGET, library

APPS = Path(__file__).resolve().parents[3] / "apps"


@pytest.mark.parametrize(("name", "identifier"), [("todo", "deep.todo"), ("hello-world", "deep.helloworld")])
def test_an_app_of_ours(tmp_path: Path, name: str, identifier: str) -> None:
    """Parity 99 and 100, threat L4: the page is complete, and no source, test, package or secret is in the site."""
    app = load_app(APPS / name)
    files = site_files(app, library=library(tmp_path / "library"))
    assert {"/index.html", f"/{identifier}/bootstrap.js", "/js/lib/deep-framework.js"} <= files.keys()
    assert frontend_config(app, TARGET)["microapps"][identifier]["hasBootstrap"]
    page = render_file(files["/index.html"], Page(app, TARGET)).decode()
    assert 'id="deep-config"' in page
    assert "<deep-" not in page
    frontends = [microapp.folders.frontend.resolve() for microapp in app.microapps if microapp.folders.frontend is not None]
    inside = [file.path for url, file in files.items() if not url.startswith("/js/lib/")]
    assert all(any(path.is_relative_to(frontend) for frontend in frontends) for path in inside)
    assert not [path for path in inside if path.suffix in {".jsx", ".ts", ".py"} or "node_modules" in path.parts or path.name == "package.json"]
