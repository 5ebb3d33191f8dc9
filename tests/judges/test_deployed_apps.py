"""Twelve microapplications with 64 actions, deployed: each answers a visitor and a user, or turns them away, as it does locally.

One action in four is asked, with DEEP_WHOLE all of them. What the emulator has not is told in `docs/design/local-and-deployed.md`: `LeadingKeys`,
without which nobody reaches the items of an own model, and the roles of groups.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deep.local.identity.principal import AUTHENTICATED, UNAUTHENTICATED
from deep.model import Action, App
from deep.testing import serve
from deep.wire.sigv4 import canonical_query
from tests.browser.serving import APPS, copy_app
from tests.generated.property import ACTIONS, API_KEY, write_property
from tests.judges.calling import Request, Response, local_caller
from tests.judges.comparing import comparable
from tests.judges.deployed import deployed

EVERY = 1 if "DEEP_WHOLE" in os.environ else 4
PAYLOAD = {"Id": "01a210c2-9ddf-7056-9bd3-a2a8586eb58f", "Code": "a", "Change": {"Name": "b"}}


def request_of(action: Action) -> Request:
    method, headers = action.methods[0], {"content-type": "application/json", "x-api-key": API_KEY}
    if method in ("GET", "DELETE"):
        query = canonical_query((name, value if isinstance(value, str) else json.dumps(value)) for name, value in PAYLOAD.items())
        return Request(method, action.path, query, headers=headers)
    return Request(method, action.path, body=json.dumps(PAYLOAD).encode(), headers=headers)


def keeps_own_items(app: App, action: Action) -> bool:
    own = {model.name for model in app.models if model.own}
    return not own.isdisjoint(app.uses[action.identifier].models)


def are_alike(local: Response, there: Response) -> bool:
    """Why somebody is turned away, and what a function failed of, is said in development alone."""
    if local.status == there.status and local.status in (403, 500):
        return True
    return comparable(local) == comparable(there)


@pytest.mark.timeout(600)
def test_actions_answer_as_they_do_locally(tmp_path: Path) -> None:
    """Parity 87, 113, 117."""
    path = write_property(tmp_path / "generated")
    with serve(path) as local, deployed(path, tmp_path) as there:
        app = there.app
        assert len(app.actions) == ACTIONS
        answering = [action for action in app.actions if action.scope != "private" and not keeps_own_items(app, action)]
        statuses: set[int] = set()
        for role in (UNAUTHENTICATED, AUTHENTICATED):
            here, away = local_caller(local, role), there.caller(role)
            for action in answering[::EVERY]:
                mine, theirs = here.ask(request_of(action)), away.ask(request_of(action))
                assert are_alike(mine, theirs), f"{role} {action.identifier}: {comparable(mine)} {comparable(theirs)}"
                statuses.add(mine.status)
    assert {200, 403} <= statuses


def test_hello_world_greets_whom_it_greets_locally(tmp_path: Path) -> None:
    with serve(APPS / "hello-world") as local, deployed(copy_app("hello-world", tmp_path), tmp_path) as there:
        (action,) = there.app.actions
        for payload in ({"Name": "Ada"}, {}):
            mine, theirs = (caller.call("POST", action.path, payload) for caller in (local_caller(local), there.caller()))
            assert comparable(mine) == comparable(theirs)
        assert there.caller().ask(Request("GET", "/", signed=False)).status == 200
