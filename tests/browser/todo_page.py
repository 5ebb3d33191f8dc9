"""The Todo app's page by what a user does and sees. The class names are those of TodoMVC's template."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect


class TodoPage:
    """One tab showing the Todo app."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.new_todo = page.get_by_role("textbox", name="New todo")
        self.items = page.locator(".todo-list li")
        self.titles = page.locator(".todo-list li .view label")
        self.edit_input = page.locator(".todo-list li.editing .edit")
        self.toggle_all = page.get_by_role("checkbox", name="Mark all as complete")
        self.main = page.locator(".main")
        self.footer = page.locator(".footer")
        self.count = page.locator(".todo-count")
        self.clear_completed = page.get_by_role("button", name="Clear completed")

    def open(self, route: str = "") -> TodoPage:
        """Loads the page and waits until it has fetched the todos."""
        with self.page.expect_response("**/deep-todo/task/retrieve*"):
            self.page.goto(f"{self.url}/{route}")
        expect(self.new_todo).to_be_enabled()
        return self

    def reload(self) -> None:
        with self.page.expect_response("**/deep-todo/task/retrieve*"):
            self.page.reload()

    def add(self, *titles: str) -> None:
        """Types each title and Enter, as fast as the page takes them."""
        for title in titles:
            self.new_todo.fill(title)
            with self.saving("create"):
                self.new_todo.press("Enter")
            expect(self.new_todo).to_have_value("")

    def item(self, title: str) -> Locator:
        return self.items.filter(has=self.page.get_by_text(title, exact=True))

    def toggle(self, title: str) -> None:
        """Clicks the checkbox and waits for the save, which comes 200 ms later."""
        with self.saving("update"):
            self.item(title).get_by_role("checkbox").click()

    def mark_all(self) -> None:
        """Clicks the arrow above the list and waits for the save, which comes 400 ms later."""
        with self.saving("markAll"):
            self.page.get_by_text("Mark all as complete").click()

    def begin_edit(self, title: str) -> None:
        self.titles.get_by_text(title, exact=True).or_(self.titles.filter(has_text=title)).first.dblclick()
        expect(self.edit_input).to_be_focused()

    def delete(self, title: str) -> None:
        item = self.item(title)
        item.hover()
        with self.saving("delete"):
            item.get_by_role("button", name=f"Delete {title}").click()

    def filter(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def clear(self) -> None:
        with self.saving("deleteCompleted"):
            self.clear_completed.click()

    @contextmanager
    def saving(self, action: str) -> Iterator[None]:
        """Runs a block that makes the page call an action, and waits until that was answered well."""
        with self.page.expect_response(f"**/deep-todo/task/{action}*") as answered:
            yield
        assert answered.value.ok, f"{action} answered {answered.value.status}: {answered.value.text()}"

    def calls_during(self, milliseconds: int) -> list[str]:
        """The actions that the page calls within the next moment; to show that it calls none."""
        calls: list[str] = []
        self.page.on("request", lambda request: calls.append(request.url) if "/deep-todo/task/" in request.url else None)
        self.page.wait_for_timeout(milliseconds)
        return calls
