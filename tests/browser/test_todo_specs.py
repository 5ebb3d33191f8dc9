"""The fourteen end-to-end specifications of the original Todo app, by their names. Parity 144."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewTab
from tests.browser.todo_page import TodoPage

COMPLETED = re.compile(r"\bcompleted\b")


def test_adding_new_task(todo: TodoPage) -> None:
    todo.add("milk")
    expect(todo.titles).to_have_text(["milk"])
    todo.add("bread")
    expect(todo.titles).to_have_text(["milk", "bread"])
    expect(todo.new_todo).to_be_focused()


def test_clear_completed(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    expect(todo.clear_completed).to_be_hidden()
    todo.toggle("milk")
    todo.clear()
    expect(todo.titles).to_have_text(["bread"])
    expect(todo.clear_completed).to_be_hidden()
    todo.reload()
    expect(todo.titles).to_have_text(["bread"])


def test_deleting_tasks(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.delete("milk")
    expect(todo.titles).to_have_text(["bread"])
    todo.delete("bread")
    expect(todo.items).to_have_count(0)


def test_filter_tasks_active(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.toggle("milk")
    todo.filter("Active").click()
    expect(todo.titles).to_have_text(["bread"])
    todo.toggle("bread")
    expect(todo.items).to_have_count(0)


def test_filter_tasks_all(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.toggle("milk")
    todo.filter("Completed").click()
    todo.filter("All").click()
    expect(todo.titles).to_have_text(["milk", "bread"])


def test_filter_tasks_completed(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.toggle("milk")
    todo.filter("Completed").click()
    expect(todo.titles).to_have_text(["milk"])


def test_marking_tasks_completed(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.toggle("bread")
    expect(todo.item("bread")).to_have_class(COMPLETED)
    expect(todo.item("milk")).not_to_have_class(COMPLETED)
    todo.toggle("bread")
    expect(todo.item("bread")).not_to_have_class(COMPLETED)


def test_task_editing(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.begin_edit("milk")
    todo.edit_input.fill("oat milk")
    with todo.saving("update"):
        todo.edit_input.press("Enter")
    expect(todo.titles).to_have_text(["oat milk", "bread"])
    expect(todo.edit_input).to_be_hidden()


def test_task_editing_empty(todo: TodoPage) -> None:
    """An emptied title deletes, and only deletes. Parity 146."""
    todo.add("milk", "bread")
    todo.begin_edit("milk")
    todo.edit_input.fill("   ")
    with todo.saving("delete"):
        todo.edit_input.press("Enter")
    assert todo.calls_during(300) == []
    expect(todo.titles).to_have_text(["bread"])
    todo.reload()
    expect(todo.titles).to_have_text(["bread"])


def test_tasks_number_decrease(todo: TodoPage) -> None:
    todo.add("milk", "bread", "eggs")
    todo.toggle("milk")
    expect(todo.count).to_have_text("2 items left")
    todo.delete("bread")
    expect(todo.count).to_have_text("1 item left")
    todo.toggle("eggs")
    expect(todo.count).to_have_text("0 items left")


def test_tasks_number_increase(todo: TodoPage) -> None:
    todo.add("milk")
    expect(todo.count).to_have_text("1 item left")
    todo.add("bread")
    expect(todo.count).to_have_text("2 items left")
    expect(todo.count.locator("strong")).to_have_text("2")


def test_tasks_number_select_all(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.mark_all()
    expect(todo.count).to_have_text("0 items left")
    expect(todo.toggle_all).to_be_checked()
    todo.toggle("milk")
    expect(todo.toggle_all).not_to_be_checked()
    todo.toggle("milk")
    expect(todo.toggle_all).to_be_checked()
    todo.mark_all()
    expect(todo.count).to_have_text("2 items left")
    todo.reload()
    expect(todo.count).to_have_text("2 items left")


def test_validate_controls(todo: TodoPage) -> None:
    expect(todo.page).to_have_title("DEEP Framework • TodoMVC")
    expect(todo.page.get_by_role("heading", name="todos")).to_be_visible()
    expect(todo.new_todo).to_be_focused()
    expect(todo.new_todo).to_have_attribute("placeholder", "What needs to be done?")
    expect(todo.main).to_be_hidden()
    expect(todo.footer).to_be_hidden()
    expect(todo.page.locator(".info p")).to_have_text(["Double-click to edit a todo", "Written by Mitoc Group", "Part of TodoMVC"])
    todo.add("milk")
    expect(todo.toggle_all).to_be_attached()
    expect(todo.page.locator(".filters a")).to_have_text(["All", "Active", "Completed"])


def test_page_reopening(todo: TodoPage, new_tab: NewTab) -> None:
    todo.add("milk", "bread")
    todo.toggle("bread")
    todo.page.close()
    reopened = TodoPage(new_tab(), todo.url).open()
    expect(reopened.titles).to_have_text(["milk", "bread"])
    expect(reopened.item("bread")).to_have_class(COMPLETED)
