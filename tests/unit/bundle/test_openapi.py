"""The API as an OpenAPI document, and schemas of draft 7 in the words of 2020-12, with the same meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from deep.bundle.openapi import modern, openapi_document
from deep.errors import Place
from deep.model import App, Model, load_app
from tests.unit.bundle.site_apps import action, app, microapp, schema, task, two_microapps

APPS = Path(__file__).parents[3] / "apps"
QUERY = {"type": "object", "properties": {"Id": {"type": "string"}, "a/b~c": {"type": "number"}}, "required": ["Id"]}


def api(tmp_path: Path, *actions: Any, **changes: Any) -> dict[str, Any]:
    return openapi_document(two_microapps(tmp_path, resources=task(*actions), **changes))


def test_every_route_is_there_with_its_methods_and_nothing_else(tmp_path: Path) -> None:
    far = action("far", type="external", url="https://a.example", source=None)
    document = api(tmp_path, action("read", methods=("GET", "PUT")), action("hidden", scope="private"), far)
    assert {path: list(methods) for path, methods in document["paths"].items()} == {"/deep-todo/task/read": ["get", "put", "head"]}
    assert document["paths"]["/deep-todo/task/read"]["get"]["operationId"] == "deep.todo.task.read.get"


def test_who_is_let_in_is_said_for_each(tmp_path: Path) -> None:
    document = api(tmp_path, action("a"), action("b", authorization="NONE"), action("c", key_required=True))
    security = [document["paths"][f"/deep-todo/task/{name}"]["post"]["security"] for name in "abc"]
    assert security == [[{"signature": []}], [{}], [{"signature": [], "key": []}]]


def test_input_is_a_body_or_a_query(tmp_path: Path) -> None:
    document = api(tmp_path, action("find", methods=("GET", "POST"), validation_schema="Query"), validations=(schema("Query", QUERY),))
    path = document["paths"]["/deep-todo/task/find"]
    home = "#/components/schemas/QueryInput"
    assert path["post"]["requestBody"] == {"content": {"application/json": {"schema": {"$ref": home}}}, "required": True}
    assert path["get"]["parameters"] == [
        {"name": "Id", "in": "query", "required": True, "schema": {"$ref": f"{home}/properties/Id"}},
        {"name": "a/b~c", "in": "query", "required": False, "schema": {"$ref": f"{home}/properties/a~1b~0c"}},
    ]
    assert document["components"]["schemas"]["QueryInput"] == QUERY


def test_a_models_own_schema_serves_where_it_is_named(tmp_path: Path) -> None:
    root = microapp(tmp_path / "DeepRoot", "deep.root", is_root=True)
    todo = microapp(tmp_path / "DeepTodo", "deep.todo", resources=task(action("create", validation_schema="Todo")))
    made = app(root, todo, models=(Model("Todo", {"Title": "string"}, (), {}, Place("x", 1, 1)),))
    found = openapi_document(made)["components"]["schemas"]["TodoInput"]
    assert (found["type"], "$schema" in found, "Title" in found["properties"]) == ("object", False, True)


@pytest.mark.parametrize("name", ["hello-world", "todo"])
def test_the_repositorys_apps_have_one_without_loose_ends(name: str) -> None:
    document = openapi_document(load_app(APPS / name, environ={}))
    for reference in _references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) > 0


def test_no_parameter_and_no_key_is_in_it(tmp_path: Path) -> None:
    text = str(api(tmp_path, action("a", key_required=True), backend_parameters={"apiSecret": "hunter2"}))
    assert "hunter2" not in text
    assert "/nowhere" not in text


TUPLE = {"type": "array", "items": [{"type": "string"}, {"type": "number"}], "additionalItems": {"type": "boolean"}}
DEPENDS = {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}
REFERS = {"definitions": {"n": {"type": "number"}}, "properties": {"x": {"$ref": "#/definitions/n"}, "y": {"$ref": "#"}}}
NAMED = {"properties": {"items": {"type": "string"}, "$ref": {"const": 1}, "dependencies": {"enum": [{"$ref": "x"}]}}}
LISTS = {"type": "array", "items": {"type": "string"}, "additionalItems": False}
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "d", "x", "y", "items", "$ref", "dependencies"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("old", [TUPLE, DEPENDS, REFERS, NAMED, LISTS, QUERY], ids=["tuple", "depends", "refers", "named", "lists", "query"])
@given(data=DATA)
def test_a_schema_of_today_means_what_the_old_one_meant(old: dict[str, Any], data: Any) -> None:
    home = {"$ref": "#/components/schemas/XInput", "components": {"schemas": {"XInput": modern(old, "#/components/schemas/XInput")}}}
    assert Draft202012Validator(home).is_valid(data) is Draft7Validator(old).is_valid(data)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for child in value.values() for found in _references(child)]
    return [found for child in value for found in _references(child)] if isinstance(value, list) else []


def test_an_app_without_a_backend_has_an_empty_one(tmp_path: Path) -> None:
    made: App = two_microapps(tmp_path)
    assert openapi_document(made)["paths"] == {}
