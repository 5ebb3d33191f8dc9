"""The command line as a person meets it: help, near misses, exit codes, and errors without tracebacks."""

from __future__ import annotations

import io
import json
from pathlib import Path

import click
import pytest

from deep.cli._catalogue import BY_NAME, ENTRIES, Entry
from deep.cli._screen import Screen
from deep.cli.main import deepify, run
from deep.errors import ExitCode
from tests.fakes.packages import below, microapp, write


def deep(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command line."""
    out, err = io.StringIO(), io.StringIO()
    code = run(arguments, Screen(out, err, {}))
    return code, out.getvalue(), err.getvalue()


def test_help_lists_every_command_in_its_section(capsys: pytest.CaptureFixture[str]) -> None:
    """Parity 1."""
    assert deep("--help")[0] == ExitCode.OK
    text = capsys.readouterr().out
    starts = [text.index(entry.section) for entry in ENTRIES]
    assert starts == sorted(starts)
    assert all(entry.summary in text and entry.examples[0] in text for entry in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_command_explains_itself_with_examples(entry: Entry, capsys: pytest.CaptureFixture[str]) -> None:
    """Parity 1."""
    assert deep(entry.name, "--help")[0] == ExitCode.OK
    text = capsys.readouterr().out
    assert all(example in text for example in entry.examples)
    assert "--json" in text


@pytest.mark.parametrize("name", BY_NAME)
def test_every_name_and_alias_leads_to_its_command(name: str) -> None:
    """Parity 28."""
    with click.Context(deepify) as context:
        found = deepify.get_command(context, name)
    assert found is not None
    assert found.name == BY_NAME[name].shortcuts.get(name, BY_NAME[name].name).split()[-1]


def test_version() -> None:
    """Parity 1."""
    assert deep("--version")[1].startswith("deepify 0.")
    assert "version" in json.loads(deep("--json", "-v")[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sevrer"], "did you mean `deepify server`?"),
        (["isntall"], "did you mean `deepify install`?"),
        (["run-lambd"], "did you mean `deepify lambda`?"),
        (["hooks", "aprove"], "did you mean `deepify hooks approve`?"),
        (["server", "--prot", "1"], "did you mean --port?"),
        (["xyzzy"], "`deepify --help` lists the commands"),
        (["server", "-p", "abc"], "--port"),
        (["server", "-p", "99999"], "65535"),
        (["server", "a", "b"], "unexpected extra argument"),
        (["lambda"], "Missing argument 'FUNCTION'"),
        (["lambda", "a:b:c", "-e", "{"], "not JSON"),
        (["server", "/nonexistent"], "no folder /nonexistent"),
        (["install", "ext::sh -c x"], "not fetched over"),
        (["hooks", "run", "initt", "."], "initt"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity 2; bad inputs 82 and 89."""
    write(tmp_path, below("Shop", microapp()))
    monkeypatch.chdir(tmp_path)
    code, out, err = deep(*arguments)
    assert code == ExitCode.USAGE
    assert said in err
    assert err.startswith("error[")
    assert out == ""
    assert "Traceback" not in err


def test_errors_are_data_when_asked() -> None:
    code, out, err = deep("server", "--json", "--prot")
    document = json.loads(err)
    assert (code, document["exitCode"], document["errors"][0]["code"], out) == (2, 2, "unknown-option", "")


def test_options_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEP_JSON", "1")
    monkeypatch.setenv("DEEP_PORT", "not a port")
    code, _, err = deep("server", ".")
    assert code == ExitCode.USAGE
    assert "not a port" in json.loads(err)["errors"][0]["message"]


def test_the_level_may_stand_before_or_after_the_command(tmp_path: Path) -> None:
    """Parity 4."""
    for arguments in (["--loglevel", "silent", "server"], ["server", "--loglevel", "silent"]):
        assert deep(*arguments, str(tmp_path)) == (ExitCode.USAGE, "", "")


def test_tracebacks_are_for_debugging_alone(tmp_path: Path) -> None:
    assert "Traceback" not in deep("inspect", str(tmp_path))[2]
    assert "Traceback" in deep("inspect", str(tmp_path), "--debug")[2]


def test_the_machines_faults_are_no_mistakes_of_the_project(tmp_path: Path) -> None:
    """Bad input 84: a file stands where a folder is needed."""
    (tmp_path / "file").touch()
    code, _, err = deep("helloworld", str(tmp_path / "file" / "app"))
    assert code == ExitCode.ENVIRONMENT
    assert err.splitlines()[-2].startswith("error[machine]: Not a directory")


def test_helloworld_wants_an_empty_place(tmp_path: Path) -> None:
    """Parity 9."""
    (tmp_path / "mine.txt").touch()
    assert deep("helloworld", str(tmp_path))[0] == ExitCode.USAGE
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    code, out, _ = deep("helloworld", str(tmp_path / "hello"), "--json")
    assert code == ExitCode.OK
    assert {placed["identifier"] for placed in json.loads(out)["microapps"]} == {"deep.helloworld", "deep.root"}
    assert json.loads(deep("inspect", str(tmp_path / "hello"))[1])["property"]["appIdentifier"] == "hello-world"


def test_installing_tells_what_it_placed_and_which_hooks_wait(tmp_path: Path) -> None:
    write(tmp_path / "Shop", {**microapp(), "hook.init.py": "def hook(context): ...\n"})
    code, out, err = deep("install", str(tmp_path / "Shop"), str(tmp_path / "app"))
    assert code == ExitCode.OK
    assert [line.split()[:3] for line in out.splitlines()] == [["new", "acme.shop", "0.0.1"], ["new", "deep.root", "0.1.0"]]
    assert "hook acme.shop@0.0.1 init is waiting" in err
    assert "next: deepify server" in err


def test_approving_needs_a_person_or_yes(tmp_path: Path) -> None:
    """Threat I1."""
    write(tmp_path, below("Shop", {**microapp(), "hook.init.py": "def hook(context):\n    print('ran')\n"}))
    assert deep("hooks", "approve", "acme.shop", str(tmp_path))[0] == ExitCode.REFUSED
    assert deep("hooks", "approve", "acme.shp", str(tmp_path))[0] == ExitCode.USAGE
    assert json.loads(deep("hooks", "list", str(tmp_path), "--json")[1])[0]["consent"] == "waiting"
    assert deep("hooks", "approve", "acme.shop@0.0.1", str(tmp_path), "--yes")[0] == ExitCode.OK
    assert json.loads(deep("hooks", "list", str(tmp_path), "--json")[1])[0]["consent"] == "approved"
    code, _, err = deep("hooks", "run", "init", str(tmp_path))
    assert (code, "acme.shop@0.0.1 init | ran" in err) == (ExitCode.OK, True)
