"""Where a deploy that was interrupted has left an app: some stacks as before, some as they are to be, and some on their way."""

from __future__ import annotations

from deep.provision.between import between
from deep.provision.changes import Templates, templates_of
from deep.provision.index_rounds import index_rounds
from deep.provision.stacks import Stacks


def midway(stacks: Stacks, standing: Templates) -> frozenset[str]:
    """The stacks that stand in a state between: but for indexes as they are to be, or ready while the versions before answer."""
    indexed = {"data": index_rounds(standing["data"], stacks.data).first[0].template.as_json()} if "data" in standing else {}
    ready = between(stacks, standing)
    states = {**(templates_of(ready.stacks) if ready else {}), **indexed}
    return frozenset(name for name, state in states.items() if state == standing.get(name))
