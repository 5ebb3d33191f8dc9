"""Each function may do what it declares to use, and nothing else: extra 0, missing 0, by judges that DEEP did not write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from deep.model import App
from deep.security.function_policy import data_document, function_document
from deep.security.grants import grants_of
from deep.security.identity_policy import identity_document
from tests.fakes.apps import only_api
from tests.judges.functions import Need, Universe
from tests.judges.judge import Case, Judge, LineJudge, Linter, Question
from tests.judges.matrix import API, names_of
from tests.judges.ministack import Ministack

ME, SOMEBODY = "us-east-1:0190a5c8-0000-7000-8000-000000000001", "us-east-1:0190a5c8-0000-7000-8000-000000000002"
SMALL = 20
"""Up to so many functions ministack is asked by requests of its own; else its evaluator, asked in its own process, speaks for it."""


def test_functions_are_allowed_what_they_use_and_nothing_else(
    judged: App, simulator: LineJudge, evaluator: LineJudge, request: pytest.FixtureRequest
) -> None:
    """Parity 88."""
    universe = Universe(judged)
    questions = universe.questions()
    expected = {action.identifier: universe.expected(action) for action in universe.functions}
    asked = {(question.action, question.resource) for question in questions}
    assert all(needs <= asked for needs in expected.values()), "what is declared must be among what is asked"
    cases = [Case(function_document(judged, action, universe.names).as_json(), questions) for action in universe.functions]
    judges: list[Judge] = [simulator, evaluator]
    if len(cases) <= SMALL:
        ministack: Ministack = request.getfixturevalue("ministack")
        judges.append(ministack)
    for judge in judges:
        allowed = _allowed(judge, cases)
        assert {name: _differences(found, needs) for (name, needs), found in zip(expected.items(), allowed, strict=True)} == dict.fromkeys(
            expected, (set(), set())
        ), judge.name


def _allowed(judge: Judge, cases: list[Case]) -> list[set[Need]]:
    return [
        {(question.action, question.resource) for question, allowed in zip(case.questions, answer, strict=True) if allowed}
        for case, answer in zip(cases, judge.decide(cases), strict=True)
    ]


def _differences(allowed: set[Need], expected: set[Need]) -> tuple[set[Need], set[Need]]:
    """(extra, missing)."""
    return allowed - expected, expected - allowed


def test_owned_items_are_reached_by_their_owner_alone(generated: App, simulator: LineJudge) -> None:
    """ministack looks neither at `dynamodb:LeadingKeys` nor at policy variables, so the simulator alone decides here."""
    universe = Universe(generated)
    checked = 0
    for action in universe.functions:
        document = data_document(generated, action, universe.names)
        expected = universe.expected_of_owned(action)
        assert (document is None) == (not expected)
        if document is None:
            continue
        asked = [(one.action, one.resource) for one in universe.questions() if one.action.startswith("dynamodb:")]
        keyed = [need for need in asked if _takes_keys(need)]
        mine = [_with_keys(need, ME) for need in keyed]
        foreign = [_with_keys(need, *keys) for need in keyed for keys in ((SOMEBODY,), (ME, SOMEBODY))] + [_with_keys(need) for need in asked]
        allowed_mine, allowed_foreign = simulator.decide([Case(document.as_json(), mine), Case(document.as_json(), foreign)])
        assert {(one.action, one.resource) for one, allowed in zip(mine, allowed_mine, strict=True) if allowed} == expected, action.identifier
        assert not any(allowed_foreign), action.identifier
        checked += 1
    assert checked > 10


def _takes_keys(need: Need) -> bool:
    """A scan names no key, nor does administration."""
    return not need[0].endswith(("Table", ":Scan"))


def _with_keys(need: Need, *keys: str) -> Question:
    """The access by a session that is tagged with `ME`, for items of these owners."""
    context: Mapping[str, Any] = {"aws:PrincipalTag/identity": [ME], **({"dynamodb:LeadingKeys": keys} if keys else {})}
    return Question(*need, context)


def test_linters_find_nothing(judged: App, linter: Linter) -> None:
    names, grants = names_of(judged), grants_of(judged)
    documents = {role: identity_document(judged, grants, role, names, only_api(API)) for role in grants.roles}
    for action in (action for action in judged.actions if action.type == "lambda"):
        documents[action.identifier] = function_document(judged, action, names)
        if (owned := data_document(judged, action, names)) is not None:
            documents[f"{action.identifier} own"] = owned
    written = {name: document.as_json() for name, document in documents.items() if document.statements}
    assert {name: found for name, found in zip(written, linter.findings(list(written.values())), strict=True) if found} == {}
