"""The Todo app without a mouse, and as a screen reader hears it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.todo_page import TodoPage


def test_everything_by_keyboard(todo: TodoPage) -> None:
    keyboard = todo.page.keyboard
    todo.add("milk", "bread")
    _tab(todo, 2)
    expect(todo.page.get_by_role("checkbox", name="milk")).to_be_focused()
    with todo.saving("update"):
        keyboard.press("Space")
    _tab(todo, 1)
    expect(todo.page.get_by_role("button", name="Edit milk")).to_be_focused()
    keyboard.press("Enter")
    expect(todo.edit_input).to_be_focused()
    keyboard.press("End")
    keyboard.type("shake")
    with todo.saving("update"):
        keyboard.press("Enter")
    expect(todo.page.get_by_role("checkbox", name="milkshake")).to_be_focused()
    _tab(todo, 2)
    expect(todo.page.get_by_role("button", name="Delete milkshake")).to_be_focused()
    with todo.saving("delete"):
        keyboard.press("Enter")
    expect(todo.new_todo).to_be_focused()


def test_what_a_screen_reader_hears(todo: TodoPage) -> None:
    todo.add("milk")
    todo.toggle("milk")
    expect(todo.page.get_by_role("checkbox", name="milk")).to_be_checked()
    expect(todo.page.get_by_role("status")).to_have_text("0 items left")
    expect(todo.page.locator("[aria-current=page]")).to_have_text(["All"])
    expect(todo.page.get_by_role("main")).to_have_count(1)
    expect(todo.page.get_by_role("complementary", name="Learn more")).to_contain_text("What it stands on")


def _tab(todo: TodoPage, times: int) -> None:
    for _ in range(times):
        todo.page.keyboard.press("Tab")
