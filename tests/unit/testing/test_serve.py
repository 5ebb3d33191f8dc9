"""An app under test really runs, and its clients are who they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deep.errors import EnvironmentProblem, ProjectError
from deep.local.engines.dynoxide import find_binary
from deep.testing import LocalApp, serve

pytestmark = pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")
ECHO = "from deep import lambda_handler\n\n\n@lambda_handler\ndef handler(request):\n    return [request.identity_id, request.data]\n"
ACTION = {"type": "lambda", "methods": ["GET", "POST"], "source": "src/Say"}


def role(*actions: str) -> dict[str, Any]:
    return {"Version": "2015-10-07", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": ["acme:thing"]}]}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApp]:
    folder = tmp_path_factory.mktemp("property")
    files: dict[str, Any] = {
        "Shop/deepkg.json": {"identifier": "acme", "name": "Acme", "version": "1.0.0"},
        "Shop/Backend/resources.json": {"thing": {"say": ACTION, "edit": ACTION}},
        "Shop/Backend/src/Say/handler.py": ECHO,
        "Shop/Data/Roles/unauthenticated.json": role("acme:thing:say"),
        "Shop/Data/Roles/editors.json": role("acme:thing:edit"),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    with serve(folder) as running:
        yield running
    assert not (folder / ".deep").exists(), "the property itself is left alone"


def test_a_visitor_calls_what_visitors_may(app: LocalApp) -> None:
    visitor = app.client()
    answer = visitor.call("acme:thing:say", {"name": "Ada Lovelace & Co", "n": "1"})
    assert (answer.status, answer.data) == (200, [visitor.identity_id, {"name": "Ada Lovelace & Co", "n": "1"}])
    assert visitor.call("acme:thing:say", {"a": [1]}, "POST").data == [visitor.identity_id, {"a": [1]}]
    assert app.client().identity_id != visitor.identity_id


def test_each_role_calls_what_it_may_and_is_told_why_not(app: LocalApp) -> None:
    """Parity 89."""
    assert {role: [app.client(role).may_call(f"acme:thing:{name}") for name in ("say", "edit")] for role in app_roles()} == {
        "unauthenticated": [True, False],
        "authenticated": [False, False],
        "editors": [False, True],
    }
    refused = app.client().call("acme:thing:edit")
    assert refused.data == {
        "message": "Forbidden",
        "reason": "nothing grants acme:thing:edit to unauthenticated",
        "help": 'add "acme:thing:edit" to an Allow statement of Shop/Data/Roles/unauthenticated.json',
    }


def app_roles() -> tuple[str, ...]:
    return ("unauthenticated", "authenticated", "editors")


def test_a_role_that_does_not_exist(app: LocalApp) -> None:
    with pytest.raises(EnvironmentProblem, match="there is no role"):
        app.client("admins")


def test_an_app_that_is_wrong_or_does_not_start_says_so(tmp_path: Path) -> None:
    (tmp_path / "Shop").mkdir()
    deepkg = tmp_path / "Shop" / "deepkg.json"
    deepkg.write_text("{}")
    with pytest.raises(ProjectError, match="identifier"), serve(tmp_path):
        pass
    deepkg.write_text(json.dumps({"identifier": "acme", "name": "Acme", "version": "1.0.0"}))
    with pytest.raises(EnvironmentProblem, match="it ended with 2"), serve(tmp_path, "--act-as", "nobody"):
        pass
