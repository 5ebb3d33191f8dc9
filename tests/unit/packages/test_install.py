"""Installing into a property: what is placed, what is kept, what is refused."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from deep.errors import DeepError, ProjectError, RefusedError, UsageError
from deep.packages.install import Installed, Installer, Order
from deep.packages.sources import GitSource, Source, parse_source
from tests.fakes.packages import below, microapp, tree_of, write

ROOT = microapp("deep.root", propertyRoot=True)


class FakeGit:
    """Repositories by URL, fetched without git."""

    def __init__(self, repositories: Mapping[str, Mapping[str, str]]) -> None:
        self.repositories = repositories
        self.fetched: list[str] = []

    def __call__(self, source: GitSource, destination: Path, progress: Callable[[str], None]) -> None:
        self.fetched.append(str(source))
        write(destination, self.repositories[source.url])


def install(target: Path, source: str | Source | None = None, git: FakeGit | None = None, *, replace: bool = False) -> Installed:
    distribution = write(target.parent / "distribution", ROOT)
    parsed = parse_source(source, target.parent) if isinstance(source, str) else source
    return Installer(distribution, lambda _: None, git or FakeGit({})).install(Order(target, parsed, replace))


def states(installed: Installed) -> dict[str, str]:
    return {placement.identifier: placement.state for placement in installed.placements}


def test_a_single_microapplication_from_a_repository(tmp_path: Path) -> None:
    """Parity 5: the folder is named after the repository, and a root comes along (parity 48)."""
    git = FakeGit({"https://github.com/MitocGroup/deep-microservices-todo-app.git": microapp("deep.todo")})
    installed = install(tmp_path / "app", "https://github.com/MitocGroup/deep-microservices-todo-app.git", git)
    assert tree_of(tmp_path / "app") == {**below("DeepTodoApp", microapp("deep.todo")), **below("DeepRoot", ROOT)}
    assert states(installed) == {"deep.todo": "new", "deep.root": "new"}


@pytest.mark.parametrize("prefix", ["", "src/"])
def test_a_property_in_a_repository(prefix: str, tmp_path: Path) -> None:
    files = {
        "README.md": "x",
        **below(f"{prefix}DeepNgToDo", microapp("deep.ng.todo")),
        **below(f"{prefix}DeepNgRoot", microapp("ng", propertyRoot=True)),
    }
    install(tmp_path / "app", "github://a/b", FakeGit({"https://github.com/a/b.git": files}))
    assert tree_of(tmp_path / "app") == {**below("DeepNgToDo", microapp("deep.ng.todo")), **below("DeepNgRoot", microapp("ng", propertyRoot=True))}


def test_a_folder_and_an_archive(tmp_path: Path) -> None:
    write(tmp_path / "Shop", microapp())
    install(tmp_path / "one", "Shop")
    with tarfile.open(tmp_path / "shop-1.0.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "Shop", "shop-1.0/Shop")
    install(tmp_path / "two", "shop-1.0.tar.gz")
    assert tree_of(tmp_path / "one") == tree_of(tmp_path / "two") == {**below("Shop", microapp()), **below("DeepRoot", ROOT)}


def test_dependencies_come_along_and_present_ones_are_kept(tmp_path: Path) -> None:
    git = FakeGit(
        {
            "https://github.com/x/shop.git": microapp("acme.shop", dependencies={"acme.auth": "github://x/auth#1.0.0", "acme.mail": "^1.0.0"}),
            "https://github.com/x/auth.git": microapp("acme.auth", dependencies={"acme.shop": "github://x/shop", "deep.root.angular": "^1.0.0"}),
        }
    )
    write(tmp_path / "app", below("Mail", microapp("acme.mail", version="7.0.0")))
    installed = install(tmp_path / "app", "github://x/shop", git)
    assert git.fetched == ["https://github.com/x/shop.git", "https://github.com/x/auth.git#1.0.0"]
    assert states(installed) == {"acme.shop": "new", "acme.auth": "new", "deep.root": "new"}
    assert json.loads(tree_of(tmp_path / "app")["Mail/deepkg.json"])["version"] == "7.0.0"


def test_every_unmet_dependency_is_told_and_nothing_is_placed(tmp_path: Path) -> None:
    """Bad input 33."""
    write(tmp_path / "Shop", microapp(dependencies={"acme.auth": "^1.0.0", "acme.mail": "2.x"}))
    with pytest.raises(ProjectError) as caught:
        install(tmp_path / "app", "Shop")
    assert [problem.code for problem in caught.value.problems] == ["missing-dependency"] * 2
    assert not (tmp_path / "app").exists()


def test_without_a_source_the_property_gets_what_it_lacks(tmp_path: Path) -> None:
    """Parity 7."""
    git = FakeGit({"https://github.com/x/auth.git": microapp("acme.auth")})
    write(tmp_path / "app", below("Shop", microapp(dependencies={"acme.auth": "github://x/auth"})))
    assert states(install(tmp_path / "app", None, git)) == {"acme.auth": "new", "deep.root": "new"}
    assert states(install(tmp_path / "app", None, git)) == {}
    assert states(install(tmp_path / "app", str(tmp_path / "app"), git)) == {}


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "Shop", microapp())
    install(tmp_path / "app", "Shop")
    before = (tmp_path / "app/Shop/deepkg.json").stat().st_mtime_ns
    assert states(install(tmp_path / "app", "Shop")) == {"acme.shop": "kept"}
    assert (tmp_path / "app/Shop/deepkg.json").stat().st_mtime_ns == before


def test_differing_files_are_not_overwritten_in_silence(tmp_path: Path) -> None:
    write(tmp_path / "Shop", microapp())
    install(tmp_path / "app", "Shop")
    write(tmp_path / "app/Shop", {"Frontend/index.txt": "mine"})
    with pytest.raises(RefusedError, match=r"Frontend/index\.txt"):
        install(tmp_path / "app", "Shop")
    assert tree_of(tmp_path / "app")["Shop/Frontend/index.txt"] == "mine"
    assert states(install(tmp_path / "app", "Shop", replace=True)) == {"acme.shop": "replaced"}
    assert tree_of(tmp_path / "app/Shop") == microapp()


def test_an_update_lands_where_the_microapplication_lives(tmp_path: Path) -> None:
    write(tmp_path / "app", below("MyShop", microapp()))
    write(tmp_path / "Shop", microapp(version="0.0.2"))
    install(tmp_path / "app", "Shop", replace=True)
    assert {path.name for path in (tmp_path / "app").iterdir()} == {"MyShop", "DeepRoot", ".deep"}
    assert tree_of(tmp_path / "app/MyShop") == microapp(version="0.0.2")


def test_another_microapplication_in_the_folder_is_never_replaced(tmp_path: Path) -> None:
    write(tmp_path / "app", below("Shop", microapp("other.shop")))
    write(tmp_path / "Shop", microapp())
    with pytest.raises(RefusedError):
        install(tmp_path / "app", "Shop", replace=True)
    assert tree_of(tmp_path / "app/Shop") == microapp("other.shop")


def test_configuration_comes_without_credentials_and_consent(tmp_path: Path) -> None:
    """Threat I1: a package cannot approve its own hooks, nor open the API to its author. Parity 39: no credentials are taken over."""
    config = {"appIdentifier": "todo", "aws": {"secretAccessKey": "x"}, "hooks": {"approved": {"acme.shop@0.0.1": {"init": "sha256-0"}}}}
    config |= {"apiKeys": {"stranger": "sha256-0"}, "cors": ["https://stranger.example"]}
    source = {**below("Shop", microapp()), "deeploy.json": json.dumps(config)}
    install(tmp_path / "app", "github://x/y", FakeGit({"https://github.com/x/y.git": source}))
    assert json.loads(tree_of(tmp_path / "app")["deeploy.json"]) == {"appIdentifier": "todo"}
    write(tmp_path / "folder", source)
    install(tmp_path / "again", "folder")
    assert json.loads(tree_of(tmp_path / "again")["deeploy.json"]) == {"appIdentifier": "todo"}
    install(tmp_path / "app", "folder", replace=True)
    assert json.loads(tree_of(tmp_path / "app")["deeploy.json"]) == {"appIdentifier": "todo"}


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": "no microapplication"},
        {"deepkg.json": "{"},
        {"deepkg.json": "[]"},
        {"deepkg.json": '{"identifier": "../x", "version": "1.0.0"}'},
        {"deepkg.json": '{"identifier": "x", "version": 1}'},
        {"deepkg.json": '{"identifier": "x", "version": "1.0.0", "dependencies": ["a"]}'},
        {"deepkg.json": '{"identifier": "x", "version": "1.0.0", "hooks": {"write": "everything"}}'},
        {"deepkg.json": "[" * 100_000},
        {**below("A", microapp()), **below("B", microapp())},
        {**below("A", microapp()), "deeploy.json": "{"},
    ],
)
def test_what_is_no_package_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        install(tmp_path / "app", "github://x/y", FakeGit({"https://github.com/x/y.git": files}))
    assert not (tmp_path / "app").exists()


def test_a_failed_fetch_leaves_the_property_as_it_was(tmp_path: Path) -> None:
    write(tmp_path / "app", below("Shop", microapp()))

    def cut_short(source: GitSource, destination: Path, progress: Callable[[str], None]) -> None:
        write(destination, microapp("half"))
        raise DeepError.of("fetch-failed", "the line went dead")

    with pytest.raises(DeepError, match="line went dead"):
        Installer(tmp_path, lambda _: None, cut_short).install(Order(tmp_path / "app", GitSource("https://h/r.git")))
    assert tree_of(tmp_path / "app") == below("Shop", microapp())


def test_a_target_that_is_no_property(tmp_path: Path) -> None:
    """Bad input 89."""
    write(tmp_path / "micro", microapp())
    with pytest.raises(UsageError, match="a microapplication itself"):
        install(tmp_path / "micro", None)
    with pytest.raises(UsageError, match="no microapplication"):
        install(tmp_path / "nowhere", None)
    assert not (tmp_path / "nowhere").exists()
