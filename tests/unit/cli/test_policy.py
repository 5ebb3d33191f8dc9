"""`deepify policy` as a person meets it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from deep.cli._screen import Screen
from deep.cli.main import run
from deep.errors import ExitCode

TODO = str(Path(__file__).parents[3] / "apps" / "todo")
CREATE = "deep.todo:task:create"


def deep(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command line."""
    out, err = io.StringIO(), io.StringIO()
    code = run(["policy", *arguments], Screen(out, err, {}))
    return code, out.getvalue(), err.getvalue()


def test_it_shows_a_table_and_words() -> None:
    code, out, err = deep(TODO)
    assert (code, err) == (ExitCode.OK, "")
    assert "deep.todo:task:create           yes              yes" in out.splitlines()
    assert "  Anybody may create a task (DeepTodo/Data/Roles/unauthenticated.json:4:5)" in out.splitlines()
    assert "  task:retrieve reads and lists Todo; writes nothing" in out.splitlines()


def test_it_shows_data_to_programs() -> None:
    told = json.loads(deep("--json", TODO)[1])
    assert told["roles"] == ["unauthenticated", "authenticated"]
    assert {action["identifier"] for action in told["actions"]} >= {CREATE}
    assert told["functions"][0]["models"] == {"Todo": ["create"]}


def test_the_working_folder_is_shown_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TODO)
    assert deep() == deep(TODO)


@pytest.mark.parametrize(
    ("arguments", "allowed", "said"),
    [
        ([CREATE, "--as", "authenticated"], True, "DeepTodo/Data/Roles/authenticated.json:4:5"),
        (["dynamodb:Scan", "--function", "deep.todo:task:retrieve"], True, "table/DeepDevTodo"),
        (["dynamodb:PutItem", "--function", "deep.todo:task:retrieve"], False, 'add "create" for a model'),
        (["lambda:InvokeFunction", "--function", CREATE], False, 'to "actions" of its uses'),
        (["ses:SendEmail", "--function", CREATE], False, 'to "aws" of its uses'),
    ],
)
def test_it_explains(arguments: list[str], allowed: bool, said: str) -> None:
    code, out, _ = deep("explain", *arguments, TODO)
    assert code == ExitCode.OK
    assert out.startswith("allowed: " if allowed else "denied: ")
    assert said in out
    assert json.loads(deep("explain", *arguments, TODO, "--json")[1])["allowed"] is allowed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", CREATE, TODO], "say --as ROLE"),
        (["explain", CREATE, TODO, "--as", "authentcated"], 'did you mean "authenticated"?'),
        (["/nonexistent"], "no folder /nonexistent"),
        (["explain"], "Missing argument 'ACTION'"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str) -> None:
    """Parity 2."""
    code, out, err = deep(*arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert said in err


@pytest.mark.parametrize("arguments", [["deep.todo:task:crate", "--as", "authenticated"], ["dynamodb:PutItem", "--function", "deep.todo:task:crate"]])
def test_a_mistyped_action_meets_the_nearest(arguments: list[str]) -> None:
    code, out, err = deep("explain", *arguments, TODO)
    assert (code != ExitCode.OK, out) == (True, "")
    assert 'did you mean "deep.todo:task:create"?' in err
