"""What a person asks of a price, and the answer in words and as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from deep.cost.bill import Bill, FreeTier
from deep.cost.load import NAMED, SIDE_BY_SIDE, Load, load_of
from deep.cost.price import Pricing, price_plan
from deep.cost.standing import Standing
from deep.cost.words import assumed, brief, changed, itemised, remarks, side_by_side
from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.model import App

if TYPE_CHECKING:
    from deep.cost.diff import Difference


@dataclass(frozen=True, slots=True)
class Question:
    """`load` is the name of a load or of a file, `content` what such a file holds; without a load three are asked for. `region` may be the app's.

    `earlier` are the name and content of a file of bills that these shall be held against.
    """

    load: str | None = None
    content: bytes | None = None
    region: str | None = None
    free: FreeTier = "always"
    earlier: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The bills of the loads asked for, with what one must know to read them, and what they differ by from earlier ones of the same loads."""

    bills: tuple[Bill, ...]
    loads: Sequence[Load]
    remarks: tuple[str, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def text(self) -> str:
        """The bills side by side; a single one line by line too."""
        single = [*itemised(self.bills[0]), ""] if len(self.bills) == 1 else []
        changes = [line for difference in self.differences for line in changed(difference)]
        more = ["", *changes] if changes else []
        return "\n".join([*single, *side_by_side(self.bills), *more, "", *self.remarks, "", *assumed(self.loads)])

    @property
    def brief(self) -> str:
        """A line for each bill, what it differs by from the earlier one, and of when the prices are."""
        return "\n".join([*brief(self.bills, self.differences), *self.remarks[-1:]])

    def as_json(self) -> dict[str, Any]:
        loads = {load.name: list(load.assumptions()) for load in self.loads}
        told = {"bills": [bill.as_json() for bill in self.bills], "remarks": list(self.remarks), "assumptions": loads}
        return {**told, "differences": [difference.as_json() for difference in self.differences]}


def answer(app: App, question: Question, today: date, standing: Standing | None = None) -> Answer:
    """The price of an app, and of what stands there beside what it declares, as far as that is known.

    Raises UsageError for a load that is neither a name nor a file, ProjectError for a file that is not what it should be."""
    loads = SIDE_BY_SIDE if question.load is None else (_load(question.load, question.content),)
    bills = price_plan(app, question.region or app.property.region, loads, Pricing(question.free, standing or Standing()))
    differences = _differences(bills, *question.earlier) if question.earlier else ()
    return Answer(bills, loads, tuple(remarks(bills, today)), differences)


def _differences(bills: Sequence[Bill], name: str, content: bytes) -> tuple[Difference, ...]:
    """What bills differ by from the earlier ones of the same loads, which the file of this name holds."""
    from deep.cost.diff import diff
    from deep.cost.kept import bills_kept

    kept = {bill.title: bill for bill in bills_kept(name, content, bills[0].terms.book)}
    return tuple(diff(kept[bill.title], bill) for bill in bills if bill.title in kept)


def _load(named: str, content: bytes | None) -> Load:
    if named in NAMED:
        return NAMED[named]
    if content is not None:
        return load_of(named, content)
    help_ = f"loads are {', '.join(NAMED)}; a JSON file holds one of your own"
    raise UsageError(Problem("unknown-load", f'"{named}" is no load, and no file', help=help_))
