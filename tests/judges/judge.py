"""What a judge of IAM documents is asked, and how its answers are kept honest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.judges.conversation import Conversation, JudgeError

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
VENVS = HERE.parents[1] / ".venv" / "judges"


@dataclass(frozen=True, slots=True)
class Question:
    """May it do this? `context` holds condition keys, `aws:PrincipalTag/...` among them."""

    action: str
    resource: str
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> list[Any]:
        return [self.action, self.resource, {key: list(values) for key, values in self.context.items()}]


@dataclass(frozen=True, slots=True)
class Case:
    """A document as IAM takes it, and what is asked about it."""

    document: Mapping[str, Any]
    questions: Sequence[Question]


class Judge(Protocol):
    name: str

    def decide(self, cases: Sequence[Case]) -> list[list[bool]]:
        """For every question of every case whether the document allows it. Raises JudgeError for anything short of that."""


_TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table"
CANARY = Case(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": [f"{_TABLE}/Bird"]},
            {"Effect": "Deny", "Action": ["dynamodb:PutItem"], "Resource": [f"{_TABLE}/Bird"]},
        ],
    },
    [
        Question("dynamodb:GetItem", f"{_TABLE}/Bird"),
        Question("dynamodb:PutItem", f"{_TABLE}/Bird"),
        Question("dynamodb:GetItem", f"{_TABLE}/Birds"),
        Question("dynamodb:DeleteItem", f"{_TABLE}/Bird"),
    ],
)
CANARY_DECIDED = [True, False, False, False]


class LineJudge:
    """A judge that is a `Conversation`. Its canary must be decided right before anything else is believed."""

    def __init__(self, name: str, conversation: Conversation) -> None:
        self.name = name
        self._conversation = conversation
        if (decided := self.decide([CANARY])) != [CANARY_DECIDED]:
            raise JudgeError(f"{name} decides its canary {decided}: it cannot be believed")

    def decide(self, cases: Sequence[Case]) -> list[list[bool]]:
        if not cases or not all(case.questions for case in cases):
            raise JudgeError(f"{self.name} was asked nothing")
        asked = [{"document": case.document, "questions": [question.as_json() for question in case.questions]} for case in cases]
        answers: list[list[bool]] = self._conversation.ask(asked)
        if [len(answer) for answer in answers] != [len(case.questions) for case in cases]:
            raise JudgeError(f"{self.name} did not answer every question")
        return answers


def iam_simulate() -> Conversation:
    """`@cloud-copilot/iam-simulate`: conditions, policy variables and set operators as AWS documents them."""
    return Conversation("node", PROGRAMS / "simulate.mjs", needs=[HERE / "node_modules" / "@cloud-copilot"])


def ministack_evaluator() -> Conversation:
    """The evaluator that ministack enforces with."""
    python = VENVS / "cloud" / "bin" / "python"
    return Conversation(python, PROGRAMS / "evaluate.py", needs=[python])


def linters() -> Conversation:
    """parliament and cloudsplaining. What they import warns of its age, which is no concern of ours."""
    python = VENVS / "linters" / "bin" / "python"
    return Conversation(python, "-W", "ignore", PROGRAMS / "lint.py", needs=[python])


def browser() -> Conversation:
    """The browser library's own function, in node."""
    return Conversation("node", PROGRAMS / "browser.mjs", needs=[HERE.parents[1] / "browser" / "node_modules" / "esbuild"])


class Browser:
    """Which buttons a page shows. Before it is believed it must tell apart a role that may from one that may not."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        rules = {"roles": ["unauthenticated"], "acl": {"unauthenticated": ["a.b:c:d"]}, "actions": ["a.b:c:d", "a.b:c:de"]}
        canary = {**rules, "questions": [["unauthenticated", "a.b:c:d"], ["unauthenticated", "a.b:c:de"], ["editors", "a.b:c:d"]]}
        if (decided := self.decide([canary])) != [[True, False, False]]:
            raise JudgeError(f"the browser decides its canary {decided}: it cannot be believed")

    def decide(self, asked: Sequence[Mapping[str, Any]]) -> list[list[bool]]:
        """Each entry is a part of a page's configuration, and `questions` of (role, action)."""
        if not asked or not all(one["questions"] for one in asked):
            raise JudgeError("the browser was asked nothing")
        answers: list[list[bool]] = self._conversation.ask(list(asked))
        if [len(answer) for answer in answers] != [len(one["questions"]) for one in asked]:
            raise JudgeError("the browser did not answer every question")
        return answers


class Linter:
    """parliament and cloudsplaining, who judge how a document is written. Each must find what is wrong with its canary first."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        statement = {
            "Effect": "Allow",
            "Action": ["dynamodb:PutItm", "iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
            "Resource": ["*"],
        }
        (found,) = self.findings([{"Version": "2012-10-17", "Statement": [statement]}])
        for expected in ("parliament: UNKNOWN_ACTION", "cloudsplaining: allows_privilege_escalation"):
            if not any(finding.startswith(expected) for finding in found):
                raise JudgeError(f"the linters cannot be believed: no {expected} in {found}")

    def findings(self, documents: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """What is wrong with each document, if anything."""
        if not documents:
            raise JudgeError("the linters were asked nothing")
        found: list[list[str]] = self._conversation.ask(list(documents))
        if len(found) != len(documents):
            raise JudgeError("the linters did not judge every document")
        return found


def template_linter() -> Conversation:
    """cfn-lint, with the resource schemas of us-east-1."""
    python = VENVS / "templates" / "bin" / "python"
    return Conversation(python, PROGRAMS / "templates.py", needs=[python])


class TemplateLinter:
    """cfn-lint. Before it is believed it must find a property that there is none of, and nothing wrong with a template that is good."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        good = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a"}}}}
        bad = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicNam": "a"}}}}
        found = self.findings([json.dumps(good), json.dumps(bad)])
        if [[finding[:5] for finding in one] for one in found] != [[], ["E3002"]]:
            raise JudgeError(f"cfn-lint cannot be believed: it finds {found}")

    def findings(self, templates: Sequence[str]) -> list[list[str]]:
        """What is wrong with each template, if anything."""
        if not templates:
            raise JudgeError("cfn-lint was asked nothing")
        found: list[list[str]] = self._conversation.ask(list(templates))
        if len(found) != len(templates):
            raise JudgeError("cfn-lint did not judge every template")
        return found


def template_scanner() -> Conversation:
    """checkov, with its rules for CloudFormation."""
    python = VENVS / "scanner" / "bin" / "python"
    return Conversation(python, "-W", "ignore", PROGRAMS / "scan.py", needs=[python])


class TemplateScanner:
    """checkov. Before it is believed it must find what an open bucket lacks."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        (found,) = self.findings([json.dumps({"Resources": {"Open": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "a"}}}})])
        if not any(finding.startswith("CKV_AWS_53: ") for finding in found):
            raise JudgeError(f"checkov cannot be believed: it finds {found}")

    def findings(self, templates: Sequence[str]) -> list[list[str]]:
        """What is wrong with each template, if anything."""
        if not templates:
            raise JudgeError("checkov was asked nothing")
        found: list[list[str]] = self._conversation.ask(list(templates))
        if len(found) != len(templates):
            raise JudgeError("checkov did not judge every template")
        return found
