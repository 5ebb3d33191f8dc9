"""What users may do, as the page shows it and as the API decides it past the page; sessions that outlive reloads and credentials that end."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Request, Route, expect

from tests.browser.account_page import ALL, RULES, AccountPage, deepify_user, served, todo_with_accounts
from tests.browser.conftest import NewTab

TODO = {"Title": "milk", "Completed": False}


def test_buttons_follow_the_role_and_the_api_decides_alike(account: AccountPage) -> None:
    """Parity 86, 87, 89: a visitor, a user, and the same user in a group; each action by its button, through the API and directly."""
    _shows(account, "unauthenticated")
    account.sign_up("lea")
    _shows(account, "authenticated")
    deepify_user(account.app, "group", "lea", "Editors")
    account.page.evaluate("DeepFramework.Kernel.get('security').renew()")
    _shows(account, "Editors")
    account.page.get_by_role("button", name="Your account, lea").click()
    expect(account.dialog.get_by_role("definition")).to_have_text(["Editors", "Editors"])
    account.press("Sign out")
    _shows(account, "unauthenticated")


def test_a_developer_looks_with_another_s_eyes(new_tab: NewTab, tmp_path: Path) -> None:
    """`deepify server --act-as Editors`: the page, its buttons and the API take the visitor for somebody of that group, until they sign in."""
    with served(todo_with_accounts(tmp_path), "--act-as", "Editors") as app:
        account = AccountPage(new_tab(), app).open()
        opener = account.page.get_by_role("button", name="Your account, somebody Editors")
        opener.click()
        expect(account.dialog.get_by_role("button", name="Sign out")).to_have_count(0)
        account.dialog.get_by_role("button", name="Sign in").click()
        expect(account.dialog.get_by_label("User name")).to_have_value("")
        account.page.keyboard.press("Escape")
        expect(opener).to_be_focused()
        assert account.call("create", TODO) == {"status": 200, "told": None}
        assert account.is_allowed("deep.todo:task:*")


def test_a_session_survives_a_reload(account: AccountPage) -> None:
    account.sign_up("max")
    before = account.identity()
    stored = str(account.page.evaluate("JSON.stringify(localStorage)"))
    account.page.reload()
    account.expect_user("max")
    assert account.identity() == before
    assert account.call("create", TODO)["status"] == 200
    assert "SecretKey" not in stored
    assert "eyJ" not in stored, "a token that requests are made with"


def test_who_does_not_want_to_be_kept_is_not(account: AccountPage) -> None:
    account.sign_up("ned")
    account.sign_out()
    account.sign_in_button.click()
    account.dialog.get_by_role("checkbox", name="Keep me signed in").uncheck()
    account.fill(username="ned", password="Secret-12")
    account.press("Sign in")
    account.expect_user("ned")
    account.page.reload()
    expect(account.sign_in_button).to_be_visible()


def test_credentials_that_ended_are_replaced_once_for_all_who_ask(account: AccountPage) -> None:
    """Parity 84. The page's clock is moved past their end, which also makes it wrong: the answers of the service set it right."""
    account.page.clock.install()
    account.page.reload()
    account.sign_up("ola")
    asked: list[str] = []
    account.page.on("request", lambda request: asked.append(_operation(request)))
    account.page.clock.fast_forward("02:00:00")
    script = """async () => {
      const resource = DeepFramework.Kernel.get("resource").get("@deep.todo:task");
      const answers = await Promise.all([1, 2, 3].map(() => resource.request("retrieve").send()));
      return answers.map(({ statusCode }) => statusCode);
    }"""
    assert account.page.evaluate(script) == [200, 200, 200]
    assert [operation for operation in asked if operation] == ["InitiateAuth", "GetCredentialsForIdentity"]


def test_a_computer_whose_clock_is_wrong_signs_by_the_servers(account: AccountPage) -> None:
    account.page.clock.install()
    account.page.reload()
    account.sign_up("ren")
    asked: list[str] = []
    account.page.on("request", lambda request: asked.append(request.url))
    account.page.clock.fast_forward("00:20:00")
    assert [account.call("create", TODO)["status"] for _ in range(2)] == [200, 200]
    assert [url for url in asked if "cognito" in url] == [], "the credentials are good still"
    assert len([url for url in asked if url.endswith("/deep-todo/task/create")]) == 3, "the first was refused for its time, once"


def test_a_request_whose_token_is_refused_is_sent_once_more(account: AccountPage) -> None:
    account.sign_up("pia")
    refusals = [{"message": "The security token included in the request is expired"}]

    def refuse_first(route: Route) -> None:
        if refusals:
            route.fulfill(status=403, json=refusals.pop())
        else:
            route.continue_()

    account.page.route("**/deep-todo/task/create", refuse_first)
    assert account.call("create", TODO) == {"status": 200, "told": None}
    assert refusals == []


def test_a_session_that_was_ended_elsewhere_is_told_of(account: AccountPage) -> None:
    account.sign_up("quy")
    account.page.evaluate("""async () => {
      const { userPool } = DeepFramework.Kernel.config;
      const [, kept] = Object.entries(localStorage).find(([key]) => key.endsWith(":session:user"));
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.RevokeToken" };
      const body = JSON.stringify({ ClientId: userPool.clientId, Token: JSON.parse(kept).refreshToken });
      await fetch(userPool.endpoint, { method: "POST", headers, body });
    }""")
    account.page.evaluate("DeepFramework.Kernel.get('security').renew().catch(() => null)")
    expect(account.sign_in_button).to_be_visible()
    expect(account.page.get_by_role("status").filter(has_text="Your session has ended. Sign in again.")).to_be_visible()


def _shows(account: AccountPage, role: str) -> None:
    """The page offers what the role may, and the API lets in and refuses the same, whichever way it is called."""
    allowed = RULES[role]
    expect(account.new_todo).to_have_count(int("create" in allowed))
    account.page.wait_for_function("role => DeepFramework.Kernel.get('security').role === role", arg=role)
    for action in ALL:
        assert account.is_allowed(f"deep.todo:task:{action}") is (action in allowed), (role, action)
        for direct in (False, True):
            answer = account.call(action, direct=direct)
            assert (answer["status"] != 403) is (action in allowed), (role, action, direct, answer)
            if action not in allowed:
                assert role in str(answer["told"]), "in development a refusal says who may not"
    assert account.is_allowed("deep.todo:task:*") is (set(allowed) == set(ALL))


def _operation(request: Request) -> str:
    return request.headers.get("x-amz-target", "").rpartition(".")[2]
