"""The generated property as it runs: every role calls every action past the page, and the gateway decides what the rules decide. Threat D6.

Its 64 functions run under their own policies meanwhile, and none of them is denied what its code does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deep.local.door.recorder import VARIABLE, read_calls, read_recordings
from deep.security.grants import grants_of
from deep.testing import LocalApp, serve
from tests.generated.property import ACTIONS, API_KEY, write_property

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PAYLOAD = {"Id": "01a210c2-9ddf-7056-9bd3-a2a8586eb58f", "Code": "a", "Change": {"Name": "b"}}
Status = dict[tuple[str, str], int]


def statuses(running: LocalApp) -> Status:
    """What each role is answered that calls each action by its route, with the key that some require."""
    found: Status = {}
    for role in grants_of(running.app).roles:
        client = running.client(role)
        for action in running.app.actions:
            found[role, action.identifier] = client.request(action.methods[0], action.path, PAYLOAD, {"x-api-key": API_KEY}).status
    return found


@pytest.mark.timeout(300)
def test_the_gateway_decides_as_the_rules_do_and_functions_reach_what_they_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity 87, 88."""
    recordings = tmp_path / "recordings.jsonl"
    monkeypatch.setenv(VARIABLE, str(recordings))
    with serve(write_property(tmp_path / "generated")) as running:
        found, app = statuses(running), running.app
    grants = grants_of(app)
    assert len(found) == len(grants.roles) * ACTIONS
    private = {action.identifier for action in app.actions if action.scope == "private"}
    assert {status for (_, action), status in found.items() if action in private} == {404}, "a private action has no route"
    reached = {key: status != 403 for key, status in found.items() if key[1] not in private}
    assert reached == {key: grants.decide(*key).allowed for key in reached}
    asked = {key for key, allowed in reached.items() if allowed and app.action(key[1]).authorization != "NONE"}
    assert read_calls(recordings) == asked
    seen = read_recordings(recordings)
    assert [one for one in seen if not one.allowed] == []
    called = {action for _, action in asked}
    assert {one.function for one in seen} >= {identifier for identifier, uses in app.uses.items() if uses.models and identifier in called}
