"""What typing does, beyond the original's specifications: TodoMVC's rules for new and edited titles. Parity 146."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.todo_page import TodoPage


def test_new_title_is_trimmed(todo: TodoPage) -> None:
    todo.add("  milk \t")
    todo.reload()
    expect(todo.items).to_have_count(1)
    assert todo.titles.all_text_contents() == ["milk"]  # `expect` would not mind the blanks


def test_blank_new_title_creates_nothing(todo: TodoPage) -> None:
    todo.new_todo.fill("   ")
    todo.new_todo.press("Enter")
    assert todo.calls_during(300) == []
    expect(todo.items).to_have_count(0)


def test_edited_title_is_trimmed(todo: TodoPage) -> None:
    todo.add("milk")
    todo.begin_edit("milk")
    todo.edit_input.fill("  oat milk ")
    with todo.saving("update"):
        todo.edit_input.press("Enter")
    assert todo.titles.all_text_contents() == ["oat milk"]


def test_leaving_the_input_saves(todo: TodoPage) -> None:
    todo.add("milk")
    todo.begin_edit("milk")
    todo.edit_input.fill("oat milk")
    with todo.saving("update"):
        todo.page.get_by_role("heading", name="todos").click()
    expect(todo.titles).to_have_text(["oat milk"])


def test_enter_saves_once(todo: TodoPage) -> None:
    todo.add("milk")
    todo.begin_edit("milk")
    todo.edit_input.fill("oat milk")
    with todo.saving("update"):
        todo.edit_input.press("Enter")
    assert todo.calls_during(300) == []


def test_escape_gives_the_edit_up(todo: TodoPage) -> None:
    todo.add("milk")
    todo.begin_edit("milk")
    todo.edit_input.fill("oat milk")
    todo.edit_input.press("Escape")
    assert todo.calls_during(300) == []
    expect(todo.titles).to_have_text(["milk"])
    todo.begin_edit("milk")
    expect(todo.edit_input).to_have_value("milk")


def test_unchanged_title_asks_nothing(todo: TodoPage) -> None:
    todo.add("milk")
    todo.begin_edit("milk")
    todo.edit_input.press("Enter")
    assert todo.calls_during(300) == []


def test_editing_hides_the_other_controls(todo: TodoPage) -> None:
    todo.add("milk")
    todo.begin_edit("milk")
    expect(todo.items.first.locator(".toggle")).to_be_hidden()
    expect(todo.items.first.locator(".destroy")).to_be_hidden()


def test_title_is_text_not_markup(todo: TodoPage) -> None:
    todo.add("<img src=x onerror=document.title='broken'> & <b>bold</b>")
    todo.reload()
    expect(todo.titles).to_have_text(["<img src=x onerror=document.title='broken'> & <b>bold</b>"])
    expect(todo.page).to_have_title("DEEP Framework • TodoMVC")


def test_input_is_locked_while_saving(todo: TodoPage) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    todo.page.route("**/deep-todo/task/create", hold)
    todo.new_todo.fill("milk")
    with todo.saving("create"):
        todo.new_todo.press("Enter")
        expect(todo.new_todo).to_be_disabled()
        expect(todo.new_todo).to_have_value("milk")
        held.pop().continue_()
    expect(todo.new_todo).to_be_enabled()
    expect(todo.new_todo).to_have_value("")
    expect(todo.new_todo).to_be_focused()
