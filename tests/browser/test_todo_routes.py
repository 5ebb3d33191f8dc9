"""The three views and their addresses, as TodoMVC's specification wants them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewTab
from tests.browser.todo_page import TodoPage

VIEWS = [("All", "#/"), ("Active", "#/active"), ("Completed", "#/completed")]


@pytest.mark.parametrize(("name", "route"), VIEWS)
def test_a_view_has_an_address_and_survives_reload(todo: TodoPage, name: str, route: str) -> None:
    todo.add("milk")
    todo.filter(name).click()
    expect(todo.page).to_have_url(f"{todo.url}/{route}")
    todo.reload()
    expect(todo.page.locator(".filters a.selected")).to_have_text([name])


def test_address_opens_its_view(todo: TodoPage, new_tab: NewTab) -> None:
    todo.add("milk", "bread")
    todo.toggle("milk")
    fresh = TodoPage(new_tab(), todo.url).open("#/completed")
    expect(fresh.titles).to_have_text(["milk"])


def test_back_button_walks_through_the_views(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.toggle("milk")
    todo.filter("Active").click()
    todo.filter("Completed").click()
    expect(todo.titles).to_have_text(["milk"])
    todo.page.go_back()
    expect(todo.titles).to_have_text(["bread"])
    todo.page.go_back()
    expect(todo.titles).to_have_text(["milk", "bread"])
    todo.page.go_forward()
    expect(todo.page).to_have_url(re.compile("#/active$"))


def test_marking_all_in_a_view_marks_what_it_hides_too(todo: TodoPage) -> None:
    todo.add("milk", "bread")
    todo.toggle("milk")
    todo.filter("Active").click()
    todo.mark_all()
    expect(todo.items).to_have_count(0)
    expect(todo.count).to_have_text("0 items left")
