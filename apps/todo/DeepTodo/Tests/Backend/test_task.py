"""The six microservices of `deep.todo:task`. Parity 145."""

import pytest

NOBODY = "0190a5c8-0000-7000-8000-000000000000"


def test_create_stores_the_todo(task):
    status, todo = task("POST", "create", {"Title": "milk"})
    assert status == 200
    assert todo == {"Id": todo["Id"], "Title": "milk", "Completed": False, "createdAt": todo["createdAt"], "updatedAt": todo["createdAt"]}
    assert task("GET", "retrieve", {"Id": todo["Id"]}) == (200, todo)


def test_create_keeps_no_field_the_model_does_not_have(task):
    _, todo = task("POST", "create", {"Title": "milk", "Colour": "white", "Id": "mine"})
    assert "Colour" not in todo
    assert todo["Id"] != "mine"


@pytest.mark.parametrize("payload", [{}, {"Title": ""}, {"Title": "  "}, {"Title": " milk"}, {"Title": 5}, {"Title": "milk", "Completed": "yes"}, []])
def test_create_refuses_what_is_no_todo(task, payload):
    status, error = task("POST", "create", payload)
    assert status == 400
    assert error["errorType"] == "ValidationError"


def test_retrieve_answers_all(task, todo):
    status, todos = task("GET", "retrieve", {})
    assert status == 200
    assert todo in todos


def test_retrieve_of_an_unknown_id(task):
    assert task("GET", "retrieve", {"Id": NOBODY})[0] == 404


def test_update_changes_what_is_given_and_leaves_the_rest(task, todo):
    status, changed = task("PUT", "update", {"Id": todo["Id"], "Completed": True})
    assert status == 200
    assert changed == {**todo, "Completed": True, "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] >= todo["updatedAt"]


def test_update_of_an_unknown_id_makes_no_ghost(task):
    assert task("PUT", "update", {"Id": NOBODY, "Title": "boo"})[0] == 404
    assert task("GET", "retrieve", {"Id": NOBODY})[0] == 404


@pytest.mark.parametrize("change", [{}, {"Title": " "}, {"Title": ""}, {"Completed": None}])
def test_update_refuses_what_is_no_change(task, todo, change):
    assert task("PUT", "update", {"Id": todo["Id"], **change})[0] == 400


def test_delete_may_be_repeated(task, todo):
    for _ in range(2):
        assert task("DELETE", "delete", {"Id": todo["Id"]}) == (200, {})
    assert task("GET", "retrieve", {"Id": todo["Id"]})[0] == 404


def test_delete_needs_an_id(task):
    assert task("DELETE", "delete", {})[0] == 400


def test_delete_completed_answers_for_each(task, todo):
    ids = [todo["Id"], NOBODY]
    assert task("POST", "deleteCompleted", ids) == (200, {"results": [{"Id": each, "ok": True} for each in ids]})
    assert task("GET", "retrieve", {"Id": todo["Id"]})[0] == 404


def test_mark_all_answers_for_each_and_stops_at_none(task, todo):
    status, answer = task("POST", "markAll", [{"Id": NOBODY, "Completed": True}, {"Id": todo["Id"], "Completed": True}])
    failed, marked = answer["results"]
    assert status == 200
    assert (failed["Id"], failed["ok"]) == (NOBODY, False)
    assert NOBODY in failed["error"]
    assert marked == {"Id": todo["Id"], "ok": True}
    assert task("GET", "retrieve", {"Id": todo["Id"]})[1]["Completed"] is True


@pytest.mark.parametrize("action", ["deleteCompleted", "markAll"])
def test_bulk_actions_take_a_list_and_only_a_list(task, action):
    assert task("POST", action, []) == (200, {"results": []})
    assert task("POST", action, {"Id": NOBODY})[0] == 400


@pytest.mark.parametrize(("method", "action"), [("GET", "create"), ("POST", "retrieve"), ("POST", "update"), ("GET", "deleteCompleted")])
def test_actions_answer_to_their_methods_only(task, method, action):
    assert task(method, action, {})[0] == 405
