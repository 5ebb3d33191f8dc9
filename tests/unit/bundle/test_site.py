"""The merged site (parity 99, threat L4): what is in the map, what wins, and what never gets in."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from deep.bundle.pages import Page, render_file
from deep.bundle.site import has_bootstrap, site_files
from deep.errors import EnvironmentProblem
from tests.unit.bundle.site_apps import TARGET, app, library, microapp, two_microapps, write


def urls(tmp_path: Path, **options: bool) -> set[str]:
    """The paths of the site of `DeepRoot` and `DeepTodo` below `tmp_path`, the library's left out."""
    files = site_files(two_microapps(tmp_path), library=library(tmp_path / "library"), **options)
    return {url for url in files if not url.startswith("/js/lib/")}


def test_merges_the_root_at_the_top_and_others_below_their_identifiers(tmp_path: Path) -> None:
    """Parity 99."""
    write(tmp_path / "DeepRoot/Frontend", {"index.html": "<p>", "css/shell.css": ""})
    write(tmp_path / "DeepTodo/Frontend", {"bootstrap.js": "", "js/app/react/index.js": "", "js/app/vanilla/index.js": ""})
    files = site_files(two_microapps(tmp_path), library=library(tmp_path / "library"))
    assert list(files) == [
        "/css/shell.css",
        "/deep.todo/bootstrap.js",
        "/deep.todo/js/app/react/index.js",
        "/deep.todo/js/app/vanilla/index.js",
        "/index.html",
        "/js/lib/deep-framework.js",
        "/js/lib/deep-framework.js.map",
        "/js/lib/deep-framework.mjs",
    ]
    assert files["/css/shell.css"].content_type == "text/css; charset=utf-8"
    assert files["/css/shell.css"].rendered
    assert not files["/deep.todo/bootstrap.js"].rendered
    assert files["/deep.todo/bootstrap.js"].path == (tmp_path / "DeepTodo/Frontend/bootstrap.js").resolve()


def test_frontends_of_several_frameworks_stand_side_by_side(tmp_path: Path) -> None:
    """Parity 103."""
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "DeepTodo/Frontend", {f"js/app/{framework}/index.js": "" for framework in ("angular", "react", "backbone")})
    assert {f"/deep.todo/js/app/{framework}/index.js" for framework in ("angular", "react", "backbone")} <= urls(tmp_path)


def test_built_files_win_over_sources_which_stay_served(tmp_path: Path) -> None:
    """Parity 99: `_build` overrides."""
    write(tmp_path / "DeepTodo/Frontend", {"js/app.js": "source", "js/other.js": "source", "_build/js/app.js": "built", "_build/js/only.js": "built"})
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    made = two_microapps(tmp_path)
    files = site_files(made, library=library(tmp_path / "library"))
    assert files["/deep.todo/js/app.js"].path.read_text() == "built"
    assert files["/deep.todo/js/other.js"].path.read_text() == "source"
    assert "/deep.todo/js/only.js" in files
    assert not [url for url in files if "_build" in url]
    sources = site_files(made, library=tmp_path / "library", use_build=False)
    assert sources["/deep.todo/js/app.js"].path.read_text() == "source"
    assert "/deep.todo/js/only.js" not in sources


def test_modules_of_node_are_served_only_when_they_were_built(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "DeepTodo/Frontend", {"node_modules/a/a.css": "", "_build/node_modules/b/b.css": "", "_build/package.json": "{}"})
    assert urls(tmp_path) == {"/index.html", "/deep.todo/node_modules/b/b.css"}


