"""Frontends with a build script are built when their sources are newer than the result."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from deep.errors import ProjectError
from deep.local.watching.building import build_frontends
from deep.local.watching.frontends import Frontend, built_frontends, is_stale
from deep.model import Folders
from tests.fakes.apps import app_of

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="no npm on this machine")
BUILD = "node -e \"fs=require('fs');fs.mkdirSync('_build',{recursive:true});fs.copyFileSync('app.js','_build/app.js')\""


@pytest.fixture
def frontend(tmp_path: Path) -> Frontend:
    """One that needs no package from anywhere: what npm notes of an installation is there already."""
    (tmp_path / "app.js").write_text("let x = 1")
    (tmp_path / "package.json").write_text(json.dumps({"private": True, "scripts": {"build": BUILD}}))
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / ".package-lock.json").write_text("{}")
    return Frontend("deep.todo", tmp_path)


def test_only_frontends_with_a_build_script_are_built(frontend: Frontend, tmp_path: Path) -> None:
    app = app_of()
    app = replace(app, microapps=(replace(app.microapps[1], folders=Folders(frontend=tmp_path)),))
    assert built_frontends(app) == (frontend,)
    for package in ("{}", "[]", "{broken", '{"scripts": {"test": "x"}}', '{"scripts": 1}'):
        (tmp_path / "package.json").write_text(package)
        assert built_frontends(app) == ()


def test_a_result_is_stale_when_a_source_is_newer(frontend: Frontend) -> None:
    assert is_stale(frontend)
    build = frontend.folder / "_build"
    build.mkdir()
    (build / "app.js").write_text("x")
    later = (build / "app.js").stat().st_mtime_ns + 10**9
    os.utime(build / "app.js", ns=(later, later))
    assert not is_stale(frontend)
    os.utime(frontend.folder / "node_modules" / ".package-lock.json", ns=(later * 2, later * 2))
    assert not is_stale(frontend)
    os.utime(frontend.folder / "app.js", ns=(later + 1, later + 1))
    assert is_stale(frontend)


@needs_npm
async def test_a_stale_frontend_is_built_once(frontend: Frontend) -> None:
    steps: list[str] = []
    assert await build_frontends([frontend], steps.append) == ()
    assert (frontend.folder / "_build" / "app.js").read_text() == "let x = 1"
    assert steps == ["building the frontend of deep.todo"]
    assert await build_frontends([frontend], steps.append) == ()
    assert len(steps) == 1


@needs_npm
async def test_a_failed_build_is_told_with_its_last_lines(frontend: Frontend) -> None:
    (frontend.folder / "package.json").write_text(json.dumps({"scripts": {"build": "echo it broke at line 7; exit 3"}}))
    os.utime(frontend.folder / "package.json", (0, 0))
    with pytest.raises(ProjectError, match="it broke at line 7") as raised:
        await build_frontends([frontend], lambda step: None)
    assert raised.value.problems[0].code == "frontend-build"


@needs_npm
async def test_a_failed_build_leaves_the_older_result_in_use(frontend: Frontend) -> None:
    await build_frontends([frontend], lambda step: None)
    (frontend.folder / "package.json").write_text(json.dumps({"scripts": {"build": "exit 3"}}))
    os.utime(frontend.folder / "package.json", (0, 0))
    later = (frontend.folder / "_build").stat().st_mtime_ns + 10**9
    os.utime(frontend.folder / "app.js", ns=(later, later))
    problems = await build_frontends([frontend], lambda step: None)
    assert [problem.code for problem in problems] == ["frontend-build"]
    assert (frontend.folder / "_build" / "app.js").exists()
