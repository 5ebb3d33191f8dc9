"""The sign-in microapplication by what a user does and sees, over the Todo app."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from deep.model import load_app
from deep.testing import LocalApp
from tests.browser.serving import APPS, DEEPIFY, copy_app, log_of, serving

ALL = ("create", "retrieve", "update", "delete", "deleteCompleted", "markAll")
RULES = {"unauthenticated": ("retrieve",), "authenticated": ("create", "retrieve"), "Editors": ALL}
"""What each role may do in the property of these tests."""
PASSWORD = "Secret-12"


def todo_with_accounts(folder: Path) -> Path:
    """The Todo app and the sign-in microapplication in one property, under `RULES`."""
    path = copy_app("todo", folder)
    shutil.copytree(APPS / "account" / "DeepAccount", path / "DeepAccount")
    for role, actions in RULES.items():
        statement = {"Effect": "Allow", "Action": [f"deep.todo:task:{action}" for action in actions], "Resource": ["deep.todo:task"]}
        document = json.dumps({"Version": "2015-10-07", "Statement": [statement]})
        (path / "DeepTodo" / "Data" / "Roles" / f"{role}.json").write_text(document, encoding="utf-8")
    return path


@contextmanager
def served(path: Path, *options: str) -> Iterator[LocalApp]:
    with serving(path, *options) as url:
        yield LocalApp(load_app(path), path, url)


def deepify_user(app: LocalApp, *arguments: str) -> None:
    """`deepify user`, as a developer types it beside the running platform."""
    subprocess.run([DEEPIFY, "user", *arguments, str(app.path)], check=True, capture_output=True, timeout=60)


class AccountPage:
    """One tab showing the property, nobody signed in yet."""

    def __init__(self, page: Page, app: LocalApp) -> None:
        self.page = page
        self.app = app
        self.dialog = page.get_by_role("dialog")
        self.alert = self.dialog.get_by_role("alert")
        self.bar = page.get_by_role("region", name="Account", exact=True)
        self.sign_in_button = self.bar.locator("> button", has_text="Sign in")
        self.new_todo = page.get_by_role("textbox", name="New todo")

    def open(self) -> AccountPage:
        """Loads the page and waits until the todos are there."""
        with self.page.expect_response("**/deep-todo/task/retrieve*"):
            self.page.goto(self.app.url)
        expect(self.bar.locator("> button")).to_be_visible()
        return self

    def fill(self, **fields: str) -> None:
        """Types into the dialog's fields by their names."""
        for name, value in fields.items():
            self.dialog.locator(f"[name={name}]").fill(value)

    def press(self, button: str) -> None:
        self.dialog.get_by_role("button", name=button, exact=True).click()

    def sign_up(self, username: str) -> None:
        """Makes an account and confirms it; the user is signed in after."""
        self.sign_in_button.click()
        self.press("Make an account")
        self.fill(username=username, email=f"{username}@example.com", newPassword=PASSWORD)
        self.press("Make the account")
        expect(self.dialog.get_by_role("heading", name="Confirm your account")).to_be_visible()
        self.fill(code=self.code(username))
        self.press("Confirm")
        self.expect_user(username)

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.sign_in_button.click()
        self.fill(username=username, password=password)
        self.press("Sign in")

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Your account").click()
        self.press("Sign out")
        expect(self.sign_in_button).to_be_visible()

    def expect_user(self, username: str) -> None:
        expect(self.page.get_by_role("button", name=f"Your account, {username}")).to_be_visible()
        expect(self.dialog).to_be_hidden()

    def code(self, username: str) -> str:
        """The last code that the platform told for a user."""
        told = re.findall(rf"code (\d+) for {username}@example\.com", log_of(self.app.path).read_text(encoding="utf-8"))
        assert told, f"no code was told for {username}"
        return str(told[-1])

    def call(self, action: str, payload: object = None, *, direct: bool = False) -> dict[str, object]:
        """Calls an action as a script of the page may, past all buttons -> status and what is told of an error."""
        script = """async ([action, payload, direct]) => {
          const request = DeepFramework.Kernel.get("resource").get("@deep.todo:task").request(action, payload ?? {}).skipPreValidation();
          const { statusCode, error } = await (direct ? request.useDirectCall() : request).send();
          return { status: statusCode, told: error?.message ?? null };
        }"""
        return dict(self.page.evaluate(script, [action, payload, direct]))

    def is_allowed(self, scope: str) -> bool:
        return bool(self.page.evaluate("scope => DeepFramework.Kernel.get('security').isAllowed(scope)", scope))

    def identity(self) -> str:
        return str(self.page.evaluate("DeepFramework.Kernel.get('security').token.identityId"))


class DeployedAccountPage(AccountPage):
    """The same over a user pool of ministack, which mails no code and takes any."""

    def code(self, username: str) -> str:
        return "123456"
