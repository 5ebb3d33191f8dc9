"""Nothing of a microapplication is another's, unless it is exported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.model.conftest import HEALTHY, Bench

OTHER: dict[str, Any] = {
    "Mail/deepkg.json": {"identifier": "acme.mail", "name": "Mail", "version": "1.0.0"},
    "Mail/Backend/resources.json": {
        "message": {
            "send": {"type": "lambda", "methods": ["POST"], "source": "src/Send"},
            "sweep": {"type": "lambda", "methods": ["POST"], "source": "src/Send", "scope": "private"},
            "ping": {"type": "lambda", "methods": ["GET"], "source": "src/Send", "api": {"authorization": "NONE"}},
        }
    },
    "Mail/Backend/src/Send/handler.py": "class Handler:\n    pass\n",
}
EXPORTING = {"Mail/deepkg.json": {**OTHER["Mail/deepkg.json"], "exports": {"actions": ["message:send"]}}}
ROLE = "Shop/Data/Roles/authenticated.json"
HANDLER = "Shop/Backend/src/Task/Create/handler.py"


def role(*actions: str, effect: str = "Allow", wide: bool = False) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": list(actions), "Resource": ["*:*"] if wide else ["acme.mail:message"], "wide": wide}
    return {ROLE: {"Version": "2015-10-07", "Statement": [statement]}}


def test_a_role_may_not_speak_of_what_is_not_exported(bench: Bench) -> None:
    problem = bench.problem({**OTHER, **role("acme.mail:message:send")})
    assert (problem.code, str(problem.place)) == ("not-exported", f"{ROLE}:7:9")
    assert problem.help == 'add "message:send" to "exports": {"actions": [...]} of Mail/deepkg.json'
    bench.load({**OTHER, **EXPORTING, **role("acme.mail:message:send")})


def test_the_roles_of_the_root_speak_of_everything(bench: Bench) -> None:
    app = bench.load({**OTHER, "Root/Data/Roles/authenticated.json": role("acme.mail:message:send")[ROLE]})
    assert app.root.roles[0].statements[0].actions == ("acme.mail:message:send",)


@pytest.mark.parametrize(("action", "effect", "code"), [("sweep", "Allow", "private-action"), ("ping", "Deny", "deny-of-open")])
def test_statements_that_cannot_mean_anything(bench: Bench, action: str, effect: str, code: str) -> None:
    files = {**OTHER, "Root/Data/Roles/authenticated.json": role(f"acme.mail:message:{action}", effect=effect)[ROLE]}
    assert bench.problem(files).code == code


def test_a_function_may_not_call_what_is_not_exported(bench: Bench) -> None:
    calling = {
        HANDLER: 'class Handler:\n    def handle(self, request):\n        self.kernel.get("resource").get("@acme.mail:message").request("send")\n'
    }
    problem = bench.problem({**OTHER, **calling})
    assert (problem.code, str(problem.place)) == ("not-exported", f"{HANDLER}:3:9")
    assert bench.load({**OTHER, **EXPORTING, **calling}).uses["acme.shop:task:create"].actions == ("acme.mail:message:send",)


def test_a_call_of_no_action_is_told_with_the_nearest(bench: Bench) -> None:
    uses = {"Shop/Backend/resources.json": {"task": {"create": {**_create(), "uses": {"actions": ["acme.mail:message:sent"]}}}}}
    problem = bench.problem({**OTHER, **EXPORTING, **uses})
    assert (problem.code, problem.help) == ("unknown-action", 'did you mean "acme.mail:message:send"?')


def test_only_what_is_there_can_be_exported(bench: Bench) -> None:
    wrong = {"Mail/deepkg.json": {**OTHER["Mail/deepkg.json"], "exports": {"actions": ["message:sent"], "models": ["Message"]}}}
    assert [problem.code for problem in bench.problems({**OTHER, **wrong})] == ["unknown-export", "unknown-export"]


def _create() -> dict[str, Any]:
    create: dict[str, Any] = HEALTHY["Shop/Backend/resources.json"]["task"]["create"]
    return create
