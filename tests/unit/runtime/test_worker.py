"""The worker process: what it answers, and what it does when the author's code misbehaves (threats-and-faults 3.4)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from deep.wire.frames import FAULT, INIT_FAULT, READY, RESULT
from tests.fakes.tables import function_config
from tests.fakes.worker import running_worker

LAMBDA = "def handler(event, context):\n    "


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "_config.json").write_text(json.dumps(function_config()))
    return folder


def answer_of(root: Path, code: str, event: Any = None, **environment: str) -> tuple[int, Any]:
    (root / "bootstrap.py").write_text(code)
    with running_worker(root, **environment) as worker:
        ready = worker.read()
        assert ready
        assert ready[0] == READY
        assert ready[1]["initMs"] >= 0
        answer = worker.invoke(event)
        assert answer
        return answer


def init_fault(root: Path) -> dict[str, Any]:
    with running_worker(root) as worker:
        answer = worker.read()
        code, _, err = worker.stop()
    assert answer
    assert answer[0] == INIT_FAULT
    assert (code, err) == (1, "")
    return answer[1]  # type: ignore[no-any-return]


def test_answers_again_and_again(root: Path) -> None:
    (root / "bootstrap.py").write_text("count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return [event, count]\n")
    with running_worker(root) as worker:
        worker.read()
        assert [worker.invoke({"ключ": n}) for n in range(3)] == [(RESULT, [{"ключ": n}, n + 1]) for n in range(3)]
        assert worker.stop()[0] == 0


def test_context_is_lambdas(root: Path) -> None:
    code = LAMBDA + (
        "return [context.aws_request_id, context.invoked_function_arn, context.function_name, context.memory_limit_in_mb, "
        "context.identity.cognito_identity_id, 4000 < context.get_remaining_time_in_millis() <= 5000, context.function_version]"
    )
    (root / "bootstrap.py").write_text(code)
    with running_worker(root, AWS_LAMBDA_FUNCTION_NAME="f", AWS_LAMBDA_FUNCTION_MEMORY_SIZE="128") as worker:
        worker.read()
        assert worker.invoke({}, identityId="us-east-1:x") == (RESULT, ["r-1", "arn:f", "f", "128", "us-east-1:x", True, "$LATEST"])


def test_class_and_function_handlers(root: Path) -> None:
    """Parity 63, 64."""
    (root / "handler.py").write_text(
        "from deep import Runtime\nclass Handler(Runtime):\n    def handle(self, request):\n        return self.create_response(request.data)\n"
    )
    event = {"requestContext": {"http": {"method": "POST"}}, "body": '{"a": 1}'}
    with running_worker(root) as worker:
        assert worker.read()
        answer = worker.invoke(event)
    assert answer == (RESULT, {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": '{"a":1}'})
    (root / "handler.py").write_text("from deep import lambda_handler\n@lambda_handler\ndef handler(request, kernel):\n    return kernel.env\n")
    with running_worker(root) as worker:
        assert worker.read()
        assert worker.invoke({}) == (RESULT, "dev")


def test_an_exception_is_reported_with_the_authors_lines(root: Path) -> None:
    code = "def helper():\n    raise KeyError('x')\n\n" + LAMBDA + "helper()"
    kind, fault = answer_of(root, code)
    assert (kind, fault["errorType"], fault["errorMessage"]) == (FAULT, "KeyError", "'x'")
    assert [line.strip().splitlines()[0] for line in fault["stackTrace"]] == [
        f'File "{root}/bootstrap.py", line 5, in handler',
        f'File "{root}/bootstrap.py", line 2, in helper',
    ]


def test_a_cause_is_told_too(root: Path) -> None:
    code = LAMBDA + "try:\n        1 / 0\n    except ZeroDivisionError as error:\n        raise ValueError('bad') from error"
    _, fault = answer_of(root, code)
    assert "ZeroDivisionError: division by zero\n" in fault["stackTrace"]
    assert fault["errorType"] == "ValueError"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("{'a': [1, {2}]}", "$.a[1]: set is not JSON"),
        ("{'a': float('nan')}", "$.a: nan is not JSON"),
        ("object()", "$: object is not JSON"),
        ("'\\ud800'", "$: text with half a surrogate pair"),
        ("(lambda l: l.append(l) or l)([])", "contains itself"),
    ],
)
def test_what_is_not_json_is_named(root: Path, expression: str, reason: str) -> None:
    kind, fault = answer_of(root, LAMBDA + f"return {expression}")
    assert (kind, fault["errorType"]) == (FAULT, "Runtime.MarshalError")
    assert reason in fault["errorMessage"]


def test_a_result_too_large(root: Path) -> None:
    kind, fault = answer_of(root, LAMBDA + "return 'x' * (7 * 1024 * 1024)")
    assert (kind, fault["errorType"]) == (FAULT, "Function.ResponseSizeTooLarge")
    assert "7340034 bytes" in fault["errorMessage"]
    assert answer_of(root, LAMBDA + "return 'x' * (6 * 1024 * 1024 - 2)")[0] == RESULT


def test_an_event_that_is_not_json(root: Path) -> None:
    (root / "bootstrap.py").write_text(LAMBDA + "return 1")
    with running_worker(root) as worker:
        worker.read()
        answer = worker.invoke(b"{nonsense")
        assert answer
        assert answer[1]["errorType"] == "Runtime.UnmarshalError"
        assert worker.invoke({}) == (RESULT, 1)


def test_prints_cannot_spoil_a_result(root: Path) -> None:
    code = "import os, sys\n" + LAMBDA + "print('text')\n    os.write(1, b'\\xff' * 100_000)\n    os.close(0)\n    return 'fine'"
    (root / "bootstrap.py").write_text(code)
    with running_worker(root) as worker:
        worker.read()
        drained: list[bytes] = []
        assert worker.process.stdout
        reader = threading.Thread(target=lambda: drained.append(worker.process.stdout.read()))  # type: ignore[union-attr]
        reader.start()
        assert worker.invoke({}) == (RESULT, "fine")
        worker._socket.close()
        reader.join(5)
    assert drained[0].count(b"\xff") == 100_000


def test_what_is_printed_is_seen_with_its_invocation(root: Path) -> None:
    (root / "bootstrap.py").write_text(LAMBDA + "print('now')\n    return 1")
    with running_worker(root) as worker:
        worker.read()
        assert worker.invoke({}) == (RESULT, 1)
        assert worker.process.stdout
        assert worker.process.stdout.readline() == b"now\n", "while the process lives"


def test_closed_streams_are_the_authors_choice(root: Path) -> None:
    code = "import sys\n" + LAMBDA + "sys.stdout.close(); sys.stderr = None\n    return 1"
    assert answer_of(root, code) == (RESULT, 1)


def test_out_of_memory_ends_the_process(root: Path) -> None:
    (root / "bootstrap.py").write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (300_000_000, 300_000_000))\n" + LAMBDA + "return len(bytearray(700_000_000))"
    )
    with running_worker(root, AWS_LAMBDA_FUNCTION_MEMORY_SIZE="128") as worker:
        worker.read()
        answer = worker.invoke({})
        assert answer
        assert (answer[0], answer[1]["errorType"]) == (FAULT, "Runtime.OutOfMemory")
        assert worker.read() is None
        assert worker.process.wait(5) == 137


@pytest.mark.parametrize(("code", "status"), [("import os; os._exit(3)", 3), ("raise SystemExit(4)", 4)])
def test_exits_end_the_process_without_an_answer(root: Path, code: str, status: int) -> None:
    (root / "bootstrap.py").write_text(LAMBDA + code)
    with running_worker(root) as worker:
        worker.read()
        assert worker.invoke({}) is None
        assert worker.process.wait(5) == status


def test_children_do_not_hold_the_channel(root: Path) -> None:
    code = (
        "import os, subprocess, sys\n"
        + LAMBDA
        + "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3)'], close_fds=False)\n    os._exit(5)"
    )
    (root / "bootstrap.py").write_text(code)
    with running_worker(root) as worker:
        worker.read()
        assert worker.invoke({}) is None, "the end is seen although a child still runs"


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        ("import nothing_such", "Runtime.ImportModuleError", "Unable to import module 'bootstrap': No module named 'nothing_such'"),
        ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'bootstrap': "),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'bootstrap'"),
        ("raise ValueError('at import')", "ValueError", "at import"),
    ],
)
def test_init_faults_are_lambdas(root: Path, code: str, error_type: str, message: str) -> None:
    (root / "bootstrap.py").write_text(code + "\n")
    fault = init_fault(root)
    assert fault["errorType"] == error_type
    assert fault["errorMessage"].startswith(message)


def test_a_syntax_error_shows_its_line(root: Path) -> None:
    (root / "bootstrap.py").write_text("x = 1\ndef handler(:\n")
    assert init_fault(root)["stackTrace"] == [f'  File "{root}/bootstrap.py", line 2\n    def handler(:\n']


def test_a_folder_without_a_handler(root: Path) -> None:
    fault = init_fault(root)
    assert fault["errorType"] == "Runtime.ImportModuleError"
    assert "neither bootstrap.py nor handler.py" in fault["errorMessage"]


def test_bad_arguments_are_told(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "deep.runtime", "--root", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: python -m deep.runtime --socket-fd N --root DIR\n")
