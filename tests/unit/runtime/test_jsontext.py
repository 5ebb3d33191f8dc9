"""JSON by the C accelerators reads and writes what `json` does."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deep.runtime.jsontext import dumps, dumps_response, dumps_result, loads, why_not_json

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(DOCUMENTS)
def test_reads_and_writes_as_json_does(document: Any) -> None:
    assert dumps(document) == json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert loads(dumps(document)) == document
    assert loads(json.dumps(document, indent=1).encode()) == document


@given(st.text(st.sampled_from('{}[]:,"\\ 0123456789.eE+-truefalsn'), max_size=12))
def test_refuses_what_json_refuses(text: str) -> None:
    try:
        wanted = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r".+"):
            loads(text)
    else:
        assert loads(text) == wanted


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a":-Infinity}', "", "   ", "1 2", "[" * 100_000, "9" * 5000, b"\xff", b"\xef\xbb\xbf{}"])
def test_refuses_more_than_json(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        loads(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_never_writes_nan(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dumps([value])


def test_responses_carry_what_tables_hold() -> None:
    data = {"tags": {"b", "a"}, "raw": b"\x00\x01", "day": datetime.date(2016, 2, 1), "n": Decimal("1.5"), "i": Decimal("3")}
    assert loads(dumps_response(data)) == {"tags": ["a", "b"], "raw": "AAE=", "day": "2016-02-01", "n": 1.5, "i": 3}


def test_results_are_as_strict_as_lambda() -> None:
    assert dumps_result({"n": Decimal("1.5")}) == '{"n":1.5}'
    with pytest.raises(TypeError):
        dumps_result({"tags": {"a"}})


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {"b": float("nan")}]}, "$.a[1].b: nan"),
        ({"when": datetime.date(2016, 2, 1)}, "$.when: date"),
        ({(1, 2): 3}, "$: key (1, 2)"),
        ([{"s": {1}}], "$[0].s: set"),
        ("\ud800", "$: text"),
        (ENDLESS, "contains itself"),
    ],
)
def test_tells_where_it_is_not_json(value: Any, path: str) -> None:
    assert path in (why_not_json(value) or "")


def test_says_nothing_of_json() -> None:
    assert why_not_json({"a": [1, 2.5, None, "x", True]}) is None
