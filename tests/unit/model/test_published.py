"""What is published of the formats, schemas for editors and tables for people, is what the checks check."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from deep.model.checks import check
from deep.model.formats import FORMATS, Format
from deep.model.json_schema import json_schema
from deep.model.nearest import did_you_mean, nearest
from deep.model.reader import read_json
from deep.model.shape import Again, Anything, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text, sample
from tools.model_docs import published

REPOSITORY = Path(__file__).parents[3]


@pytest.mark.parametrize("path", published(), ids=lambda path: path.name)
def test_the_reference_is_fresh(path: Path) -> None:
    assert path.read_text() == published()[path], "run python tools/model_docs.py"


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_a_schema_is_a_schema_and_takes_the_least_file(format_: Format) -> None:
    schema = json_schema(format_)
    Draft7Validator.check_schema(schema)
    assert Draft7Validator(schema).is_valid(sample(format_.shape))


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    """Values that fit a shape, or nearly: each also comes with what does not belong there."""
    wrong = st.sampled_from([None, True, -1, 1.5, "", "wrong text", [], [1, 1], {}, {"unknown": 1}])
    return st.one_of(_right(shape), _right(shape), _right(shape), wrong)


def _right(shape: Shape) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a return for each word of the vocabulary
    match shape:
        case Text():
            return st.sampled_from(shape.choices) if shape.choices else st.sampled_from([shape.sample, "1.2.3", "deep.todo", "x"])
        case Number():
            return st.integers(int(shape.minimum or 0), int(min(shape.maximum or 99, 99999)))
        case Flag():
            return st.booleans()
        case Anything():
            return st.sampled_from([1, "x", [None]])
        case ListOf():
            return st.lists(values_of(shape.item), max_size=3)
        case MapOf():
            special = {name: values_of(field.shape) for name, field in shape.special.items()}
            members = st.dictionaries(
                st.sampled_from(["Alpha", "beta-2", "x-own", "//", "with space", *shape.key.choices]), values_of(shape.value), max_size=3
            )
            return st.builds(lambda one, other: {**one, **other}, members, st.fixed_dictionaries({}, optional=special))
        case OneOf():
            return st.one_of([values_of(one) for one in shape.shapes])
        case Again():
            return _again(shape)
        case Record():
            required = [name for name, field in shape.fields.items() if field.required]
            names = st.lists(st.sampled_from(sorted(shape.fields)), max_size=3, unique=True)
            return names.flatmap(lambda more: st.fixed_dictionaries({name: values_of(shape.fields[name].shape) for name in {*required, *more}}))


@cache
def _again(shape: Again) -> st.SearchStrategy[Any]:
    """One strategy for a shape that holds itself, which thereby holds itself too."""
    return st.deferred(lambda: values_of(shape.get()))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_the_published_schema_and_the_checks_agree(format_: Format) -> None:
    """One rule, written once: what an editor accepts, `deepify` accepts, and the other way round."""
    validator = Draft7Validator(json_schema(format_))

    @settings(max_examples=100, deadline=None)
    @given(values_of(format_.shape))
    def agree(value: Any) -> None:
        document = read_json("x.json", json.dumps(value).encode())
        assert validator.is_valid(value) == (check(document, format_.shape)[1] == [])

    agree()


@pytest.mark.parametrize("path", sorted((REPOSITORY / "apps").glob("*/*/deepkg.json")), ids=str)
def test_the_files_of_our_own_apps_satisfy_the_published_schemas(path: Path) -> None:
    schemas = {format_.name: Draft7Validator(json_schema(format_)) for format_ in FORMATS}
    found = {"deepkg": [path], "resources": [*path.parent.glob("*ackend/resources.json")], "parameters": [*path.parent.glob("parameters.json")]}
    found["model"] = [*path.parent.glob("Data/Models/*.json")]
    found["role"] = [*path.parent.glob("Data/Roles/*.json")]
    for name, files in found.items():
        for file in files:
            assert not list(schemas[name].iter_errors(json.loads(file.read_text()))), file


@pytest.mark.parametrize(
    ("name", "known", "best"),
    [
        ("identifer", ["identifier", "description"], "identifier"),
        ("creat", ["create", "created", "retrieve"], "create"),
        ("TODO", ["Todo", "Task"], "Todo"),
        ("delete_completed", ["deleteCompleted", "delete"], "deleteCompleted"),
        ("xyz", ["Todo", "Task"], None),
        ("a" * 10_000, ["a"], None),
        ("", ["a"], None),
    ],
)
def test_did_you_mean_finds_the_nearest_name_and_no_far_one(name: str, known: list[str], best: str | None) -> None:
    assert nearest(name, known) == best


def test_without_a_near_name_the_names_are_listed() -> None:
    assert did_you_mean("xyz", [f"name{number}" for number in range(10)], "there are").endswith("name7 and 2 more")  # type: ignore[union-attr]
    assert did_you_mean("xyz", []) is None
