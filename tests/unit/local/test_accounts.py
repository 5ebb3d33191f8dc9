"""`deepify user`: the people who may sign in on this machine, kept while the platform runs and while it does not."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from deep.cli._screen import Screen
from deep.cli.main import run
from deep.errors import ExitCode
from deep.local.identity.keeping import IdentityKeep
from deep.local.identity.pool.pool import UserPool
from deep.model import load_app
from tests.house.tree import ROOT

PASSWORD = "Correct-horse-1"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A property with the roles `editors` (acts first) and `readers`."""
    home = tmp_path / "app"
    shutil.copytree(ROOT / "apps" / "todo" / "DeepTodo", home / "DeepTodo", ignore=shutil.ignore_patterns("node_modules", "_build", "Frontend"))
    for precedence, role in enumerate(("editors", "readers")):
        statement = {"Effect": "Allow", "Action": ["deep.todo:task:retrieve"], "Resource": ["deep.todo:task"]}
        document = {"Version": "2015-10-07", "Statement": [statement], "precedence": precedence}
        (home / "DeepTodo" / "Data" / "Roles" / f"{role}.json").write_text(json.dumps(document))
    return home


def deep(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, Screen(out, err, {})), out.getvalue(), err.getvalue()


def told(*arguments: str) -> Any:
    code, out, err = deep("--json", *arguments)
    assert code == ExitCode.OK, err
    return json.loads(out)


def pool_of(app: Path) -> UserPool:
    """The pool as a running platform has it open."""
    return IdentityKeep.open(app / ".deep", "http://localhost:8000", lambda told: None).users(load_app(app))


def sign_in(pool: UserPool, name: str, password: str) -> dict[str, Any]:
    parameters = {"USERNAME": name, "PASSWORD": password}
    return pool.public.call("InitiateAuth", {"ClientId": pool.settings.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})


def test_a_user_is_added_listed_moved_and_removed(app: Path) -> None:
    added = told("user", "add", "ada", str(app), "--email", "ada@example.com", "--group", "readers", "--password", PASSWORD, "--confirmed")
    assert (added["status"], added["groups"], added["password"]) == ("CONFIRMED", ["readers"], PASSWORD)
    assert [one["username"] for one in told("user", "list", str(app))] == ["ada"]
    assert told("user", "group", "ada", "editors", str(app))["groups"] == ["editors", "readers"]
    assert told("user", "group", "ADA", "readers", str(app), "--remove")["groups"] == ["editors"]
    assert "ada  confirmed  ada@example.com  editors" in deep("user", "list", str(app))[1]
    assert told("user", "remove", "ada", str(app)) == {"removed": "ada"}
    assert told("user", "list", str(app)) == []
    assert (app / ".deep" / ".gitignore").read_text() == "*\n"


def test_a_running_platform_sees_it_at_once(app: Path) -> None:
    (app / ".deep").mkdir()
    pool = pool_of(app)
    made = told("user", "add", "bob@example.com", str(app))
    assert (made["status"], made["email"]) == ("FORCE_CHANGE_PASSWORD", "bob@example.com")
    assert sign_in(pool, "bob@example.com", made["password"])["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    told("user", "add", "ada", str(app), "--password", PASSWORD, "--confirmed")
    tokens = sign_in(pool, "ada", PASSWORD)["AuthenticationResult"]
    told("user", "remove", "ada", str(app))
    assert "revoked" in deep_refusal(pool, tokens["AccessToken"])
    pool.parts.keep.store.close()


def deep_refusal(pool: UserPool, access_token: str) -> str:
    from deep.local.identity.aws_json import Declined

    with pytest.raises(Declined) as refused:
        pool.public.call("GetUser", {"AccessToken": access_token})
    return refused.value.message


def test_codes_that_wait_are_shown(app: Path) -> None:
    (app / ".deep").mkdir()
    pool = pool_of(app)
    email = [{"Name": "email", "Value": "eve@example.com"}]
    pool.public.call("SignUp", {"ClientId": pool.settings.client_id, "Username": "eve", "Password": PASSWORD, "UserAttributes": email})
    (eve,) = told("user", "list", str(app))
    pool.public.call("ConfirmSignUp", {"ClientId": pool.settings.client_id, "Username": "eve", "ConfirmationCode": eve["codes"]["confirm"]})
    assert told("user", "list", str(app))[0]["codes"] == {}
    pool.parts.keep.store.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "bob", "--group", "editor"), 'did you mean "editors"?'),
        (("add", "bob", "--group", "authenticated"), "unknown-group"),
        (("add", "ada"), "deepify user remove"),
        (("add", "bob", "--password", "weak"), "eight characters"),
        (("add", "a b"), "no spaces"),
        (("group", "adda", "editors"), 'did you mean "ada"?'),
        (("group", "ada", "reader"), 'did you mean "readers"?'),
        (("group", "ada", "readers", "--remove"), "not in the group readers"),
        (("remove", "nobody"), "there are ada"),
    ],
)
def test_what_cannot_be_is_told_with_the_nearest_that_can(app: Path, arguments: tuple[str, ...], said: str) -> None:
    told("user", "add", "ada", str(app))
    names = 3 if arguments[0] == "group" else 2
    code, out, err = deep("user", *arguments[:names], str(app), *arguments[names:])
    assert (code, out) == (ExitCode.USAGE, "")
    assert said in err
    assert [one["username"] for one in told("user", "list", str(app))] == ["ada"]
