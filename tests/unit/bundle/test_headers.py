"""Security headers as data: twelve on every deployed page, no word of `unsafe`, and opened only by name."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.frontend import Endpoints
from deep.bundle.headers import GTM_BEGIN, loosened, origin_of, security_headers
from deep.bundle.pages import render_page
from deep.bundle.target import Target
from deep.errors import ProjectError
from deep.model import App
from tests.unit.bundle.site_apps import TARGET, action, task, two_microapps

DEPLOYED = Target("prod", "1234abcd", "us-east-1", "123456789012")

TWELVE = {
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "origin-agent-cluster",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-dns-prefetch-control",
    "x-frame-options",
    "x-permitted-cross-domain-policies",
    "x-xss-protection",
}


def directives(app: App, target: Target = TARGET, endpoints: Endpoints | None = None) -> dict[str, list[str]]:
    text = security_headers(app, target, endpoints or Endpoints()).pages["content-security-policy"]
    return {name: sources for name, *sources in (directive.split() for directive in text.split("; "))}


def opened(tmp_path: Path, **sources: Any) -> App:
    return two_microapps(tmp_path, globals_={"contentSecurity": sources})


def test_a_deployed_page_has_all_twelve(tmp_path: Path) -> None:
    assert set(security_headers(two_microapps(tmp_path), DEPLOYED).pages) == TWELVE


def test_a_local_page_promises_no_https(tmp_path: Path) -> None:
    app = two_microapps(tmp_path)
    assert set(security_headers(app, TARGET).pages) == TWELVE - {"strict-transport-security"}
    assert "upgrade-insecure-requests" in security_headers(app, DEPLOYED).pages["content-security-policy"]
    assert "upgrade-insecure-requests" not in directives(app)
    assert "report-uri" not in directives(app, DEPLOYED)


def test_pages_may_load_from_their_own_origin_alone(tmp_path: Path) -> None:
    assert directives(two_microapps(tmp_path)) == {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "worker-src": ["'self'"],
        "frame-src": ["'none'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "report-uri": ["/_/csp"],
    }


def test_what_functions_answer_is_no_page(tmp_path: Path) -> None:
    headers = security_headers(two_microapps(tmp_path), DEPLOYED).api
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers.keys() < TWELVE


def test_endpoints_and_external_actions_may_be_called(tmp_path: Path) -> None:
    rates = action("rates", type="external", url="https://rates.example:8443/v1?x=1", source=None)
    app = two_microapps(tmp_path, resources=task(rates))
    endpoints = Endpoints(
        api_base_url="https://api.acme.example/v1",
        identity_endpoint="https://cognito-identity.us-east-1.amazonaws.com/",
        user_pool={"id": "us-east-1_a", "clientId": "c", "endpoint": "https://cognito-idp.us-east-1.amazonaws.com/", "issuer": "https://x.example"},
        function_arns={"deep.todo:task:create": "arn:aws:lambda:us-east-1:123456789012:function:DeepDevTaskCreate"},
    )
    services = ("cognito-identity", "cognito-idp", "lambda")
    amazons = [f"https://{service}.us-east-1.amazonaws.com" for service in services]
    reached = ["'self'", "https://api.acme.example", *amazons, "https://rates.example:8443"]
    assert directives(app, DEPLOYED, endpoints)["connect-src"] == reached


def test_an_app_may_name_further_sources_and_it_is_told(tmp_path: Path) -> None:
    app = opened(tmp_path, script=("https://cdn.example",), image="https://a.example https://*.b.example", font=None)
    found = directives(app)
    assert found["script-src"] == ["'self'", "https://cdn.example"]
    assert found["img-src"] == ["'self'", "data:", "https://a.example", "https://*.b.example"]
    assert found["font-src"] == ["'self'"]
    assert loosened(app) == (
        "pages may load script from https://cdn.example (global contentSecurity|script)",
        "pages may load image from https://a.example (global contentSecurity|image)",
        "pages may load image from https://*.b.example (global contentSecurity|image)",
    )


def test_an_app_that_opens_nothing_has_nothing_to_tell(tmp_path: Path) -> None:
    assert loosened(two_microapps(tmp_path)) == ()


@pytest.mark.parametrize(
    "source",
    [
        "'unsafe-inline'",
        "'unsafe-eval'",
        "*",
        "https:",
        "http://a.example",
        "https://*",
        "https://*.com",
        "data:",
        "https://a.example/x",
        "a;b",
        "'none'",
    ],
)
def test_what_is_no_origin_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(ProjectError) as caught:
        security_headers(opened(tmp_path, script=(source,)), TARGET)
    assert [problem.code for problem in caught.value.problems] == ["unsafe-source"]


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="scripts"):
        security_headers(opened(tmp_path, scripts=("https://a.example",)), TARGET)


def test_the_container_of_tag_manager_is_allowed_by_the_hash_of_its_script(tmp_path: Path) -> None:
    app = two_microapps(tmp_path, globals_={"gtmContainerId": "GTM-ABC"})
    inline = render_page("<deep-gtm/>", app, TARGET).partition("<script>")[2].partition("</script>")[0]
    assert inline == GTM_BEGIN
    assert f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'" in directives(app)["script-src"]
    assert loosened(app) == ("pages load scripts from https://www.googletagmanager.com (global gtmContainerId)",)


def test_sharing_with_other_sites_is_told_too(tmp_path: Path) -> None:
    app = two_microapps(tmp_path)
    shared = replace(app, property=replace(app.property, cors=("https://partner.example",)))
    assert loosened(shared) == ("https://partner.example may call the API (cors of deeploy.json)",)


def test_no_header_ever_says_unsafe_or_holds_a_control_character(tmp_path: Path) -> None:
    app = two_microapps(tmp_path, globals_={"gtmContainerId": "GTM-ABC", "contentSecurity": {"frame": ("https://f.example",)}})
    headers = security_headers(app, DEPLOYED)
    for value in (*headers.pages.values(), *headers.api.values()):
        assert "unsafe" not in value
        assert value.isprintable()


@pytest.mark.parametrize(
    ("address", "origin"),
    [("https://A.example/x", "https://a.example"), ("https://u:p@a.example", "https://a.example"), ("/path", None), ("data:,", None), ("", None)],
)
def test_the_origin_of_an_address(address: str, origin: str | None) -> None:
    assert origin_of(address) == origin
