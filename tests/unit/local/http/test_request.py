"""Requests are read strictly."""

from __future__ import annotations

import pytest

from deep.local.http.request import MOST_PARAMETERS, BadRequest, percent_decoded, query_parameters


@pytest.mark.parametrize(("text", "decoded"), [("a%20b", "a b"), ("%E2%82%AC", "€"), ("%2525", "%25"), ("é", "é"), ("%00", "\0")])
def test_escapes_are_decoded_once(text: str, decoded: str) -> None:
    assert percent_decoded(text) == decoded


@pytest.mark.parametrize("text", ["%", "%Z1", "a%2", "%u0041", "%c0%af", "%ed%a0%80", "%ff", "%f8%88%80%80%80"])
def test_what_is_no_utf8_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        percent_decoded(text)


def test_parameters() -> None:
    assert query_parameters(b"a=1&b=&c&a=2&&d=x=y&=e") == {"a": "1,2", "b": "", "c": "", "d": "x=y", "": "e"}
    assert query_parameters(b"a+b=c+d%2B") == {"a b": "c d+"}


def test_too_many_parameters_and_raw_bytes_are_refused() -> None:
    assert len(query_parameters(b"&".join(b"%d=1" % n for n in range(MOST_PARAMETERS)))) == MOST_PARAMETERS
    with pytest.raises(BadRequest, match="more than"):
        query_parameters(b"&" * MOST_PARAMETERS)
    with pytest.raises(BadRequest, match="not escaped"):
        query_parameters(b"a=\xff")
