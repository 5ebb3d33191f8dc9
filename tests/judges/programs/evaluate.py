"""Runs in ministack's environment. Lines of JSON in, lines out: `[{document, questions: [[action, resource, context]]}]` -> `[[allowed, ...], ...]`.

The evaluator is the one that ministack enforces with; asked in its own process it decides thousands of questions a second.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

ACCOUNT = "123456789012"


def decide(policy: Any, question: list[Any]) -> bool:
    action, resource, context = question
    if context:
        raise ValueError(f"ministack knows no context such as {sorted(context)}")
    asked = EvalContext(
        principal_arn=f"arn:aws:iam::{ACCOUNT}:role/judged",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region="us-east-1",
        source_ip="127.0.0.1",
        secure_transport=True,
    )
    return bool(evaluate(asked, [policy]).decision == "Allow")


def answer(cases: list[dict[str, Any]]) -> list[list[bool]]:
    answers = []
    for case in cases:
        policy = parse_policy_document(case["document"])
        if len(policy) != len(case["document"]["Statement"]):
            raise ValueError(f"ministack passed over a statement of {case['document']}")
        answers.append([decide(policy, question) for question in case["questions"]])
    return answers


def main() -> None:
    for line in sys.stdin:
        try:
            answered: object = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test hears of it
            answered = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answered) + "\n")
        sys.stdout.flush()


main()
