"""Named parameters: types and limits, where values come from, and that the tiers never leak into each other. Parity 37 and 38."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.model.conftest import Bench

PARAMETERS = "Shop/parameters.json"
ANSWERS = "Shop/.parameters.json"


def declared(**spec: Any) -> dict[str, Any]:
    return {PARAMETERS: {"backend": {"limit": spec}}}


def test_each_tier_holds_its_own_values_and_no_others(bench: Bench) -> None:
    """Parity 38."""
    files = {
        PARAMETERS: {"frontend": {"colour": {"default": "red"}}, "backend": {"mail|sender": {"default": "a@b.c"}, "mail|copy": {"default": "d@e.f"}}},
        "Root/parameters.json": {"globals": {"version": {"default": "1"}}, "frontend": {"own": {"default": 1, "type": "integer"}}},
    }
    app = bench.load(files)
    shop = app.microapp("acme.shop")
    assert shop.frontend_parameters == {"colour": "red"}
    assert shop.backend_parameters == {"mail": {"sender": "a@b.c", "copy": "d@e.f"}}
    assert shop.globals == {}
    assert (app.root.globals, app.root.frontend_parameters, app.root.backend_parameters) == ({"version": "1"}, {"own": 1}, {})


def test_a_value_is_the_environments_then_the_answers_then_the_default(bench: Bench) -> None:
    files = {**declared(type="integer", default=1), ANSWERS: {"backend": {"limit": 2}}}
    variable = {"DEEP_PARAMETER_ACME_SHOP_BACKEND_LIMIT": "3"}
    found = [
        bench.load(declared(type="integer", default=1)).microapp("acme.shop").parameters[0],
        bench.load(files).microapp("acme.shop").parameters[0],
        bench.load(files, environ=variable).microapp("acme.shop").parameters[0],
    ]
    assert [(parameter.value, parameter.origin) for parameter in found] == [(1, "default"), (2, "answers"), (3, "environment")]


@pytest.mark.parametrize("answers", [{"mail|sender": "x@y.z"}, {"mail": {"sender": "x@y.z"}}])
def test_answers_may_nest_either_way(bench: Bench, answers: dict[str, Any]) -> None:
    app = bench.load({PARAMETERS: {"backend": {"mail|sender": {"required": True}}}, ANSWERS: {"backend": answers}})
    assert app.microapp("acme.shop").backend_parameters == {"mail": {"sender": "x@y.z"}}


def test_an_optional_parameter_without_a_value_is_left_out(bench: Bench) -> None:
    app = bench.load(declared(type="string"))
    assert app.microapp("acme.shop").backend_parameters == {}
    assert app.microapp("acme.shop").parameters[0].origin == "none"


def test_a_required_parameter_without_a_value_names_the_file_to_write(bench: Bench) -> None:
    """Parity 37."""
    problem = bench.problem(declared(required=True, example="5"))
    assert (problem.code, str(problem.place)) == ("missing-parameter", "Shop/parameters.json:3:5")
    assert problem.help == 'write {"backend": {"limit": "5"}} to Shop/.parameters.json, or set DEEP_PARAMETER_ACME_SHOP_BACKEND_LIMIT'


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^a"}, "abc"),
        ({"type": "number", "minimum": 0, "maximum": 1}, 0.5),
        ({"type": "integer"}, 7),
        ({"type": "boolean"}, False),
        ({"type": "date"}, "2016-02-12"),
        ({"type": "date"}, "Fri, 12 Feb 2016 12:20:55 GMT"),
        ({"type": "file"}, "logo.png"),
        ({"enum": ["a", "b"]}, "b"),
        ({"type": "integer", "repeat": True, "maximum": 3}, [1, 2, 3]),
    ],
)
def test_values_that_fit(bench: Bench, spec: dict[str, Any], value: Any) -> None:
    """Parity 37."""
    app = bench.load({**declared(**spec), ANSWERS: {"backend": {"limit": value}}})
    assert app.microapp("acme.shop").backend_parameters == {"limit": value}


@pytest.mark.parametrize(
    ("spec", "value", "told"),
    [
        ({"type": "string"}, 1, "is 1, expected a string"),
        ({"minLength": 2}, "a", "has 1 characters, expected at least 2"),
        ({"maxLength": 2}, "abc", "has 3 characters, expected at most 2"),
        ({"pattern": "^a"}, "b", 'is "b", which does not match ^a'),
        ({"type": "number", "minimum": 1, "maximum": 5}, 9, "is 9, expected 1 to 5"),
        ({"type": "integer"}, 1.5, "is 1.5, expected a whole number"),
        ({"type": "integer"}, True, "is true, expected a whole number"),
        ({"type": "boolean"}, "true", 'is "true", expected true or false'),
        ({"type": "date"}, "12.2.", 'is "12.2.", expected a date such as 2016-02-12 or Fri, 12 Feb 2016 12:20:55 GMT'),
        ({"enum": ["a", "b"]}, "c", 'is "c", expected one of "a", "b"'),
        ({"repeat": True}, "a", "is a string, expected an array, as it may repeat"),
        ({"repeat": True, "type": "integer"}, [1, "b"], 'is "b", expected a whole number'),
    ],
)
def test_values_that_do_not_fit(bench: Bench, spec: dict[str, Any], value: Any, told: str) -> None:
    """Item 22: the way of the value and what is allowed, at the place of the answer."""
    problem = bench.problem({**declared(**spec), ANSWERS: {"backend": {"limit": value}}})
    assert (problem.code, problem.message) == ("wrong-parameter", f"the value of backend parameter limit {told}")
    assert problem.place is not None
    assert problem.place.file == ANSWERS


def test_a_default_that_does_not_fit_is_told_where_it_is_written(bench: Bench) -> None:
    problem = bench.problem({PARAMETERS: {"backend": {"mail|limit": {"type": "integer", "default": "x"}}}})
    assert (problem.message, str(problem.place)) == (
        'the value of backend parameter mail.limit is "x", expected a whole number',
        "Shop/parameters.json:5:18",
    )


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("integer", "7", 7),
        ("number", "0.5", 0.5),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("string", "7", "7"),
        ("date", "2016-02-12", "2016-02-12"),
    ],
)
def test_text_of_the_environment_becomes_a_value(bench: Bench, type_: str, text: str, value: Any) -> None:
    app = bench.load(declared(type=type_), environ={"DEEP_PARAMETER_ACME_SHOP_BACKEND_LIMIT": text})
    assert app.microapp("acme.shop").parameters[0].value == value


def test_text_of_the_environment_that_is_no_value_is_told_with_the_variable(bench: Bench) -> None:
    (problem,) = bench.problems(declared(type="integer"), environ={"DEEP_PARAMETER_ACME_SHOP_BACKEND_LIMIT": "many"})
    assert (problem.message, problem.help) == (
        'the value of backend parameter limit is "many", expected a whole number',
        "it is set by DEEP_PARAMETER_ACME_SHOP_BACKEND_LIMIT",
    )


def test_a_list_of_the_environment_is_divided_by_commas(bench: Bench) -> None:
    app = bench.load(declared(type="integer", repeat=True), environ={"DEEP_PARAMETER_ACME_SHOP_BACKEND_LIMIT": "1,2"})
    assert app.microapp("acme.shop").parameters[0].value == [1, 2]


@pytest.mark.parametrize(
    ("files", "code", "help_"),
    [
        ({PARAMETERS: {"globals": {"a": {}}}}, "globals-outside-root", "move them to the root microapplication, or to frontend and backend"),
        ({**declared(), ANSWERS: {"backend": {"limt": 1}}}, "unknown-parameter", 'did you mean "limit"?'),
        ({PARAMETERS: {"backend": {"a": {}, "a|b": {}}}}, "conflicting-parameter", "rename one"),
        (declared(pattern="("), "wrong-pattern", None),
        (declared(tpye="string"), "unknown-field", 'did you mean "type"?'),
        (declared(type="strng"), "unknown-value", 'did you mean "string"?'),
        ({PARAMETERS: {"backnd": {}}}, "unknown-field", 'did you mean "backend"?'),
        ({PARAMETERS: {"backend": {"a|": {}}}}, "wrong-text", 'such as "a"'),
    ],
)
def test_mistakes_in_the_declaration(bench: Bench, files: dict[str, Any], code: str, help_: str | None) -> None:
    problem = bench.problem(files)
    assert (problem.code, problem.help) == (code, help_)
