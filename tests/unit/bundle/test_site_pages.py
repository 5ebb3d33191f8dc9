"""Pages: the tags that are replaced (parity 100) and the deploy id in addresses (parity 101)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.frontend import Endpoints, frontend_config
from deep.bundle.pages import Page, render_file, render_page
from deep.bundle.site import site_files
from deep.bundle.versions import version_css, version_html, versioned_address
from deep.errors import DeepError, ProjectError
from deep.model import App
from tests.unit.bundle.site_apps import TARGET, library, two_microapps, write


def page(tmp_path: Path, html: str, **globals_: Any) -> str:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": html})
    return render_page(html, two_microapps(tmp_path, globals_=globals_), TARGET)


@pytest.mark.parametrize("tag", ["<deep-version/>", "<deep-version />", "<deep-version></deep-version>", "<DEEP-VERSION>"])
def test_each_way_to_write_a_tag(tmp_path: Path, tag: str) -> None:
    assert page(tmp_path, f"<head>{tag}</head>", version="2.0") == '<head><meta name="version" content="2.0"></head>'


def test_tags(tmp_path: Path) -> None:
    """Parity 100."""
    parameters = {
        "favicon": "@deep.todo:icons/a.ico",
        "pageLoader": {"src": "@deep.root:wait.svg", "alt": 'Wait "here"'},
        "gtmContainerId": "GTM-ABC1",
    }
    assert page(tmp_path, "<deep-version/>", **parameters) == '<meta name="version" content="0.0.1">'
    assert page(tmp_path, "<deep-deploy-id/>", **parameters) == '<meta name="deep-deploy-id" content="1234abcd">'
    assert page(tmp_path, "<deep-favicon/>", **parameters) == '<link rel="icon" href="/deep.todo/icons/a.ico?_v=1234abcd">'
    assert page(tmp_path, "<deep-loader/>", **parameters) == '<img src="/wait.svg?_v=1234abcd" alt="Wait &quot;here&quot;">'
    assert '<script async src="https://www.googletagmanager.com/gtm.js?id=GTM-ABC1"></script>' in page(tmp_path, "<deep-gtm/>", **parameters)
    assert page(tmp_path, "<deep-unknown/>", **parameters) == "<deep-unknown/>"
    assert page(tmp_path, '<a href="${deep-root-assets-path}x">', basePath="/shop/") == '<a href="/shop/x">'


def test_tags_without_their_parameters(tmp_path: Path) -> None:
    assert page(tmp_path, "<deep-favicon/>") == '<link rel="icon" href="data:,">'
    assert page(tmp_path, "[<deep-gtm/><deep-loader/><deep-root-assets/>]") == "[]"


def test_root_assets_are_loaded_styles_first(tmp_path: Path) -> None:
    write(tmp_path / "DeepTodo/root_assets", {"a.js": "", "b.css": "", "c.png": ""})
    expected = '<link rel="stylesheet" href="/b.css?_v=1234abcd"><script src="/a.js?_v=1234abcd"></script>'
    assert page(tmp_path, "<deep-root-assets/>") == expected


def test_the_embedded_configuration_is_the_fetched_one_and_cannot_end_its_block(tmp_path: Path) -> None:
    html = page(tmp_path, "<deep-config/>", title="</script><script>alert(1)</script>\u2028")
    found = re.fullmatch(r'<script type="application/json" id="deep-config">([^<]*)</script>', html)
    assert found is not None
    assert json.loads(found[1])["globals"]["title"] == "</script><script>alert(1)</script>\u2028"


def test_the_embedded_configuration_has_the_given_endpoints(tmp_path: Path) -> None:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    app = two_microapps(tmp_path)
    endpoints = Endpoints(live_reload="/_/changes")
    html = render_page("<deep-config/>", app, TARGET, endpoints)
    assert json.loads(html.partition(">")[2].removesuffix("</script>")) == json.loads(json.dumps(frontend_config(app, TARGET, endpoints)))


@pytest.mark.parametrize(
    ("parameters", "tag", "code"),
    [
        ({"favicon": "icon.ico"}, "<deep-favicon/>", "bad-reference"),
        ({"favicon": "@deep.nowhere:icon.ico"}, "<deep-favicon/>", "unknown-microapp"),
        ({"gtmContainerId": "GTM-A'><script>"}, "<deep-gtm/>", "bad-gtm-container"),
    ],
)
def test_parameters_that_cannot_be_used(tmp_path: Path, parameters: dict[str, Any], tag: str, code: str) -> None:
    with pytest.raises(DeepError) as caught:
        page(tmp_path, tag, **parameters)
    assert caught.value.problems[0].code == code


def test_bad_references_are_the_projects_fault(tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        page(tmp_path, "<deep-favicon/>", favicon="@:x")


ADDRESSES = [
    ("js/app.js", "js/app.js?_v=ID"),
    ("/css/a.css?theme=dark", "/css/a.css?theme=dark&_v=ID"),
    ("sprite.svg#icon", "sprite.svg?_v=ID#icon"),
    ("a.js?", "a.js?_v=ID"),
    ("a.js?_v=OLD", "a.js?_v=OLD"),
    ("https://cdn.example/a.js", "https://cdn.example/a.js"),
    ("//cdn.example/a.js", "//cdn.example/a.js"),
    ("data:image/png;base64,aaaa", "data:image/png;base64,aaaa"),
    ("page.html", "page.html"),
    ("/about", "/about"),
    ("#top", "#top"),
    ("", ""),
]


@pytest.mark.parametrize(("address", "expected"), ADDRESSES)
def test_versioned_addresses(address: str, expected: str) -> None:
    """Parity 101."""
    assert versioned_address(address, "ID") == expected


def test_pages_have_versioned_assets_and_untouched_links() -> None:
    """Parity 101."""
    html = """<link rel="stylesheet" href='a.css'><script src="b.js" defer></script><a href="c.pdf"><img src="d.png"
      srcset="d.png 1x, e.png 2x"></a><script>let src = "f.js"</script><img alt="src='x.png'" src="https://x/y.png">"""
    expected = """<link rel="stylesheet" href='a.css?_v=ID'><script src="b.js?_v=ID" defer></script><a href="c.pdf"><img src="d.png?_v=ID"
      srcset="d.png?_v=ID 1x, e.png?_v=ID 2x"></a><script>let src = "f.js"</script><img alt="src='x.png'" src="https://x/y.png">"""
    assert version_html(html, "ID") == expected


def test_style_sheets_have_versioned_addresses() -> None:
    """Parity 101."""
    css = """@import "a.css"; @import url('b.css') screen; p { background: url(c.png), url( "d.svg#x" ); src: url(data:font/woff;base64,aa) }"""
    expected = css.replace("a.css", "a.css?_v=ID").replace("b.css", "b.css?_v=ID").replace("c.png", "c.png?_v=ID").replace("d.svg", "d.svg?_v=ID")
    assert version_css(css, "ID") == expected


@pytest.fixture
def rendered_app(tmp_path: Path) -> App:
    write(
        tmp_path / "DeepRoot/Frontend",
        {"index.html": '<deep-deploy-id/><img src="a.png">', "deep-sw.js": 'const h = "<deep-hash>";', "latin.css": b"\xe9"},
    )
    write(tmp_path / "DeepTodo", {".deepinjectignore": "old/\n"})
    write(
        tmp_path / "DeepTodo/Frontend",
        {"old/a.css": "p{background:url(b.png)}", "old/a.html": '<deep-deploy-id/><img src="a.png">', "a.js": "<deep-hash>"},
    )
    return two_microapps(tmp_path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/index.html", b'<meta name="deep-deploy-id" content="1234abcd"><img src="a.png?_v=1234abcd">'),
        ("/deep-sw.js", b'const h = "1234abcd";'),
        ("/latin.css", b"\xe9"),
        ("/deep.todo/old/a.css", b"p{background:url(b.png)}"),
        ("/deep.todo/old/a.html", b'<meta name="deep-deploy-id" content="1234abcd"><img src="a.png">'),
        ("/deep.todo/a.js", b"<deep-hash>"),
    ],
)
def test_what_is_sent_for_a_file(tmp_path: Path, rendered_app: App, url: str, expected: bytes) -> None:
    """Parity 46: `.deepinjectignore`; parity 101."""
    files = site_files(rendered_app, library=library(tmp_path / "library"))
    assert render_file(files[url], Page(rendered_app, TARGET)) == expected
