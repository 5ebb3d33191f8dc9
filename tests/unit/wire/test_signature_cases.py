"""The requests that the browser library's signatures are checked by are signed as today's botocore signs them."""

from __future__ import annotations

from tools import signature_cases


def test_cases_are_those_of_botocore() -> None:
    assert signature_cases.main(["--check"]) == 0, "run `python -m tools.signature_cases`"
