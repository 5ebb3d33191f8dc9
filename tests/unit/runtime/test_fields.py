"""Types of a model's fields."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from deep.runtime.exceptions import InvalidArgumentError, ValidationError
from deep.runtime.fields import check

VALID = [
    ("string", "", ""),
    ("number", 5, 5),
    ("number", -0.5, -0.5),
    ("boolean", False, False),
    ("date", "2016-02-01", "2016-02-01"),
    ("date", "2016-02-01T12:00:00.000Z", "2016-02-01T12:00:00.000Z"),
    ("date", "2016-02-01T12:00+02:00", "2016-02-01T12:00+02:00"),
    ("date", datetime.date(2016, 2, 1), "2016-02-01"),
    ("date", "", ""),
    ("email", "a@b.c", "a@b.c"),
    ("website", "https://a.b/c?d", "https://a.b/c?d"),
    ("uuid", "01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"),
    ("timeUUID", "01234567-89AB-cdef-0123-456789abcdef", "01234567-89AB-cdef-0123-456789abcdef"),
    ("map", {"a": [1]}, {"a": [1]}),
    ("mapSet", [{"a": 1}], [{"a": 1}]),
    ("binary", "AAE=", b"\x00\x01"),
    ("binary", b"\x00", b"\x00"),
    ("stringSet", ["b", "a", "a"], {"a", "b"}),
    ("stringSet", [], None),
    ("numberSet", (1, 2.5), {1, 2.5}),
    ("binarySet", ["AAE="], {b"\x00\x01"}),
    ("string", None, None),
]


@pytest.mark.parametrize(("kind", "value", "kept"), VALID)
def test_valid_values(kind: str, value: Any, kept: Any) -> None:
    assert check({"x": kind}, {"x": value}) == {"x": kept}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 5),
        ("number", "5"),
        ("number", True),
        ("number", float("inf")),
        ("boolean", 1),
        ("date", "1.2.2016"),
        ("date", "2016-13-01"),
        ("date", "2016-02-01\n"),
        ("email", "a@b"),
        ("email", "a b@c.d"),
        ("website", "javascript:alert(1)"),
        ("uuid", "x"),
        ("map", []),
        ("mapSet", [1]),
        ("binary", "!"),
        ("stringSet", "abc"),
        ("stringSet", [1]),
        ("numberSet", ["1"]),
        ({"y": "string"}, "text"),
    ],
)
def test_invalid_values(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        check({"x": kind}, {"x": value})
    assert [error["path"] for error in caught.value.errors] == ["x"]


def test_every_error_is_told_by_dotted_path() -> None:
    with pytest.raises(ValidationError) as caught:
        check({"a": {"b": {"c": "number"}}, "d": "string"}, {"a": {"b": {"c": "x"}}, "d": 1})
    assert caught.value.errors == [{"path": "a.b.c", "message": "must be number"}, {"path": "d", "message": "must be string"}]


def test_undeclared_fields_are_left_out_at_every_depth() -> None:
    assert check({"a": {"b": "string"}}, {"a": {"b": "x", "c": 1}, "d": 2}) == {"a": {"b": "x"}}


@pytest.mark.parametrize("data", [None, [], "x", 5])
def test_an_item_is_an_object(data: Any) -> None:
    with pytest.raises(ValidationError, match="the input: must be object"):
        check({"a": "string"}, data)


def test_an_unknown_type_is_the_authors_mistake() -> None:
    with pytest.raises(InvalidArgumentError, match="'object' is not a field type; known are"):
        check({"type": "object"}, {"type": "x"})
