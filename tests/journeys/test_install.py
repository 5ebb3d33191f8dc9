"""From a git repository to a running web app, as its user does it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.serving import serving
from tests.fakes.git_server import git, served

pytestmark = pytest.mark.journey

DEEPIFY = str(Path(sys.executable).with_name("deepify"))
APPS = Path(__file__).parents[2] / "apps"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """Serves a repository with the article's layout: a property, its microapplications in src/."""
    repository = tmp_path / "repositories" / "deep-microservices-helloworld"
    shutil.copytree(APPS / "hello-world", repository / "src", ignore=shutil.ignore_patterns(".deep", "DeepRoot", "node_modules", "_build"))
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "first")
    git(repository, "tag", "v0.1.0")
    with served(tmp_path / "repositories") as url:
        yield url


def deepify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([DEEPIFY, *arguments], capture_output=True, text=True, check=False)


def test_an_installed_repository_runs(host: str, tmp_path: Path) -> None:
    """Parity 5, 6, 10 and 48: install from a repository, the root comes along, the server runs it."""
    app = tmp_path / "my app"
    installed = deepify("install", f"{host}/deep-microservices-helloworld.git#0.1.0", str(app), "--json")
    assert installed.returncode == 0, installed.stderr
    assert {placed["identifier"] for placed in json.loads(installed.stdout)["microapps"]} == {"deep.helloworld", "deep.root"}
    assert sorted(path.name for path in app.iterdir()) == [".deep", "DeepHelloWorld", "DeepRoot", "deeploy.json"]
    assert not list(app.rglob(".git"))
    with serving(app, "--act-as", "unauthenticated") as url:
        with urllib.request.urlopen(f"{url}/_config.json", timeout=10) as answer:
            assert set(json.load(answer)["microapps"]) == {"deep.helloworld", "deep.root"}
        assert b"deep-framework.js" in urllib.request.urlopen(f"{url}/", timeout=10).read()
        request = urllib.request.Request(f"{url}/deep-helloworld/sample/say-hello", b'{"Name": "Ada"}', {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert "Ada" in answer.read().decode()


def test_helloworld_makes_an_app_that_runs(tmp_path: Path) -> None:
    """Parity 9."""
    assert deepify("helloworld", str(tmp_path / "hello")).returncode == 0
    with serving(tmp_path / "hello") as url, urllib.request.urlopen(f"{url}/", timeout=10) as answer:
        assert answer.status == 200


def test_a_missing_version_places_nothing(host: str, tmp_path: Path) -> None:
    answered = deepify("install", f"{host}/deep-microservices-helloworld.git#9.9.9", str(tmp_path / "app"))
    assert (answered.returncode, answered.stdout) == (1, "")
    assert "v0.1.0" in answered.stderr
    assert not (tmp_path / "app").exists()


def test_an_approved_hook_brings_the_root_and_writes_into_it(tmp_path: Path) -> None:
    """Parity 45: the server runs the sample's approved hook, which gives learn.json to the root's page."""
    app = tmp_path / "todo"
    shutil.copytree(APPS / "todo", app, ignore=shutil.ignore_patterns(".deep", "DeepRoot", "node_modules", "_build"))
    assert json.loads(deepify("hooks", "list", str(app), "--json").stdout)[0]["consent"] == "approved"
    with serving(app):
        pass
    assert (app / "DeepRoot/Frontend/learn.json").read_bytes() == (app / "DeepTodo/Frontend/learn.json").read_bytes()


def test_a_web_app_named_from_outside_is_completed_where_it_stands(tmp_path: Path) -> None:
    """`deepify install my-app` beside the app must not copy it into the folder one happens to stand in."""
    app = tmp_path / "app"
    shutil.copytree(APPS / "hello-world", app, ignore=shutil.ignore_patterns(".deep", "DeepRoot", "node_modules", "_build"))
    done = subprocess.run([DEEPIFY, "install", "app"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (app / "DeepRoot" / "deepkg.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["app"]
