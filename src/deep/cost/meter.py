"""Counts events into usage: those that a plan foresees many at a time, those of a local run as they come."""

from __future__ import annotations

from collections.abc import Iterable

from deep.cost.events import Event, units_of
from deep.cost.units import Owner, Tally, Units, Usage
from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, because of whom, and how many times."""

    owner: Owner
    event: Event
    count: int = 1


class Meter:
    """Adds up what happens. Each event costs one dictionary look-up and a few additions, so it may stand beside a running platform."""

    __slots__ = ("_known", "_tally")

    def __init__(self) -> None:
        self._tally = Tally()
        self._known: dict[Event, tuple[Units, ...]] = {}

    def note(self, owner: Owner, event: Event, count: int = 1) -> None:
        """Counts an event. Raises ValueError for an operation on tables that has no price of its own."""
        units = self._known.get(event)
        if units is None:
            units = units_of(event)
            if len(self._known) < _REMEMBERED:
                self._known[event] = units
        self._tally.add(owner, units, count)

    def usage(self) -> Usage:
        """All that was counted so far."""
        return self._tally.usage()


_REMEMBERED = 4096


def usage_of(happenings: Iterable[Happening]) -> Usage:
    """What all of it is billed as."""
    meter = Meter()
    for one in happenings:
        meter.note(one.owner, one.event, one.count)
    return meter.usage()
