"""Somebody whom another provider vouches for, in Chromium. The provider is a fake on this machine that speaks OpenID Connect."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewTab
from tests.browser.serving import APPS, copy_app, serving
from tests.fakes.provider import CLIENT, Provider
from tests.fakes.served_provider import served_provider

STATE = """() => {
  const { token, role } = DeepFramework.Kernel.get("security");
  return { identity: token?.identityId ?? null, isAnonymous: token?.isAnonymous ?? null, role };
}"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with served_provider() as started:
        yield started


@pytest.fixture(scope="module")
def url(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The account's property, whose root trusts the provider."""
    path = copy_app("account", tmp_path_factory.mktemp("property"))
    shutil.copytree(APPS / "root" / "DeepRoot", path / "DeepRoot")
    _trust(path / "DeepRoot" / "parameters.json", provider)
    with serving(path) as url:
        yield url


def test_another_providers_token_makes_an_authenticated_identity(new_tab: NewTab, url: str, provider: Provider) -> None:
    """Parity 83: the visitor's identity becomes theirs, logout forgets it, and whoever logs in again is the same."""
    page = new_tab()
    page.goto(url)
    visitor = page.evaluate("DeepFramework.Kernel.get('security').anonymousLogin().then(({ identityId }) => identityId)")
    _login(page, provider, provider.token(sub="ada"))
    assert page.evaluate(STATE) == {"identity": visitor, "isAnonymous": False, "role": "authenticated"}
    page.evaluate("DeepFramework.Kernel.get('security').logout()")
    assert page.evaluate(STATE) == {"identity": None, "isAnonymous": None, "role": "unauthenticated"}
    _login(page, provider, provider.token(sub="ada"))
    assert page.evaluate(STATE)["identity"] == visitor
    _login(page, provider, provider.token(sub="bob"))
    assert page.evaluate(STATE)["identity"] != visitor


def test_a_token_for_somebody_elses_app_is_refused(new_tab: NewTab, url: str, provider: Provider, complaints: list[str]) -> None:
    page = new_tab()
    page.goto(url)
    assert _login(page, provider, provider.token(sub="ada", aud="another-client")) == "NotAuthorizedException"
    assert page.evaluate(STATE)["identity"] is None
    complaints.clear()  # Chromium notes the refusal, which is a 400


def _login(page: Page, provider: Provider, token: str) -> str | None:
    """Logs in; answers the identity service's word for a refusal."""
    script = "([domain, token]) => DeepFramework.Kernel.get('security').login(domain, token).then(() => null, error => error.type)"
    answer = page.evaluate(script, [provider.domain, token])
    return None if answer is None else str(answer)


def _trust(parameters: Path, provider: Provider) -> None:
    document = json.loads(parameters.read_text(encoding="utf-8"))
    document["globals"][f"security|identityProviders|{provider.domain}"] = {"displayName": "Provider", "type": "string", "default": CLIENT}
    parameters.write_text(json.dumps(document), encoding="utf-8")
