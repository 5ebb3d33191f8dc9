"""That what the page shows is what the table holds: over reloads, tabs and failures."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import NewTab
from tests.browser.todo_page import TodoPage


def test_reload_keeps_titles_order_and_state(todo: TodoPage) -> None:
    todo.add("milk", "bread", "eggs")
    todo.toggle("bread")
    todo.reload()
    expect(todo.titles).to_have_text(["milk", "bread", "eggs"])
    expect(todo.page.locator(".todo-list li.completed label")).to_have_text(["bread"])


def test_a_click_right_before_reload_is_kept(todo: TodoPage) -> None:
    """The page waits 200 ms for further clicks, and saves at once when it is left meanwhile."""
    todo.add("milk")
    todo.item("milk").get_by_role("checkbox").click()
    todo.reload()
    todo.page.wait_for_timeout(300)
    todo.reload()
    expect(todo.item("milk")).to_have_class(re.compile("completed"))


def test_another_tab_shows_changes_after_reload(todo: TodoPage, new_tab: NewTab) -> None:
    todo.add("milk")
    other = TodoPage(new_tab(), todo.url).open()
    expect(other.titles).to_have_text(["milk"])
    other.add("bread")
    todo.reload()
    expect(todo.titles).to_have_text(["milk", "bread"])


def test_another_tab_shows_changes_when_it_is_looked_at(todo: TodoPage, new_tab: NewTab) -> None:
    todo.add("milk", "bread")
    other = TodoPage(new_tab(), todo.url).open()
    other.delete("milk")
    todo.page.bring_to_front()
    todo.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(todo.titles).to_have_text(["bread"])


def test_changing_what_another_tab_deleted_brings_no_ghost_back(todo: TodoPage, new_tab: NewTab, complaints: list[str]) -> None:
    todo.add("milk")
    other = TodoPage(new_tab(), todo.url).open()
    other.delete("milk")
    todo.item("milk").get_by_role("checkbox").click()
    expect(todo.page.get_by_role("alert")).to_be_visible()
    todo.reload()
    expect(todo.items).to_have_count(0)
    complaints.clear()  # the browser notes the 404


def test_a_failed_save_is_taken_back_and_told(todo: TodoPage, complaints: list[str]) -> None:
    todo.add("milk")
    todo.page.route("**/deep-todo/task/update", _refuse)
    todo.item("milk").get_by_role("checkbox").click()
    expect(todo.page.get_by_role("alert")).to_contain_text("It could not be saved: the table is asleep")
    expect(todo.item("milk").get_by_role("checkbox")).not_to_be_checked()
    todo.page.get_by_role("button", name="Dismiss").click()
    expect(todo.page.get_by_role("alert")).to_be_hidden()
    complaints.clear()  # the browser notes the 500


def test_a_title_that_could_not_be_saved_stays_in_the_input(todo: TodoPage, complaints: list[str]) -> None:
    todo.page.route("**/deep-todo/task/create", _refuse)
    todo.new_todo.fill("milk")
    todo.new_todo.press("Enter")
    expect(todo.page.get_by_role("alert")).to_be_visible()
    expect(todo.new_todo).to_have_value("milk")
    expect(todo.items).to_have_count(0)
    complaints.clear()  # the browser notes the 500


def _refuse(route: Route) -> None:
    route.fulfill(status=500, json={"errorType": "DatabaseOperationError", "errorMessage": "the table is asleep"})
