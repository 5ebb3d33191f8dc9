"""A plan in words, for people who must know before anything happens."""

from __future__ import annotations

from collections.abc import Iterator

from deep.provision.changes import Change
from deep.provision.plan import Plan
from deep.provision.rights import Right

_SIGNS = {"create": "+", "update": "~", "replace": "!", "delete": "-"}
_MOST_RIGHTS = 40
"""A first deploy gives many rights at once; past this many they are counted, and `--json` has them all."""


def plan_lines(plan: Plan) -> Iterator[str]:
    """Line by line: what changes, who gains or loses which rights, what becomes of data."""
    if plan.is_empty:
        yield f"{plan.app} ({plan.env}) is as it should be: nothing to do"
        return
    yield f"{plan.app} ({plan.env}): {', '.join(f'{count} to {doing}' for doing, count in plan.counted().items() if count)}"
    for stack in dict.fromkeys(change.stack for change in plan.changes):
        yield ""
        yield f"{stack}:"
        yield from (f"  {_line(change)}" for change in plan.changes if change.stack == stack)
    yield from _rights("Rights given", "+", plan.rights.gained)
    yield from _rights("Rights taken", "-", plan.rights.lost)
    yield ""
    yield "Data:"
    yield from (f"  ! {effect.message}" for effect in plan.data)
    if not plan.data:
        yield "  nothing that holds data is replaced or let go"


def _line(change: Change) -> str:
    what = f"{_SIGNS[change.doing]} {change.logical_id} ({change.type.removeprefix('AWS::')})"
    if change.doing == "replace":
        return f"{what}, made anew: {', '.join(change.properties)}"
    return f"{what}: {', '.join(change.properties)}" if change.properties else what


def _rights(title: str, sign: str, rights: tuple[Right, ...]) -> Iterator[str]:
    if rights:
        yield ""
        yield f"{title}:"
        yield from (f"  {sign} {right}" for right in rights[:_MOST_RIGHTS])
        if len(rights) > _MOST_RIGHTS:
            yield f"  ... and {len(rights) - _MOST_RIGHTS} more"
