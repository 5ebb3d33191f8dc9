"""What a person may type as the source of a package, and what is refused before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from deep.errors import UsageError
from deep.packages.sources import ArchiveSource, FolderSource, GitSource, microapp_folder, parse_source, redacted

HERE = Path("/nonexistent")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://github.com/MitocGroup/deep-microservices-todo-app.git", "https://github.com/MitocGroup/deep-microservices-todo-app.git"),
        ("HTTPS://github.com/a/b", "https://github.com/a/b"),
        ("https://git.example.com:8443/a/b.git#v1", "https://git.example.com:8443/a/b.git#v1"),
        ("github://User/Repo", "https://github.com/User/Repo.git"),
        ("github://User/Repo#1.2.3", "https://github.com/User/Repo.git#1.2.3"),
        ("GitHub://User/Repo.git", "https://github.com/User/Repo.git"),
        ("ssh://git@example.com/a/b.git#feature/x", "ssh://git@example.com/a/b.git#feature/x"),
        ("git@github.com:User/Repo.git", "git@github.com:User/Repo.git"),
        ("git@github.com:User/Repo.git#main", "git@github.com:User/Repo.git#main"),
        ("http://127.0.0.1:8123/shop.git", "http://127.0.0.1:8123/shop.git"),
        ("http://localhost/shop.git", "http://localhost/shop.git"),
        ("http://[::1]:8123/shop.git", "http://[::1]:8123/shop.git"),
    ],
)
def test_git_sources(typed: str, expected: str) -> None:
    """Parity 5 and 6: the article's URL and the github:// form, among the others."""
    source = parse_source(typed, HERE)
    assert isinstance(source, GitSource)
    assert str(source) == expected


def test_folders_and_archives_are_found_from_where_one_stands(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop.tar.gz").touch()
    assert parse_source("shop", tmp_path) == FolderSource(tmp_path / "shop")
    assert parse_source("./shop/../shop", tmp_path) == FolderSource(tmp_path / "shop")
    assert parse_source(str(tmp_path / "shop"), HERE) == FolderSource(tmp_path / "shop")
    assert parse_source("shop.tar.gz", tmp_path) == ArchiveSource(tmp_path / "shop.tar.gz")


def test_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity 3."""
    (tmp_path / "shop").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_source("~/shop", HERE) == FolderSource(tmp_path / "shop")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "--upload-pack=touch /tmp/x",
        "-oProxyCommand=touch /tmp/x",
        "ext::sh -c touch% /tmp/x",
        "EXT::sh -c touch% /tmp/x",
        "Ext::sh",
        "ext::https://github.com/a/b",
        "file:///etc",
        "FILE:///etc",
        "git://example.com/a/b.git",
        "http://example.com/a/b.git",
        "http://127.0.0.1.nip.io/a/b.git",
        "http://localhost.example.com/a/b.git",
        "http://2130706433/a/b.git",
        "ftp://example.com/a/b.git",
        "https://",
        "https://github.com",
        "https://-oProxyCommand=x/a/b",
        "ssh://-oProxyCommand=x/a/b",
        "ssh://-oProxyCommand=x@example.com/a/b",
        "ssh://git@-host/a",
        "-git@example.com:a/b",
        "git@-host:a/b",
        "git@example.com:-upload",
        "https://user:secret@example.com/a/b.git",
        "https://secret@example.com/a/b.git",
        "ssh://git:secret@example.com/a/b.git",
        "https://example.com/a/b.git?x=1",
        "https://example.com/--upload-pack=x/b.git",
        "https://example.com:99999/a/b.git",
        "https://exa mple.com/a/b.git",
        "https://example.com/a/b.git\n--upload-pack=x",
        "https://example.com/a/\x1b[31m.git",
        "https://example.com/a/b.git#--upload-pack=x",
        "https://example.com/a/b.git#../../x",
        "https://example.com/a/b.git#a b",
        "https://example.com/a/b.git#refs..x",
        "https://example.com/a/b.git#x.lock",
        "github://User",
        "github://User/Repo/More",
        "github://../Repo",
        "github://-User/Repo",
        "github://User/..",
        "no-such-folder",
        "User/Repo",
    ],
)
def test_hostile_and_unknown_sources_are_refused(typed: str) -> None:
    """Threats I3 and I4."""
    with pytest.raises(UsageError) as caught:
        parse_source(typed, HERE)
    assert caught.value.problems[0].help
    assert "secret@" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    """Threat I14."""
    assert redacted("fatal: https://user:secret@example.com/a: no") == "fatal: https://***@example.com/a: no"


@pytest.mark.parametrize(
    ("repository", "folder"),
    [
        ("deep-microservices-todo-app", "DeepTodoApp"),
        ("deep-microservice-shop", "DeepShop"),
        ("DeepTodo", "DeepTodo"),
        ("deep-microservices", "Deep"),
        ("---", "Microapp"),
        ("a_b.c", "ABC"),
    ],
)
def test_the_folder_of_a_repository_with_one_microapplication(repository: str, folder: str) -> None:
    assert microapp_folder(repository) == folder


def test_the_repository_is_named_by_its_url() -> None:
    assert [GitSource(url).repository for url in ("https://h/a/b.git", "git@h:b.git", "ssh://h/a/b/")] == ["b", "b", "b"]
