"""The judges themselves: before one is believed it must find what is wrong, and what it cannot judge must never count as good."""

from __future__ import annotations

import pytest

from tests.judges.conversation import JudgeError
from tests.judges.judge import CANARY, CANARY_DECIDED, Case, Judge, LineJudge, Linter, Question
from tests.judges.ministack import Ministack

UNKNOWN = Case(CANARY.document, [Question("dynamodb:PutItm", "arn:aws:dynamodb:us-east-1:123456789012:table/Bird")])


@pytest.fixture(params=["simulator", "evaluator", "ministack"])
def judge(request: pytest.FixtureRequest) -> Judge:
    found: Judge = request.getfixturevalue(request.param)
    return found


def test_every_judge_decides_its_canary(judge: Judge) -> None:
    assert judge.decide([CANARY, CANARY]) == [CANARY_DECIDED, CANARY_DECIDED]


@pytest.mark.parametrize("cases", [[], [Case(CANARY.document, [])]])
def test_a_judge_that_is_asked_nothing_raises(judge: Judge, cases: list[Case]) -> None:
    with pytest.raises(JudgeError, match="nothing"):
        judge.decide(cases)


def test_the_simulator_refuses_what_it_does_not_know(simulator: LineJudge) -> None:
    with pytest.raises(JudgeError, match=r"invalid\.action"):
        simulator.decide([UNKNOWN])


def test_ministack_is_never_asked_what_it_does_not_look_at(ministack: Ministack, evaluator: LineJudge) -> None:
    """It knows no `dynamodb:LeadingKeys` and no policy variables; the simulator decides there."""
    owned = Case(CANARY.document, [Question("dynamodb:GetItem", "*", {"dynamodb:LeadingKeys": ["me"]})])
    for one in (ministack, evaluator):
        with pytest.raises(JudgeError, match="context"):
            one.decide([owned])


def test_ministack_verifies_signatures(ministack: Ministack) -> None:
    forged = ministack.client("dynamodb", aws_access_key_id="AKIAFORGEDFORGED0000", aws_secret_access_key="x")
    with pytest.raises(forged.exceptions.ClientError) as refused:
        forged.list_tables()
    assert refused.value.response["Error"]["Code"] in {"UnrecognizedClientException", "InvalidClientTokenId"}


def test_the_linters_ask_for_documents(linter: Linter) -> None:
    with pytest.raises(JudgeError, match="nothing"):
        linter.findings([])
