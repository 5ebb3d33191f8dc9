"""What will happen in an app in a month of a given load: every event that costs money, with how often it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deep.cost.events import ActiveUser, ApiRequest, Event, Invocation, ScheduledRun, SiteAnswer
from deep.cost.load import Load
from deep.cost.meter import Happening
from deep.cost.tables import table_calls, table_of
from deep.cost.units import Owner
from deep.model import Action, App

_ACCESS_LINE_BYTES = 250
"""A line of the API's access log."""
_LOG_LINES = 2
"""Lines that a function prints of itself; the load says how many bytes."""


def forecast(app: App, load: Load) -> Iterator[Happening]:
    """The events of a month: visits with their files and calls, schedules, users who sign in. The same for the same app and load."""
    yield from _site(app, load)
    yield from _users(app, load)
    called = [action for action in app.actions if action.type == "lambda" and action.scope != "private"]
    weights = [load.weights.get(action.identifier, 1) for action in called]
    runs = _Runs(app, load)
    for action, calls in zip(called, split(load.calls, weights), strict=True):
        yield from runs.calls(action, _uncached(action, calls, load))
    for action in app.actions:
        if action.cron is not None and action.type == "lambda":
            from deep.cost.schedule import runs_per_month

            yield from runs.scheduled(action, runs_per_month(action.cron))


def split(count: int, weights: Sequence[int]) -> list[int]:
    """`count` in whole parts by weight; they add up to it. Without any weight there is nothing to give it to."""
    everything, given, parts = sum(weights), 0, []
    for end in _sums(weights):
        upto = count * end // everything if everything else 0
        parts.append(upto - given)
        given = upto
    return parts


def owner_of(action: Action) -> Owner:
    return Owner(action.microapp, action.identifier)


class _Runs:
    """What runs when actions are called, and the actions that these call in turn."""

    def __init__(self, app: App, load: Load) -> None:
        self._app = app
        self._load = load
        self._tables = {model.name: table_of(app, model, load.item_bytes, load.items_per_list) for model in app.models}
        self._actions = {action.identifier: action for action in app.actions}

    def calls(self, action: Action, count: int) -> Iterator[Happening]:
        """Calls through the API."""
        load = self._load
        request = ApiRequest(load.request_bytes, load.response_bytes, _ACCESS_LINE_BYTES)
        yield from _often(owner_of(action), request, count)
        yield from self._runs(action, count, ())

    def scheduled(self, action: Action, count: int) -> Iterator[Happening]:
        yield from _often(owner_of(action), ScheduledRun(), count)
        yield from self._runs(action, count, ())

    def _runs(self, action: Action, count: int, through: tuple[str, ...]) -> Iterator[Happening]:
        """The function's runs, what each asks of tables, and of the actions it calls; one that calls itself is followed once."""
        owner, cold = owner_of(action), percent(count, self._load.cold_percent)
        yield from _often(owner, self._invocation(action, 0), count - cold)
        yield from _often(owner, self._invocation(action, self._load.init_ms * 1000), cold)
        uses = self._app.uses[action.identifier]
        for model, verbs in sorted(uses.models.items()):
            for call in (call for verb in sorted(verbs) for call in table_calls(verb, self._tables[model])):
                yield from _often(owner, call, count)
        for identifier in uses.actions:
            callee = self._actions.get(identifier)
            if callee is not None and callee.type == "lambda" and identifier not in (*through, action.identifier):
                yield from self._runs(callee, count, (*through, action.identifier))

    def _invocation(self, action: Action, init_us: int) -> Invocation:
        load = self._load
        return Invocation(load.duration_ms * 1000, action.memory_mb, "arm64", init_us, load.log_bytes, _LOG_LINES)


def percent(count: int, share: int) -> int:
    """So many percent of a count, rounded up: a rare thing happens at least once."""
    return -(-count * share // 100)


def _site(app: App, load: Load) -> Iterator[Happening]:
    """Files that browsers do not have, spread over the microapplications that have pages."""
    owners = [microapp for microapp in app.microapps if microapp.folders.frontend is not None] or [app.root]
    sent = load.visits * load.files_per_visit
    sent -= percent(sent, load.cached_percent) if sent else 0
    for microapp, count in zip(owners, split(sent, [1] * len(owners)), strict=True):
        edge = count * load.edge_percent // 100
        yield from _often(Owner(microapp.identifier), SiteAnswer(load.file_bytes), edge)
        yield from _often(Owner(microapp.identifier), SiteAnswer(load.file_bytes, is_from_edge=False), count - edge)


def _users(app: App, load: Load) -> Iterator[Happening]:
    """Those who sign in, where there is anything that needs it: a role other than that of strangers."""
    if any(role.name != "unauthenticated" for microapp in app.microapps for role in microapp.roles):
        yield from _often(Owner(app.root.identifier), ActiveUser(load.users), percent(load.visitors, load.signed_in_percent))


def _uncached(action: Action, calls: int, load: Load) -> int:
    """Browsers keep the answers of reads that say so."""
    is_kept = action.cache_ttl_s >= 0 and action.methods[0] == "GET"
    return calls - percent(calls, load.cached_percent) if is_kept else calls


def _often(owner: Owner, event: Event, count: int) -> Iterator[Happening]:
    if count > 0:
        yield Happening(owner, event, count)


def _sums(weights: Sequence[int]) -> Iterator[int]:
    reached = 0
    for weight in weights:
        reached += weight
        yield reached
