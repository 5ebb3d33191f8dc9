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
BUILT_IN = ("unauthenticated", "authenticated")
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


def test_a_page_is_told_of_whom_a_developer_lets_it_act_as_and_else_of_nobody(tmp_path: Path) -> None:
    """A visitor is not somebody to be: pages are visitors by themselves, each its own."""
    keep = IdentityKeep.open(tmp_path, "http://localhost:8000", lambda told: None)
    told = {who: json.loads(view_of(load_app(APPS / "todo"), TARGET, keep, ViewOptions(act_as=who)).config)["actAs"] for who in (None, *BUILT_IN)}
    assert told[None] is None
    assert told["unauthenticated"] is None
    assert told["authenticated"]["role"] == "authenticated"
    assert told["authenticated"].keys() == {"identityId", "role", "username", "groups"}


def test_the_index_is_the_first_microapplications_own_else_the_roots() -> None:
    app = load_app(APPS / "todo")
    page = SiteFile(Path("/x"), "text/html", rendered=True, versioned=True)
    assert index_of(app, {"/index.html": page, "/deep.todo/index.html": page}) == "/deep.todo/index.html"
    assert index_of(app, {"/index.html": page}) == "/index.html"
    assert index_of(app, {}) is None
    assert index_of(app, site_files(app)) == "/index.html"
