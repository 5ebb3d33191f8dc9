"""Whoever deploys is granted what CloudFormation's handlers need for what DEEP makes, by the schemas it publishes: extra 0, missing 0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import pytest

from deep.provision.deployer.handlers import HANDLERS
from tests.judges.judge import VENVS
from tests.judges.unused import EXTRA, UNUSED

DONE = ("create", "read", "update", "delete")


@cache
def published() -> Mapping[str, frozenset[str]]:
    """Type -> the actions of its handlers, from the schemas that cfn-lint carries."""
    found: dict[str, frozenset[str]] = {}
    for path in (VENVS / "templates").glob("lib/python3*/site-packages/cfnlint/data/schemas/resources/*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        handlers = schema.get("handlers")
        if handlers and schema["typeName"] in HANDLERS:
            actions = {action for doing in DONE for action in handlers.get(doing, {}).get("permissions", ())}
            found[schema["typeName"]] = found.get(schema["typeName"], frozenset()) | actions
    return found


def unused_by(type_: str) -> list[str]:
    return [*UNUSED[""], *UNUSED.get(type_, ())]


@pytest.mark.parametrize("type_", HANDLERS)
def test_a_handlers_actions_are_granted_or_there_is_a_reason(type_: str) -> None:
    granted = {action for actions in HANDLERS[type_].values() for action in actions}
    wanted = {action for action in published()[type_] if not action.startswith(tuple(unused_by(type_)))}
    assert wanted - granted == set(), "missing"
    assert granted - published()[type_] - EXTRA == set(), "extra"


def test_no_reason_is_given_for_what_no_handler_does() -> None:
    stale = [
        (type_, start)
        for type_, starts in UNUSED.items()
        for start in starts
        if not any(action.startswith(start) for one in ([type_] if type_ else HANDLERS) for action in published()[one])
    ]
    assert stale == []
