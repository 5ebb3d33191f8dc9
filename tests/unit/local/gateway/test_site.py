"""Files over HTTP: only what the map lists, fresh at every request. Parity 104; threat L4."""

from __future__ import annotations

import pytest

from tests.unit.local.conftest import Stage

HTML = {"Accept": "text/html,*/*;q=0.8"}


def test_the_index_is_rendered_and_never_cached(stage: Stage) -> None:
    answer = stage.http.ask("GET", "/")
    assert (answer.status, answer.body) == (200, b"<h1>root 1.0</h1>")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("text/html; charset=utf-8", "no-store")


def test_an_asset_is_revalidated(stage: Stage) -> None:
    first = stage.http.ask("GET", "/js/app.js?_v=1234abcd")
    assert (first.body, first.headers["content-type"], first.headers["cache-control"]) == (b"let x = 1", "text/javascript", "no-cache")
    again = stage.http.ask("GET", "/js/app.js", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert stage.http.ask("GET", "/js/app.js", headers={"If-Modified-Since": first.headers["last-modified"]}).status == 304
    assert stage.http.ask("GET", "/js/app.js", headers={"If-Modified-Since": "nonsense"}).status == 200


def test_an_edit_shows_at_the_next_request(stage: Stage) -> None:
    first = stage.http.ask("GET", "/js/app.js")
    (stage.files / "app.js").write_text("let x = 22")
    second = stage.http.ask("GET", "/js/app.js", headers={"If-None-Match": first.headers["etag"]})
    assert (second.status, second.body) == (200, b"let x = 22")


def test_head_has_the_length_and_no_body(stage: Stage) -> None:
    answer = stage.http.ask("HEAD", "/js/app.js")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "9", b"")


def test_folders_have_their_index_behind_a_slash(stage: Stage) -> None:
    assert stage.http.ask("GET", "/deep.todo/").body == b"<h1>todo</h1>"
    answer = stage.http.ask("GET", "/deep.todo")
    assert (answer.status, answer.headers["location"]) == (308, "/deep.todo/")
    assert not stage.http.ask("GET", "//deep.todo", headers=HTML).headers.get("location", "").startswith("//")


def test_deep_links_answer_with_the_index_and_missing_assets_do_not(stage: Stage) -> None:
    """Parity 104."""
    assert stage.http.ask("GET", "/tasks/active", headers=HTML).body == b"<h1>root 1.0</h1>"
    assert stage.http.ask("GET", "/tasks/missing.js", headers=HTML).status == 404
    assert stage.http.ask("GET", "/tasks/active", headers={"Accept": "application/json"}).status == 404
    assert stage.http.ask("POST", "/tasks/active", b"{}", HTML).status == 404
    for path in ("/a/../tasks", "/a/%2e%2e/tasks", "/tasks%5cactive", "/tasks%00"):
        assert stage.http.ask("GET", path, headers=HTML).status == 404


def test_a_file_that_vanished_is_404(stage: Stage) -> None:
    (stage.files / "app.js").unlink()
    assert stage.http.ask("GET", "/js/app.js").status == 404


def test_a_link_in_a_files_place_is_not_followed(stage: Stage) -> None:
    assert stage.http.ask("GET", "/link.txt").status == 404


SECRETS = ["secret.txt", "deeploy.json", ".env", ".git/config", "Backend/resources.json", "Data/Models/Todo.json", "parameters.json", "etc/passwd"]
SECRETS += [".deep/identity.key", "package.json"]
WAYS = ["/{}", "/../{}", "/../../../../{}", "/js/../{}", "/js/..%2f{}", "/%2e%2e/{}", "/%2e%2e%2f{}", "/..%5c{}", "/js\\..\\{}", "//{}", "/./{}"]
WAYS += ["/{}%00", "/{}%00.js", "/{};.js", "/{}::$DATA", "/{}?raw", "/{}?raw??", "/{}?import&raw", "/@fs/{}", "/js/app.js/../../{}", "/.%2e/{}"]
WAYS += [
    "/%252e%252e/{}",
    "/..;/{}",
    "/{}/",
    "/{}%20",
    "/{}.",
    "/{}~1",
    "/js/app.js%2f..%2f{}",
    "/file:///{}",
    "/%5c%5c{}",
    "/..%c0%af{}",
    "/deep.todo/../{}",
]


@pytest.mark.parametrize("way", WAYS)
def test_no_path_reaches_what_is_not_listed(stage: Stage, way: str) -> None:
    """Threat L4."""
    for secret in SECRETS:
        answer = stage.http.ask("GET", way.format(secret), headers=HTML)
        assert b"planted-secret" not in answer.body
        assert answer.body in (b"", b"<h1>root 1.0</h1>") or b"message" in answer.body
