"""Our own evaluator, which every AWS call of a function passes locally, decides as the simulator does: documents and accesses at random."""

from __future__ import annotations

from random import Random

from deep.security.evaluate import Access, evaluate
from deep.security.iam import Conditions, Document, Statement
from tests.judges.judge import Case, LineJudge, Question

DOCUMENTS, ACCESSES = 1_000, 10

PREFIX = "arn:aws:dynamodb:us-east-1:123456789012:table"
TABLES = [f"{PREFIX}/{name}" for name in ("DeepDevTodo1234abcd", "DeepDevTodo1234abcdX", "DeepDevTodos1234abcd", "deepdevtodo1234abcd")]
INDEXES = [f"{table}/index/{name}" for table in TABLES[:2] for name in ("Code-index", "Name-Amount-index")]
ACTIONS = [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
]
INDEXED = ["dynamodb:Query"]
OWNERS = ["us-east-1:a", "us-east-1:ab", "us-east-1:a*", "us-east-1:?", "*", "${aws:PrincipalTag/identity}"]
"""Identities, and texts that nobody's identity is: what is written in a value must never be read as a wildcard or a variable."""
VARIABLE = "${aws:PrincipalTag/identity}"


def test_our_evaluator_and_the_simulator_agree(simulator: LineJudge) -> None:
    random = Random(2016)
    documents = [_document(random) for _ in range(DOCUMENTS)]
    accesses = [[_access(random) for _ in range(ACCESSES)] for _ in documents]
    cases = [
        Case(document.as_json(), [Question(one.action, one.resource, one.context) for one in asked])
        for document, asked in zip(documents, accesses, strict=True)
    ]
    differing = [
        (document.as_json(), access, judged)
        for document, asked, answers in zip(documents, accesses, simulator.decide(cases), strict=True)
        for access, judged in zip(asked, answers, strict=True)
        if evaluate(document, access).allowed != judged
    ]
    assert differing == []
    allowed = sum(evaluate(document, access).allowed for document, asked in zip(documents, accesses, strict=True) for access in asked)
    assert allowed > DOCUMENTS, "accesses that are hardly ever allowed prove little"


def _document(random: Random) -> Document:
    return Document(tuple(_statement(random) for _ in range(random.randint(1, 4))))


def _statement(random: Random) -> Statement:
    pick = [*ACTIONS, *INDEXED, "dynamodb:*Item", "dynamodb:GetIte?", "DynamoDB:getitem", "dynamodb:*"]
    actions = tuple(random.sample(pick, random.randint(1, 4)))
    resources = tuple(
        random.sample([*TABLES, *INDEXES, f"{PREFIX}/DeepDev*", f"{TABLES[0]}*", f"{PREFIX}/DeepDevTodo????abcd", "*"], random.randint(1, 4))
    )
    return Statement(actions, resources, random.choice(["Allow", "Allow", "Allow", "Deny"]), _conditions(random))


def _conditions(random: Random) -> Conditions:
    """Most statements that we write have none; those of owned items have the last."""
    keys = tuple(random.sample([VARIABLE, *OWNERS[:4]], random.randint(1, 2)))
    return random.choice(
        [
            {},
            {},
            {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": keys}},
            {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}},
            {"StringEquals": {"aws:PrincipalTag/identity": (random.choice(OWNERS[:3]),)}},
            {"StringLike": {"aws:PrincipalTag/identity": (random.choice(["us-east-1:*", "us-*:a", *OWNERS[:2]]),)}},
            {"Null": {"dynamodb:LeadingKeys": (random.choice(["true", "false"]),)}},
            {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": (VARIABLE,)}, "Null": {"dynamodb:LeadingKeys": ("false",)}},
        ]
    )


def _access(random: Random) -> Access:
    action = random.choice([*ACTIONS, *INDEXED])
    resource = random.choice([*TABLES, *INDEXES] if action in INDEXED else TABLES)
    tag = random.choice([*OWNERS, None])
    owners = [tag] if tag is not None and random.random() < 0.5 else random.sample(OWNERS, random.randint(0, 2))
    context = {"dynamodb:LeadingKeys": tuple(owners)} if owners else {}
    return Access(action, resource, {**context, **({"aws:PrincipalTag/identity": (tag,)} if tag is not None else {})})
