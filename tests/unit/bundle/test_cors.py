"""Cross-origin sharing as data: exactly the origins that deeploy.json names, and never with credentials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deep.bundle.cors import CorsRule, cors_rule
from deep.model import App
from tests.unit.bundle.site_apps import action, task, two_microapps

PARTNER = "https://partner.example"


def shared(tmp_path: Path, *origins: str) -> App:
    actions = (action("create"), action("read", methods=("GET", "DELETE")), action("hidden", methods=("PUT",), scope="private"))
    app = two_microapps(tmp_path, resources=task(*actions, action("far", type="external", url="https://x.example", methods=("PATCH",))))
    return replace(app, property=replace(app.property, cors=origins))


def test_nothing_is_shared_unless_asked(tmp_path: Path) -> None:
    assert cors_rule(shared(tmp_path)) is None


def test_the_methods_are_those_that_the_api_serves(tmp_path: Path) -> None:
    assert cors_rule(shared(tmp_path, PARTNER)) == CorsRule(frozenset({PARTNER}), ("DELETE", "GET", "POST"))


def test_a_preflight_grants_named_origins_and_tells_others_nothing() -> None:
    rule = CorsRule(frozenset({PARTNER}), ("GET", "POST"))
    granted = rule.preflight(PARTNER)
    assert granted["access-control-allow-origin"] == PARTNER
    assert granted["access-control-allow-methods"] == "GET,POST"
    assert "x-api-key" in granted["access-control-allow-headers"].split(",")
    for origin in (None, "null", "https://evil.example", f"{PARTNER}:8443", f"{PARTNER}.evil.example", "https://PARTNER.example", "*"):
        assert rule.preflight(origin) == rule.answer(origin) == {"vary": "origin"}


def test_credentials_and_any_origin_are_never_granted() -> None:
    rule = CorsRule(frozenset({PARTNER}), ("GET",))
    for headers in (rule.preflight(PARTNER), rule.answer(PARTNER)):
        assert "access-control-allow-credentials" not in headers
        assert "*" not in headers.values()
        assert headers["vary"] == "origin"
