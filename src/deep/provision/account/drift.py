"""Drift: what somebody changed by hand since the last deploy, as CloudFormation finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.provision.pace import Pace

LONGEST_WAIT_S = 600.0
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Drift:
    """A resource that is not as its stack has it: `deleted`, or `modified` in these properties."""

    stack: str
    logical_id: str
    type: str
    how: str
    properties: tuple[str, ...] = ()

    def __str__(self) -> str:
        changed = f": {', '.join(self.properties)}" if self.properties else ""
        return f"{self.stack}: {self.logical_id} ({self.type.removeprefix('AWS::')}) was {self.how}{changed}"

    def as_json(self) -> dict[str, Any]:
        return {"stack": self.stack, "logicalId": self.logical_id, "type": self.type, "how": self.how, "properties": list(self.properties)}


class Detector(Protocol):
    """What of a cloud finding drift needs."""

    def begin_drift(self, stack: str) -> str:
        """Lets CloudFormation look; the id of that look."""

    def drift(self, stack: str, detection: str) -> tuple[Drift, ...] | None:
        """What it found; None while it looks."""


def drift_of(cloud: Detector, stacks: Iterable[str], pace: Pace) -> Iterator[Drift]:
    """Everything in these stacks that is not as it should be. Raises RefusedError when CloudFormation takes too long to look."""
    begun = [(stack, cloud.begin_drift(stack)) for stack in stacks]
    deadline = pace.clock() + LONGEST_WAIT_S
    for stack, detection in begun:
        while (found := cloud.drift(stack, detection)) is None:
            if pace.clock() > deadline:
                raise RefusedError(Problem("not-in-time", f"CloudFormation still looks at {stack}", help="run the command again"))
            pace.sleep(POLL_S)
        yield from found
