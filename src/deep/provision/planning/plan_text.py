"""A plan in words, for people who must know before anything happens."""

from __future__ import annotations

from collections.abc import Iterator

from deep.provision.changes import Change
from deep.provision.planning.plan import Plan, counted
from deep.provision.resources.versions import ALIAS_TYPE, VERSION_TYPE
from deep.provision.rights import Right
from deep.provision.states.operations import MOST_AT_ONCE

_SIGNS = {"create": "+", "update": "~", "replace": "!", "delete": "-"}
_MOST_LINES, _MOST_THINGS = 60, 8
"""A first deploy gives many rights at once; past so many lines, or things in a line, they are counted."""


def plan_lines(plan: Plan) -> Iterator[str]:
    """Line by line: what changes, who gains or loses which rights, what becomes of data."""
    if plan.is_empty:
        yield f"{plan.app} ({plan.env}) is as it should be: nothing to do"
        return
    shown = [change for change in plan.changes if not _follows(change)]
    yield f"{plan.app} ({plan.env}): {', '.join(f'{count:,} to {doing}' for doing, count in counted(shown).items() if count)}"
    if len(plan.changes) > MOST_AT_ONCE:
        yield f"CloudFormation changes {MOST_AT_ONCE:,} resources at once: the deploy goes in several operations, some microapplications in each"
    for stack in dict.fromkeys(change.stack for change in shown):
        yield ""
        yield f"{stack}:"
        yield from (f"  {_line(change)}" for change in shown if change.stack == stack)
    yield from _rights("Rights given", "+", plan.rights.gained)
    yield from _rights("Rights taken", "-", plan.rights.lost)
    yield ""
    yield "Data:"
    yield from (f"  {'!' if effect.loses else '~'} {effect.message}" for effect in plan.data)
    if not any(effect.loses for effect in plan.data):
        yield "  nothing that holds data is replaced or let go"


def _follows(change: Change) -> bool:
    """Whether it follows from the change of a function that is told: which version there is, and that the alias leads to it."""
    return change.type == VERSION_TYPE or (change.type == ALIAS_TYPE and change.properties == ("FunctionVersion",))


def _line(change: Change) -> str:
    what = f"{_SIGNS[change.doing]} {change.logical_id} ({change.type.removeprefix('AWS::')})"
    if change.doing == "replace":
        return f"{what}, made anew: {', '.join(change.properties)}"
    return f"{what}: {', '.join(change.properties)}" if change.properties else what


def _rights(title: str, sign: str, rights: tuple[Right, ...]) -> Iterator[str]:
    if not rights:
        return
    yield ""
    yield f"{title}:"
    lines = [line for holder in dict.fromkeys(right.holder for right in rights) for line in _held(holder, sign, rights)]
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield f"  ... and {len(lines) - _MOST_LINES} more lines: --json has every right"


def _held(holder: str, sign: str, rights: tuple[Right, ...]) -> Iterator[str]:
    """What one holder may: a line for each set of actions that it may do on the same things."""
    actions: dict[tuple[str, bool], list[str]] = {}
    for right in rights:
        if right.holder == holder:
            actions.setdefault((called(right.resource), "dynamodb:LeadingKeys" in right.condition), []).append(right.action)
    things: dict[tuple[str, bool], list[str]] = {}
    for (resource, is_own), done in actions.items():
        things.setdefault((", ".join(dict.fromkeys(done)), is_own), []).append(resource)
    yield f"  {sign} {holder}"
    for (done_, is_own), on in things.items():
        more = f" and {len(on) - _MOST_THINGS} more" if len(on) > _MOST_THINGS else ""
        yield f"      {done_} on {', '.join(on[:_MOST_THINGS])}{more}{', each caller their own items' if is_own else ''}"


def called(arn: str) -> str:
    """A resource as people call it: `table/DeepDevTodo`, `function:DeepDevTodo`, `POST /deep-todo/task/create`."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return arn
    if parts[2] == "execute-api":
        _, _, method, path = parts[5].split("/", 3)
        return f"{method} /{path}"
    return (parts[5] or arn).removesuffix(":*")