def test_root_assets_of_any_microapplication_are_at_the_top_but_never_replace_the_roots_own(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot", {"Frontend/index.html": "root"})
    write(tmp_path / "DeepTodo", {"root_assets/index.html": "taken over", "root_assets/robots.txt": "", "Frontend/bootstrap.js": ""})
    made = two_microapps(tmp_path)
    files = site_files(made, library=library(tmp_path / "library"))
    assert files["/index.html"].path.read_text() == "root"
    assert "/robots.txt" in files


def test_the_library_wins_over_a_copy_the_root_ships(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": "", "js/lib/deep-framework.js": "old"})
    files = site_files(app(microapp(tmp_path / "DeepRoot", "deep.root", is_root=True)), library=library(tmp_path / "library"))
    assert files["/js/lib/deep-framework.js"].path.read_text() == "/* script */"


def test_a_missing_library_is_told_with_what_builds_it(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    with pytest.raises(EnvironmentProblem) as caught:
        site_files(app(microapp(tmp_path / "DeepRoot", "deep.root", is_root=True)), library=tmp_path / "nowhere")
    assert caught.value.problems[0].code == "library-missing"
    assert "make setup" in str(caught.value.problems[0].help)


SECRETS = (
    ".env",
    ".git/config",
    ".npmrc",
    ".hidden/page.html",
    "package.json",
    "package-lock.json",
    "node_modules/left-pad/index.js",
    "js/node_modules/x/index.js",
    "yarn.lock",
    "js/app.jsx",
    "js/app.ts",
    "server.py",
    "Makefile",
    "odd;name.js",
    "back\\slash.js",
    "stream.js::$DATA.js",
    "new\nline.js",
)


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_no_asset_is_no_part_of_the_site(tmp_path: Path, name: str) -> None:
    """Threat L4."""
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "DeepTodo/Frontend", {"good.js": "", name: "secret"})
    assert urls(tmp_path) == {"/index.html", "/deep.todo/good.js"}


def test_other_tiers_are_no_part_of_the_site_even_inside_the_frontend(tmp_path: Path) -> None:
    """Threat L4: a frontend declared to be the whole microapplication serves its subfolders, and none of the other tiers'."""
    todo = tmp_path / "DeepTodo"
    write(todo, {"deepkg.json": "{}", "parameters.json": "{}", "hook.init.js": "", "Backend/resources.json": "{}", "Data/Models/Todo.json": "{}"})
    write(todo, {"Docs/index.md": "", "pages/page.html": ""})
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    made = microapp(todo, "deep.todo")
    whole = replace(made, folders=replace(made.folders, frontend=todo))
    files = site_files(app(microapp(tmp_path / "DeepRoot", "deep.root", is_root=True), whole), library=library(tmp_path / "library"))
    assert {url for url in files if url.startswith("/deep.todo/")} == {"/deep.todo/pages/page.html"}


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """`DeepTodo/Frontend` with one good file, beside files it must not lead to."""
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(
        tmp_path / "DeepTodo",
        {"Frontend/good.js": "", "Frontend/.env.json": "secret", "Backend/secret.json": "secret", "Frontend/package.json": "{}"},
    )
    write(tmp_path / "outside", {"secret.json": "secret"})
    return tmp_path / "DeepTodo/Frontend"


@pytest.mark.parametrize("target", ["../Backend/secret.json", "../../outside/secret.json", "/etc/hostname", ".env.json", "package.json", "gone.json"])
def test_a_link_leads_only_to_what_is_public_itself(tmp_path: Path, linked: Path, target: str) -> None:
    (linked / "link.json").symlink_to(target)
    (linked / "same.js").symlink_to("good.js")
    assert urls(tmp_path) == {"/index.html", "/deep.todo/good.js", "/deep.todo/same.js"}


@pytest.mark.parametrize("target", ["../Backend", "../../outside", "/etc"])
def test_linked_folders_are_not_entered(tmp_path: Path, linked: Path, target: str) -> None:
    (linked / "data").symlink_to(target, target_is_directory=True)
    (linked / "_build").symlink_to(target, target_is_directory=True)
    assert not [url for url in urls(tmp_path) if "secret" in url or "data" in url]


def test_a_frontend_that_is_itself_a_link_outwards_is_empty(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "outside", {"secret.json": ""})
    (tmp_path / "DeepTodo").mkdir()
    (tmp_path / "DeepTodo/Frontend").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert urls(tmp_path) == {"/index.html"}


def test_a_pipe_is_not_served(tmp_path: Path, linked: Path) -> None:
    os.mkfifo(linked / "pipe.js")
    assert "/deep.todo/pipe.js" not in urls(tmp_path)


def test_a_file_that_became_a_link_since_is_not_read(tmp_path: Path, linked: Path) -> None:
    made = two_microapps(tmp_path)
    file = site_files(made, library=library(tmp_path / "library"))["/deep.todo/good.js"]
    (linked / "good.js").unlink()
    (linked / "good.js").symlink_to(tmp_path / "outside/secret.json")
    with pytest.raises(FileNotFoundError):
        render_file(file, Page(made, TARGET))


def test_deepignore_keeps_files_out(tmp_path: Path) -> None:
    """Parity 46: `.deepignore`; `_build/` names what was built."""
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "DeepTodo", {".deepignore": "# tools\n/build.js\njs/app/\n*.map\n!keep.map\n_build/drafts/\n"})
    sources = {"build.js": "", "js/build.js": "", "js/app/a.js": "", "js/x.map": "", "js/keep.map": ""}
    write(tmp_path / "DeepTodo/Frontend", {**sources, "_build/js/app/a.js": "", "_build/drafts/d.js": ""})
    assert urls(tmp_path) == {"/index.html", "/deep.todo/js/build.js", "/deep.todo/js/keep.map", "/deep.todo/js/app/a.js"}


@pytest.mark.parametrize(
    ("name", "expected"), [("bootstrap.js", True), ("_build/bootstrap.js", True), ("js/bootstrap.js", False), (".bootstrap.js", False)]
)
def test_has_bootstrap(tmp_path: Path, name: str, *, expected: bool) -> None:
    write(tmp_path / "DeepTodo/Frontend", {name: ""})
    assert has_bootstrap(microapp(tmp_path / "DeepTodo", "deep.todo")) is expected


def test_a_microapplication_without_frontend_has_no_files(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "DeepTodo", {"Backend/resources.json": "{}"})
    assert urls(tmp_path) == {"/index.html"}
    assert not has_bootstrap(microapp(tmp_path / "DeepTodo", "deep.todo"))
