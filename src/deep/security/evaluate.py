"""Judges an access by a policy, as IAM does: for the local platform, where every AWS call of a function runs under its own role's document.

Knows what our compilers and `uses.aws` can write, and refuses to guess about anything else. Source: AWS IAM User Guide, "Policy evaluation logic" and
"IAM JSON policy elements: Condition operators"; tests hold it against an independent evaluator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache

from deep.frozen import dataclass
from deep.security.iam import Document, Statement

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody wants to do: an IAM action on an ARN. `context` holds condition keys (`dynamodb:LeadingKeys`, `aws:PrincipalTag/identity`)."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`statement` is the one that allowed or denied; None when none applies, which denies too."""

    allowed: bool
    statement: Statement | None = None


def evaluate(document: Document, access: Access) -> Evaluation:
    """Whether the policy allows the access: an applying Deny wins, then an applying Allow, else it is denied.

    Raises ValueError for a condition operator that is not known here.
    """
    applying = [statement for statement in document.statements if applies(statement, access)]
    denying = next((statement for statement in applying if statement.effect == "Deny"), None)
    if denying is not None:
        return Evaluation(allowed=False, statement=denying)
    return Evaluation(bool(applying), applying[0] if applying else None)


def applies(statement: Statement, access: Access) -> bool:
    """Whether a statement speaks of this access: action (in any case), resource and every condition match."""
    return (
        any(_pattern(action.lower()).fullmatch(access.action.lower()) for action in statement.actions)
        and any(_matches(resource, access.resource, access.context) for resource in statement.resources)
        and all(_holds(operator, key, values, access.context) for operator, keys in statement.conditions.items() for key, values in keys.items())
    )


def _holds(operator: str, key: str, values: tuple[str, ...], context: Mapping[str, tuple[str, ...]]) -> bool:
    found = _of(context, key)
    match operator:
        case "Null":
            return (found is None or not found) == (values == ("true",))
        case "StringEquals":
            return bool(found) and any(_equals(value, one, context) for one in found or () for value in values)
        case "StringLike":
            return bool(found) and any(_matches(value, one, context) for one in found or () for value in values)
        case "ForAllValues:StringEquals":
            return all(any(_equals(value, one, context) for value in values) for one in found or ())
        case "ForAllValues:StringLike":
            return all(any(_matches(value, one, context) for value in values) for one in found or ())
        case _:
            raise ValueError(f"the condition operator {operator} is not known here")


def _equals(template: str, text: str, context: Mapping[str, tuple[str, ...]]) -> bool:
    return _filled(template, context) == text


def _matches(template: str, text: str, context: Mapping[str, tuple[str, ...]]) -> bool:
    """Wildcards of the template count; those in a variable's value do not."""
    if "${" not in template:
        return bool(_pattern(template).fullmatch(text))
    parts = _VARIABLE.split(template)
    values = [_value(name, context) for name in parts[1::2]]
    if None in values:
        return False
    texts = [re.escape(values[place // 2] or "") if place % 2 else _wild(part) for place, part in enumerate(parts)]
    return bool(re.fullmatch("".join(texts), text, flags=re.DOTALL))


def _filled(template: str, context: Mapping[str, tuple[str, ...]]) -> str | None:
    """The text with its policy variables replaced; None, which equals nothing, when one has no value."""
    if "${" not in template:
        return template
    values = {name: _value(name, context) for name in _VARIABLE.findall(template)}
    if None in values.values():
        return None
    return _VARIABLE.sub(lambda found: values[found[1]] or "", template)


def _value(name: str, context: Mapping[str, tuple[str, ...]]) -> str | None:
    if name in ("*", "?", "$"):
        return name
    found = _of(context, name)
    return found[0] if found else None


def _of(context: Mapping[str, tuple[str, ...]], key: str) -> tuple[str, ...] | None:
    """Condition keys are told apart without regard to case."""
    return context.get(key) or next((values for name, values in context.items() if name.lower() == key.lower()), None)


@lru_cache(maxsize=4096)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_wild(template), flags=re.DOTALL)


def _wild(template: str) -> str:
    return "".join(".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in template)
