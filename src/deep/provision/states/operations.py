"""A state of the app's stacks that is reached in as many operations as CloudFormation needs, which takes so many resources at once and no more.

Whole microapplications go one after the other. What is taken back when an operation fails is that operation; the deploy is run again and goes on.

Source: CloudFormation User Guide, "Understand CloudFormation quotas": resources that one operation creates, updates or deletes in a stack and those
nested in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from deep.provision.changes import Templates, changes, templates_of
from deep.provision.stacks import Stacks, nested_keys
from deep.provision.states.between import with_what_leaves
from deep.provision.template import Template

MOST_AT_ONCE = 2_500
"""Resources of one operation."""


def operations(before: Templates, wanted: Stacks) -> tuple[Stacks, ...]:
    """The states from the templates that stand to `wanted`, which is the last. Those before it share its root, and have all that leaves besides."""
    standing, after = _of_app(before), _of_app(templates_of(wanted))
    (_, root), *microapps = _costs(standing, after)
    *groups, _ = _groups(microapps, root)
    made, changed = [], set[str]()
    for group in groups:
        changed |= {*group}
        made.append(having(wanted, standing, changed))
    return (*made, wanted)


def removals(standing: Templates) -> tuple[Template, ...]:
    """The root as it is without more and more of its microapplications, until what is left is deleted at once."""
    root, app = Template.of_json(standing["app"]), _of_app(standing)
    *groups, _ = _groups(((name, len(one["Resources"]) + 1) for name, one in app.items() if name != "app"), len(root.resources))
    return tuple(_without(root, [name for group in groups[:number] for name in group]) for number in range(1, len(groups) + 1))


def _of_app(templates: Templates) -> Templates:
    return {name: template for name, template in templates.items() if name not in ("store", "data")}


def _costs(before: Templates, after: Templates) -> Iterator[tuple[str, int]]:
    """How many resources change: in the root, which comes first, and in each stack that is nested in it, with the stack itself."""
    costs = dict.fromkeys(("app", *after, *before), 0)
    for change in changes(before, after):
        costs[change.stack] += 2 if change.doing == "replace" else 1
    yield "app", costs.pop("app")
    yield from ((name, cost + 1) for name, cost in costs.items() if cost)


def _groups(costs: Iterable[tuple[str, int]], taken: int) -> Iterator[Sequence[str]]:
    """Names whose costs fit into one operation together; of the first, so much is taken already."""
    group: list[str] = []
    for name, cost in costs:
        if taken + cost > MOST_AT_ONCE:
            yield group
            group, taken = [], 0
        group.append(name)
        taken += cost
    yield group


def having(wanted: Stacks, standing: Templates, changed: Collection[str] = ()) -> Stacks:
    """`wanted`, but for microapplications that are not `changed`: these are as they stand, or are not there yet."""
    before = Template.of_json(standing["app"]) if "app" in standing else None
    unchanged = [one for one in before.resources if one.logical_id in nested_keys(before) and one.logical_id not in changed] if before else []
    kept = {one.logical_id: Template.of_json(standing[one.logical_id]) for one in unchanged}
    there = {name: template for name, template in wanted.microapps.items() if name in changed} | kept
    root = with_what_leaves(wanted.app.template, standing.get("app")).having(unchanged)
    return wanted.with_app(_without(root, nested_keys(root).keys() - there.keys()), there)


def _without(root: Template, names: Collection[str]) -> Template:
    return replace(root, resources=tuple(one for one in root.resources if one.logical_id not in names))
