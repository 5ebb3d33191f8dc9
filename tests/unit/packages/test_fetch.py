"""Fetching from real git repositories on loopback, honest and hostile ones."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from deep.errors import DeepError, EnvironmentProblem, ProjectError
from deep.packages.fetch import fetch
from deep.packages.sources import GitSource
from tests.fakes.git_server import git, make_repository, served
from tests.fakes.packages import microapp, tree_of


@pytest.fixture
def repositories(tmp_path: Path) -> Path:
    folder = tmp_path / "repositories"
    folder.mkdir()
    return folder


@pytest.fixture
def host(repositories: Path) -> Iterator[str]:
    with served(repositories) as url:
        yield url


def silent(_: str) -> None:
    """Progress that nobody watches."""


def test_a_commit_arrives_without_git(repositories: Path, host: str, tmp_path: Path) -> None:
    files = {**microapp(), "bin/tool": "#!/bin/sh\n"}
    make_repository(repositories / "shop", files)
    (repositories / "shop/bin/tool").chmod(0o755)
    commit = make_repository(repositories / "shop", {"second": "commit\n"})
    steps: list[str] = []
    fetched = fetch(GitSource(f"{host}/shop.git"), tmp_path / "out", steps.append)
    assert fetched.commit == commit
    assert tree_of(tmp_path / "out") == {**files, "second": "commit\n"}
    assert stat.S_IMODE((tmp_path / "out/bin/tool").stat().st_mode) & 0o100
    assert steps == [f"asking {host}/shop.git", "fetching HEAD"]


@pytest.mark.parametrize("ref", ["1.0.0", "v1.0.0", "old"])
def test_tags_versions_and_branches(ref: str, repositories: Path, host: str, tmp_path: Path) -> None:
    """Parity 6: github://User/Repo#version."""
    first = make_repository(repositories / "shop", {"state": "first"}, tag="v1.0.0")
    git(repositories / "shop", "branch", "old")
    make_repository(repositories / "shop", {"state": "second"}, tag="v2.0.0")
    fetched = fetch(GitSource(f"{host}/shop.git", ref), tmp_path / "out", silent)
    assert fetched.commit == first
    assert tree_of(tmp_path / "out") == {"state": "first"}


def test_no_such_version(repositories: Path, host: str, tmp_path: Path) -> None:
    make_repository(repositories / "shop", microapp(), tag="v1.0.0")
    with pytest.raises(ProjectError, match=r"no tag, branch or commit '9\.9\.9'"):
        fetch(GitSource(f"{host}/shop.git", "9.9.9"), tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()


def test_no_such_repository(host: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        fetch(GitSource(f"{host}/nothing.git"), tmp_path / "out", silent)
    assert caught.value.problems[0].code == "fetch-failed"
    assert not (tmp_path / "out").exists()


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem):
        fetch(GitSource("http://127.0.0.1:9/shop.git"), tmp_path / "out", silent)


def test_links_are_refused_and_nothing_is_left(repositories: Path, host: str, tmp_path: Path) -> None:
    """Threat I7."""
    make_repository(repositories / "shop", microapp())
    (repositories / "shop/passwords").symlink_to("/etc/passwd")
    make_repository(repositories / "shop", {})
    with pytest.raises(ProjectError, match="symbolic link"):
        fetch(GitSource(f"{host}/shop.git"), tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()


def test_a_repository_runs_nothing(repositories: Path, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threats I4 and I5: filters, hooks, submodules over ext:: and a poisoned configuration of the person's own: no canary is touched."""
    canary = tmp_path / "canary"
    touch = f"touch {canary}"
    home = tmp_path / "home"
    home.mkdir()
    sections = {
        'filter "evil"': f"smudge = {touch}\n clean = {touch}",
        'protocol "ext"': "allow = always",
        "core": f"fsmonitor = {touch}\n sshCommand = {touch}",
        "credential": f"helper = !{touch}",
        f'url "ext::sh -c {touch}"': f"insteadOf = {host}",
    }
    sections = {
        'filter "evil"': f"smudge = {touch}\n clean = {touch}",
        'protocol "ext"': "allow = always",
        "core": f"fsmonitor = {touch}\n sshCommand = {touch}",
        "credential": f"helper = !{touch}",
        f'url "ext::sh -c {touch}"': f"insteadOf = {host}",
    }
    poison = "".join(f"[{name}]\n {body}\n" for name, body in sections.items())
    (home / ".gitconfig").write_text(poison)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor={touch}'")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", touch)
    files = {".gitattributes": "* filter=evil export-subst\nFrontend export-ignore\n", "a.txt": "$Format:%H$\n", **microapp()}
    files[".gitmodules"] = f'[submodule "evil"]\n path = evil\n url = ext::sh -c {touch}\n'
    make_repository(repositories / "shop", files)
    hook = repositories / "shop/.git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{touch}\n")
    hook.chmod(0o755)
    fetch(GitSource(f"{host}/shop.git"), tmp_path / "out", silent)
    assert not canary.exists()
    assert tree_of(tmp_path / "out") == files  # attributes neither left out nor rewrote a file


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% CANARY",
        "EXT::sh -c touch% CANARY",
        "file:///CANARY",
        "--upload-pack=touch CANARY",
        "ssh://-oProxyCommand=x/y",
        "git://127.0.0.1/x",
    ],
)
def test_git_itself_is_told_to_refuse_too(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threats I3 and I4, should a hostile URL ever come past our own parser."""
    monkeypatch.chdir(tmp_path)
    canary = tmp_path / "canary"
    with pytest.raises(DeepError):
        fetch(GitSource(url.replace("CANARY", str(canary))), tmp_path / "out", silent)
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    """Fault R20: a server that accepts and says nothing."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(EnvironmentProblem) as caught:
            fetch(GitSource(f"http://127.0.0.1:{server.getsockname()[1]}/shop.git"), tmp_path / "out", silent, 0.3)
        assert caught.value.problems[0].code == "fetch-timeout"


def test_a_missing_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(EnvironmentProblem, match="git is needed"):
        fetch(GitSource("https://example.com/a.git"), tmp_path / "out", silent)
