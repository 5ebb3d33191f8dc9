"""How a release takes over: all is made ready while the versions before answer; then the calls go to the new ones, or first a part of them.

Each step is a state of the stacks like any other, made by CloudFormation: killed anywhere, the command is run again and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.provision.account.cloud import Cloud, StackState
from deep.provision.changes import Templates, templates_of
from deep.provision.pace import Pace
from deep.provision.stacks import Stacks
from deep.provision.states.between import Between, between
from deep.provision.states.operations import MOST_AT_ONCE, operations

POLL_S = 15.0
ALL = 1.0


@dataclass(frozen=True, slots=True)
class Gradually:
    """`weight`: the part of the calls that the new versions get first, between 0 and 1; `watch_s`: for how long alarms are watched then."""

    weight: float
    watch_s: float


@dataclass(frozen=True, slots=True)
class Way:
    """The states to go through. In the first of several the versions before have all calls; the last is the release. `begin` is the first to make.

    `operations` are the states that CloudFormation goes through to each of them, which is the last of these.
    """

    states: tuple[Between, ...]
    operations: tuple[tuple[Stacks, ...], ...]
    begin: int = 0
    watch_s: float = 0


def way_to(stacks: Stacks, before: Templates, how: Gradually | None = None) -> Way:
    """From what stands to the release. Where no function changes, there is but one step."""
    weights = (0.0, how.weight) if how and how.weight < ALL else (0.0,)
    found = [state for weight in weights if (state := between(stacks, before, weight)) is not None]
    reached = [number for number, one in enumerate(found) if one.stacks.app.template.as_json() == before["app"]]
    begin, states = max(reached, default=0), (*found, Between(stacks))
    starts = (before if number <= begin else templates_of(states[number - 1].stacks) for number in range(len(states)))
    parts = tuple(operations(start, one.stacks) for start, one in zip(starts, states, strict=True))
    return Way(states, parts, begin, how.watch_s if how else 0)


class TakingOver:
    """Goes such a way. `step` is told what happens."""

    def __init__(self, cloud: Cloud, step: Callable[[str], None], pace: Pace | None = None) -> None:
        self._cloud = cloud
        self._step = step
        self._pace = pace or Pace()

    def go(self, way: Way, apply: Callable[[Stacks], StackState], ready: Callable[[], None] = lambda: None) -> StackState:
        """The app's stack at the end of it. `apply` makes a state; `ready` is called when all is there, before any new version answers where there
        are others.

        Raises RefusedError (`alarm`) when a new version failed: the old ones have all calls again then.
        """
        for number, state in enumerate(way.states[way.begin : -1], way.begin):
            self._step(_words(state))
            self._reach(way.operations[number], apply)
            if number == 0:
                ready()
            if state.alarms and (raised := self._watched(state.alarms, way.watch_s)):
                self._step("giving all calls back to the old versions")
                apply(way.states[0].stacks)
                raise _failed(raised)
        made = self._reach(way.operations[-1], apply)
        if len(way.states) == 1:
            ready()
        return made

    def _reach(self, operations: Sequence[Stacks], apply: Callable[[Stacks], StackState]) -> StackState:
        """The app's stack at the end of them."""
        for number, stacks in enumerate(operations[:-1], start=1):
            self._step(_counting(number, operations))
            apply(stacks)
        if len(operations) > 1:
            self._step(_counting(len(operations), operations))
        return apply(operations[-1])

    def _watched(self, names: Sequence[str], watch_s: float) -> Sequence[str]:
        """Alarms that are raised within this time, as soon as there are any."""
        deadline = self._pace.clock() + watch_s
        self._step(f"watching {len(names)} alarms for {watch_s / 60:g} minutes")
        while not (raised := self._cloud.raised(names)) and (left := deadline - self._pace.clock()) > 0:
            self._pace.sleep(min(POLL_S, left))
        return raised


def _counting(number: int, operations: Sequence[Stacks]) -> str:
    return f"operation {number} of {len(operations)}: CloudFormation changes {MOST_AT_ONCE:,} resources at once"


def _words(state: Between) -> str:
    if not state.alarms:
        return "making everything ready; the versions before answer"
    return f"the new versions of {len(state.alarms)} functions get a part of their calls"


def _failed(raised: Sequence[str]) -> RefusedError:
    help_ = "the old versions answer all calls again; see the functions' logs, mend the cause and publish again"
    return RefusedError(Problem("alarm", f"new versions failed: {', '.join(raised)}", help=help_))
