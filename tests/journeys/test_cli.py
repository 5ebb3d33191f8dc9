"""`deepify` as a process: its weight, its endings, and a property with ten mistakes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fakes.packages import below, microapp, write

pytestmark = pytest.mark.journey

DEEPIFY = str(Path(sys.executable).with_name("deepify"))
ROOT = Path(__file__).parents[2]
MISTAKES = ROOT / "tests/cases/model/ten-mistakes/property"
NEVER_FOR_HELP = {
    "boto3",
    "rich",
    "uvicorn",
    "asyncio",
    "watchfiles",
    "fastjsonschema",
    "orjson",
    "deep.model",
    "deep.local",
    "deep.packages",
    "deep.wiring",
}


def deepify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([DEEPIFY, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)


def test_help_imports_no_command() -> None:
    """What makes help quick; how quick is for the benches to say."""
    answered = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from deep.cli.main import main; main()", "--help"], capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip() for line in answered.stderr.splitlines()}
    assert "click" in imported
    assert {name for name in imported if name in NEVER_FOR_HELP or name.split(".")[0] in NEVER_FOR_HELP} == set()


def test_ten_mistakes_are_ten_errors() -> None:
    """Parity 31: each with its file, line, column and remedy; exit code 1; nothing else on either stream."""
    answered = deepify("server", str(MISTAKES), "-p", "0")
    errors = answered.stderr.split("\n\n")
    assert len(errors) == 10
    assert all(re.match(r"error\[[a-z-]+\]: .+\n +--> \S+:\d+:\d+\n", error) for error in errors), answered.stderr
    # What a language's own parser says is remedy enough; everything else tells how to mend it.
    assert all("\nhelp: " in error or "\nnote: " in error for error in errors if "[python-syntax]" not in error), answered.stderr
    assert (answered.returncode, answered.stdout) == (1, "")
    assert "Traceback" not in answered.stderr


def test_ten_mistakes_as_data() -> None:
    answered = deepify("inspect", str(MISTAKES), "--json")
    document = json.loads(answered.stderr)
    assert (len(document["errors"]), document["exitCode"], answered.returncode, answered.stdout) == (10, 1, 1, "")
    assert all(error["line"] and error["column"] for error in document["errors"])


def test_a_reader_that_leaves_is_no_error() -> None:
    """Bad input 93."""
    line = f"{DEEPIFY} inspect apps/todo | head -c 1"
    answered = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (answered.stdout, answered.stderr) == ("{", "")


def test_ctrl_c_ends_with_one_line() -> None:
    """Bad input 93: while waiting for an event on standard input."""
    command = [DEEPIFY, "lambda", "deep.todo:task:create", "apps/todo", "-e", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        _wait_until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err.strip()) == (130, "", "interrupted")


def _wait_until_it_reads(pid: int) -> None:
    """The process sleeps in a read of its standard input (descriptor 0) once the kernel says so."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if "pipe_read" in Path(f"/proc/{pid}/wchan").read_text():
            return
        time.sleep(0.02)
    raise AssertionError("the command does not read its standard input")


def test_the_model_as_json() -> None:
    document = json.loads(deepify("inspect", "apps/todo").stdout)
    assert "deep.todo" in {microapp["identifier"] for microapp in document["microapps"]}


ECHO = """from deep import lambda_handler


@lambda_handler
def handler(request):
    print("got", sorted(request.data))
    if "fail" in request.data:
        raise ValueError("as was asked")
    return {"echo": dict(request.data)}
"""


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    """A property with one action, acme.echo:say:back."""
    action = {"description": "Answers what it got", "type": "lambda", "methods": ["POST"], "source": "src/Say/Back", "forceUserIdentity": False}
    files = {**microapp("acme.echo"), "Backend/resources.json": json.dumps({"say": {"back": action}}), "Backend/src/Say/Back/handler.py": ECHO}
    return write(tmp_path / "app", below("Echo", files))


def test_one_function_once(echo: Path, tmp_path: Path) -> None:
    """Parity 21: the event as JSON, as a file and from standard input; the function by its name and by its folder."""
    write(tmp_path, {"event.json": '{"a": 1}'})
    folder = str(echo / "Echo/Backend/src/Say/Back")
    for arguments in (
        ["acme.echo:say:back", str(echo), "-e", '{"a": 1}', "--plain"],
        ["acme.echo:say:back", str(echo), "-e", str(tmp_path / "event.json"), "--plain"],
        [folder, "-e", '{"a": 1}', "--plain"],
    ):
        answered = deepify("lambda", *arguments)
        assert (answered.stdout, answered.stderr, answered.returncode) == ('{"echo": {"a": 1}}\n', "", 0)
    piped = subprocess.run(
        [DEEPIFY, "run-lambda", "acme.echo:say:back", str(echo), "-e", "-"], input='{"a": 1}', capture_output=True, text=True, check=True
    )
    assert json.loads(piped.stdout) == {"echo": {"a": 1}}
    assert "acme.echo:say:back | got ['a']" in piped.stderr


def test_a_failing_function_fails_the_command(echo: Path) -> None:
    answered = deepify("lambda", "acme.echo:say:back", str(echo), "-e", '{"fail": 1}')
    assert (answered.returncode, answered.stdout) == (1, "")
    assert "ValueError: as was asked" in answered.stderr
    assert "handler.py" in answered.stderr
