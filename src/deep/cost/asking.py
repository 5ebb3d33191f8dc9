"""What a person asks of a price, and the answer in words and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deep.cost.bill import Bill, FreeTier
from deep.cost.load import NAMED, SIDE_BY_SIDE, Load, load_of
from deep.cost.price import Pricing, price_plan
from deep.cost.words import assumed, itemised, remarks, side_by_side
from deep.errors import Problem, UsageError
from deep.model import App


@dataclass(frozen=True, slots=True)
class Question:
    """`load` is the name of a load or of a file, `content` what such a file holds; without a load three are asked for. `region` may be the app's."""

    load: str | None = None
    content: bytes | None = None
    region: str | None = None
    free: FreeTier = "always"


@dataclass(frozen=True, slots=True)
class Answer:
    """The bills of the loads asked for, with what one must know to read them."""

    bills: tuple[Bill, ...]
    loads: Sequence[Load]
    remarks: tuple[str, ...]

    @property
    def text(self) -> str:
        """The bills side by side; a single one line by line too."""
        single = [*itemised(self.bills[0]), ""] if len(self.bills) == 1 else []
        return "\n".join([*single, *side_by_side(self.bills), "", *self.remarks, "", *assumed(self.loads)])

    def as_json(self) -> dict[str, Any]:
        loads = {load.name: list(load.assumptions()) for load in self.loads}
        return {"bills": [bill.as_json() for bill in self.bills], "remarks": list(self.remarks), "assumptions": loads}


def answer(app: App, question: Question, today: date) -> Answer:
    """Raises UsageError for a load that is neither a name nor a file, ProjectError for a file that describes none."""
    loads = SIDE_BY_SIDE if question.load is None else (_load(question.load, question.content),)
    bills = price_plan(app, question.region or app.property.region, loads, Pricing(free=question.free))
    return Answer(bills, loads, tuple(remarks(bills, today)))


def _load(named: str, content: bytes | None) -> Load:
    if named in NAMED:
        return NAMED[named]
    if content is not None:
        return load_of(named, content)
    help_ = f"loads are {', '.join(NAMED)}; a JSON file holds one of your own"
    raise UsageError(Problem("unknown-load", f'"{named}" is no load, and no file', help=help_))
