"""Whoever deploys in ministack's account: a user with the computed policy and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from deep.security.iam import Document, Statement
from tests.judges.ministack import Ministack

USER = "deployer"
OWNER = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""The account's own keys, which may do everything."""


def make_deployer(account: Ministack) -> Mapping[str, str]:
    """The user, who may do nothing yet: its keys, as AWS's tools read them from the environment."""
    iam = account.client("iam")
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def grant(account: Ministack, documents: Sequence[Document]) -> None:
    """These policies and no others."""
    iam = account.client("iam")
    for name in iam.list_user_policies(UserName=USER)["PolicyNames"]:
        iam.delete_user_policy(UserName=USER, PolicyName=name)
    for number, document in enumerate(documents):
        iam.put_user_policy(UserName=USER, PolicyName=f"deploy{number}", PolicyDocument=json.dumps(document.as_json()))


def for_ministack(documents: Sequence[Document]) -> list[Document]:
    """The policy as far as ministack's simulation reads it: without context, and on no single caller."""
    read = [
        replace(one, conditions={}, resources=("*",) if "iam:SimulatePrincipalPolicy" in one.actions else one.resources)
        for one in statements(documents)
    ]
    return [Document(tuple(read))]


def statements(documents: Sequence[Document]) -> list[Statement]:
    return [statement for document in documents for statement in document.statements]
