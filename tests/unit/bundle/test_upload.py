"""The site as objects: keys, headers, order, and what is uploaded again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deep.bundle.dump import dump_site
from deep.bundle.frontend import Endpoints
from deep.bundle.revision import deploy_target
from deep.bundle.site import site_files
from deep.bundle.target import Target
from deep.bundle.upload import IMMUTABLE, REVALIDATED, SiteObject, changed, manifest_of, site_upload, stale
from deep.errors import UsageError
from deep.model import App
from tests.unit.bundle.site_apps import library, two_microapps, write

TARGET = Target("prod", "1234abcd", "us-east-1", "123456789012")
DEPLOYED = Endpoints(api_base_url="https://api.example", identity_pool_id="us-east-1:pool")
PAGES = {
    "DeepRoot/Frontend/index.html": "<head><deep-config/><link rel=stylesheet href='css/a.css'></head>",
    "DeepRoot/Frontend/css/a.css": "p {}",
    "DeepRoot/Frontend/about.html": "<p>about</p>",
    "DeepRoot/Frontend/photo-20240101.jpg": "jpeg",
}
BUILT = {
    "DeepTodo/Frontend/_build/app.3f9a1c2b.js": "1",
    "DeepTodo/Frontend/_build/index-BxY12_bc.css": "2",
    "DeepTodo/Frontend/_build/photo-20240101.jpg": "3",
    "DeepTodo/Frontend/_build/plain.js": "4",
    "DeepTodo/Frontend/package.json": "{}",
}


def made(tmp_path: Path, files: dict[str, str], endpoints: Endpoints = DEPLOYED) -> dict[str, SiteObject]:
    return {one.key: one for one in upload(tmp_path, files, endpoints)}


def upload(tmp_path: Path, files: dict[str, str], endpoints: Endpoints = DEPLOYED, target: Target = TARGET) -> tuple[SiteObject, ...]:
    app = written(tmp_path, files)
    return site_upload(app, target, endpoints, site_files(app, library=library(tmp_path / "library")))


def written(tmp_path: Path, files: dict[str, str]) -> App:
    write(tmp_path, files)
    (tmp_path / "DeepTodo").mkdir(exist_ok=True)
    return two_microapps(tmp_path)


def test_every_file_of_the_site_is_an_object_with_its_type(tmp_path: Path) -> None:
    objects = made(tmp_path, PAGES)
    assert set(objects) == {"index.html", "css/a.css", "about.html", "photo-20240101.jpg", "_config.json"} | {
        key for key in objects if key.startswith("js/lib/deep-framework.")
    }
    assert objects["css/a.css"].headers == {"CacheControl": "no-cache", "ContentType": "text/css; charset=utf-8"}


def test_pages_and_configuration_know_the_deployed_endpoints(tmp_path: Path) -> None:
    objects = made(tmp_path, PAGES)
    config = json.loads(objects["_config.json"].body)
    assert (config["apiBaseUrl"], config["identityPoolId"], config["deployId"]) == ("https://api.example", "us-east-1:pool", "1234abcd")
    assert b"https://api.example" in objects["index.html"].body
    assert b"css/a.css?_v=1234abcd" in objects["index.html"].body


def test_only_built_files_with_a_hash_in_their_name_are_kept_for_a_year(tmp_path: Path) -> None:
    objects = made(tmp_path, {**PAGES, **BUILT})
    kept = {key for key, one in objects.items() if one.cache_control == IMMUTABLE}
    assert kept == {"deep.todo/app.3f9a1c2b.js", "deep.todo/index-BxY12_bc.css"}
    assert {one.cache_control for key, one in objects.items() if key not in kept} == {REVALIDATED}


def test_the_page_at_the_top_comes_last_and_pages_after_assets(tmp_path: Path) -> None:
    keys = [one.key for one in upload(tmp_path, PAGES)]
    assert keys[-3:] == ["_config.json", "about.html", "index.html"]


def test_the_page_at_the_top_is_the_one_the_local_platform_shows_there(tmp_path: Path) -> None:
    objects = made(tmp_path, {**PAGES, "DeepTodo/Frontend/index.html": "<p>todo</p>"})
    assert objects["index.html"].body == objects["deep.todo/index.html"].body == b"<p>todo</p>"


def test_only_what_changed_is_uploaded_and_what_is_gone_is_told(tmp_path: Path) -> None:
    manifest = manifest_of(upload(tmp_path, PAGES))
    assert changed(upload(tmp_path, {}), manifest) == ()
    (tmp_path / "DeepRoot/Frontend/photo-20240101.jpg").unlink()
    later = upload(tmp_path, {"DeepRoot/Frontend/css/a.css": "p { color: red }"})
    assert [one.key for one in changed(later, manifest)] == ["css/a.css"]
    assert stale(later, manifest) == ("photo-20240101.jpg",)


def test_the_deploy_id_changes_with_the_pages_alone(tmp_path: Path) -> None:
    app = written(tmp_path, PAGES)
    first = deploy_target(app)
    assert deploy_target(app) == first
    assert deploy_target(app, "stage").env == "stage"
    write(tmp_path, {"DeepRoot/Frontend/css/a.css": "p { color: blue }"})
    assert deploy_target(app).deploy_id != first.deploy_id


def test_a_site_is_written_as_files(tmp_path: Path) -> None:
    """Parity 19."""
    objects = upload(tmp_path, PAGES)
    folder = tmp_path / "_www"
    dump_site(objects, folder)
    (folder / "old.html").write_text("old")
    dump_site(objects, folder)
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
        one.key: one.body for one in objects
    }


def test_a_folder_with_something_else_in_it_is_not_overwritten(tmp_path: Path) -> None:
    objects = upload(tmp_path, PAGES)
    with pytest.raises(UsageError):
        dump_site(objects, tmp_path / "DeepRoot")
    assert (tmp_path / "DeepRoot/Frontend/index.html").is_file()
