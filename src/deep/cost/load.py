"""How much an app is used in a month: the assumptions that a price stands on, by name or from a file, and always told with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any

from deep.cost.events import CognitoPlan
from deep.errors import ProjectError
from deep.frozen import dataclass
from deep.model.checks import check
from deep.model.reader import read_json
from deep.model.shape import Field, MapOf, Number, Record, Text

_KB = 1024


@dataclass(frozen=True, slots=True)
class Load:
    """A month's use. Percentages are whole numbers; sizes are those of an average one.

    Actions are called alike unless `weights` gives some of them (`deep.todo:task:retrieve`) more or less than 1, and each does all that it may, once.
    """

    name: str
    visitors: int
    visits_per_visitor: int = 4
    actions_per_visit: int = 20
    signed_in_percent: int = 20
    users: CognitoPlan = "lite"
    files_per_visit: int = 12
    file_bytes: int = 30 * _KB
    cached_percent: int = 50
    edge_percent: int = 80
    request_bytes: int = 500
    response_bytes: int = 2 * _KB
    duration_ms: int = 50
    cold_percent: int = 10
    init_ms: int = 400
    log_bytes: int = 200
    item_bytes: int = 500
    items_per_list: int = 50
    items_per_table: int = 1_000
    log_retention_days: int = 30
    site_bytes: int = 5 * _KB * _KB
    weights: Mapping[str, int] = field(default_factory=dict)

    @property
    def visits(self) -> int:
        return self.visitors * self.visits_per_visitor

    @property
    def calls(self) -> int:
        """Calls of actions, before browsers answer some of them from their caches."""
        return self.visits * self.actions_per_visit

    def assumptions(self) -> tuple[str, ...]:
        """The load in words, for people to judge."""
        visits = f"{self.visitors:,} visitors come {self.visits_per_visitor} times and call {self.actions_per_visit} actions each time"
        cold = f"{self.cold_percent} % of them {self.init_ms} ms longer for a cold start"
        cached = f"browsers have {self.cached_percent} % of them, and of answers they may keep; CloudFront {self.edge_percent} % of the rest"
        return (
            f"{visits} ({self.calls:,} calls); {self.signed_in_percent} % of them sign in (Cognito {self.users.title()})",
            f"a call runs {self.duration_ms} ms, {cold}; it logs {self.log_bytes:,} bytes",
            f"a call sends {self.request_bytes:,} bytes and gets {self.response_bytes:,}, and does all that its function may, once",
            f"a visit asks for {self.files_per_visit} files of {self.file_bytes:,} bytes; {cached}",
            f"a table holds {self.items_per_table:,} items of {self.item_bytes:,} bytes, and a list or search reads {self.items_per_list:,}",
        )


IDLE = Load("idle", 0, items_per_table=0)
"""Nobody comes: what stands there costs this much."""
HOBBY = Load("hobby", 100, edge_percent=50, cold_percent=30)
TEAM = Load(
    "team",
    1_000,
    visits_per_visitor=20,
    actions_per_visit=40,
    signed_in_percent=100,
    cached_percent=80,
    cold_percent=5,
    items_per_list=100,
    items_per_table=50_000,
)
BUSY = Load(
    "busy",
    100_000,
    visits_per_visitor=6,
    actions_per_visit=30,
    signed_in_percent=30,
    edge_percent=95,
    cold_percent=1,
    items_per_list=100,
    items_per_table=2_000_000,
)
NAMED: Mapping[str, Load] = {load.name: load for load in (IDLE, HOBBY, TEAM, BUSY)}
SIDE_BY_SIDE = (HOBBY, TEAM, BUSY)
"""The loads that a price is told at when nobody names one."""

_PERCENT = Number(0, 100)
_COUNT = Number(0, 10**12)
_JSON_NAMES = {one.name: "".join(part.title() if place else part for place, part in enumerate(one.name.split("_"))) for one in fields(Load)}


def _shape() -> Record:
    """The shape of a load's file: all fields but `visitors` may be left out, and are then as in the load `hobby`."""
    found: dict[str, Field] = {
        "name": Field(Text(r"[\w .-]{1,20}", "1 to 20 letters, digits and signs"), "how the load is called", default="file"),
        "visitors": Field(_COUNT, "people who come in the month", required=True),
        "users": Field(Text(choices=("lite", "essentials")), "the plan of the user pool", default=HOBBY.users),
        "weights": Field(MapOf(Number(0, 10**6)), "action -> how often it is called, where others are called once", default={}),
    }
    for attribute, name in _JSON_NAMES.items():
        shape = _PERCENT if attribute.endswith("_percent") else _COUNT
        found.setdefault(name, Field(shape, attribute.replace("_", " "), default=getattr(HOBBY, attribute)))
    return Record(found)


LOAD = _shape()


def load_of(name: str, data: bytes) -> Load:
    """The load that a JSON file describes; `name` is how messages call it. Raises ProjectError with everything that is wrong."""
    document = read_json(name, data, '{"visitors": 1000}')
    value, problems = check(document, LOAD)
    if document.problems or problems:
        raise ProjectError(*document.problems, *problems)
    return Load(**{attribute: _plain(value[told]) for attribute, told in _JSON_NAMES.items()})


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value
