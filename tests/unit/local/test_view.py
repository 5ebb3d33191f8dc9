"""What is served of an app."""

from __future__ import annotations

import json
from pathlib import Path

from deep.bundle.site import SiteFile, index_of, site_files
from deep.bundle.target import Target
from deep.local.identity.keeping import IdentityKeep
from deep.local.view import ViewOptions, view_of
from deep.model import load_app

APPS = Path(__file__).parents[3] / "apps"
TARGET = Target("dev", "0badcafe", "us-east-1", "123456789012", development=True)


def test_a_whole_app_is_ready_to_be_served(tmp_path: Path) -> None:
    keep = IdentityKeep.open(tmp_path, "http://localhost:8000", lambda told: None)
    served = view_of(load_app(APPS / "todo"), TARGET, keep, ViewOptions())
    config = json.loads(served.config)
    assert config["liveReload"] == "/_/reload"
    assert config["identityPoolId"].startswith("us-east-1:")
    assert "/deep-todo/task/create" in served.routes.by_path


def test_without_watching_there_is_no_live_reload(tmp_path: Path) -> None:
    keep = IdentityKeep.open(tmp_path, "http://localhost:8000", lambda told: None)
    served = view_of(load_app(APPS / "todo"), TARGET, keep, ViewOptions(live_reload=False))
    assert json.loads(served.config)["liveReload"] is None


def test_the_index_is_the_first_microapplications_own_else_the_roots() -> None:
    app = load_app(APPS / "todo")
    page = SiteFile(Path("/x"), "text/html", rendered=True, versioned=True)
    assert index_of(app, {"/index.html": page, "/deep.todo/index.html": page}) == "/deep.todo/index.html"
    assert index_of(app, {"/index.html": page}) == "/index.html"
    assert index_of(app, {}) is None
    assert index_of(app, site_files(app)) == "/index.html"
