"""Where a deploy that was interrupted has left an app: some stacks as before, some as they are to be, and some on their way."""

from __future__ import annotations

from collections.abc import Mapping

from deep.frozen import dataclass
from deep.provision.changes import Templates, templates_of
from deep.provision.compiled import Compiled
from deep.provision.planning.plan import digest_of
from deep.provision.stacks import Stacks
from deep.provision.states.between import between
from deep.provision.states.index_rounds import index_rounds
from deep.provision.states.moves import moves, unmoved
from deep.provision.states.operations import having


@dataclass(frozen=True, slots=True)
class Begun:
    """A deploy that was begun. `on_their_way` names the stacks that stand in a state between.

    `since` is what stands as far as the plan knew of it: from there on, all that is still to be done is what the plan told.
    """

    on_their_way: frozenset[str]
    since: Templates


def begun(compiled: Compiled, standing: Templates, before: Mapping[str, str]) -> Begun:
    """How far a deploy of this release has come that was planned when stacks of these digests stood.

    A plan tells of two tables and a move, and not of the states between: while rows are moved, stacks stand as they did, but for what that takes.
    """
    if {name: digest_of(one) for name, one in standing.items()} == before:
        return Begun(frozenset(), standing)
    stacks = compiled.stacks
    back = unmoved(compiled.release, standing, moves(standing, stacks.data.template.resources))
    moving = frozenset(name for name, one in back.items() if one != standing[name] and digest_of(one) == before.get(name))
    passed = moving | {name for name in standing if name == "data" and digest_of(standing[name]) != before.get(name)}
    return Begun(moving | _between(stacks, standing), {name: back[name] if name in passed else one for name, one in standing.items()})


def _between(stacks: Stacks, standing: Templates) -> frozenset[str]:
    """The stacks that are, but for indexes or microapplications, as they are to be, or ready while the versions before answer."""
    states: list[Templates] = []
    if "data" in standing:
        states.append({"data": index_rounds(standing["data"], stacks.data).first[0].template.as_json()})
    if "app" in standing:
        ready = between(stacks, standing)
        states += [_of_app(ready.stacks)] if ready else []
        states += [{"app": having(one, standing).app.template.as_json()} for one in (stacks, *([ready.stacks] if ready else []))]
    return frozenset(name for name, one in standing.items() if any(one == state.get(name) for state in states))


def _of_app(stacks: Stacks) -> Templates:
    return {name: one for name, one in templates_of(stacks).items() if name not in ("store", "data")}
