"""IAM policy documents as values: what the compilers make, the evaluator judges and CloudFormation gets.

Source of the form: AWS IAM User Guide, "IAM JSON policy elements reference".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from deep.frozen import dataclass

POLICY_VERSION = "2012-10-17"

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Operator -> condition key -> values: `{"StringEquals": {"aws:SourceAccount": ("123456789012",)}}`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy. `actions` and `resources` are sorted, so that equal statements are written equal."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    effect: Literal["Allow", "Deny"] = "Allow"
    conditions: Conditions = field(default_factory=dict)
    sid: str | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        told |= {"Effect": self.effect, "Action": list(self.actions), "Resource": list(self.resources)}
        if self.conditions:
            told["Condition"] = {operator: _as_values(operator, keys) for operator, keys in self.conditions.items()}
        return told


def _as_values(operator: str, keys: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """`Null` compares with one value, written as IAM's guide writes it; linters read no other form."""
    return {key: values[0] if operator == "Null" else list(values) for key, values in keys.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """A policy: its statements in the order they are written."""

    statements: tuple[Statement, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The policy as IAM reads it. A document without statements is no valid policy: attach none instead."""
        return {"Version": POLICY_VERSION, "Statement": [statement.as_json() for statement in self.statements]}


def statement(actions: set[str] | frozenset[str], resources: set[str] | frozenset[str], sid: str | None = None) -> Statement:
    """An Allow of sorted actions on sorted resources."""
    return Statement(tuple(sorted(actions)), tuple(sorted(resources)), sid=sid)
