"""AWS's own Python runtime (awslambdaric) runs our handlers as the local worker does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deep.wire.frames import FAULT, INIT_FAULT, RESULT
from tests.fakes.runtime_api import run_in_aws_runtime
from tests.fakes.tables import function_config
from tests.fakes.worker import running_worker

EVENT = {"requestContext": {"http": {"method": "POST", "path": "/x"}}, "body": '{"Title": "молоко"}'}
CLASS = "from deep import Runtime\nclass Handler(Runtime):\n    def handle(self, request):\n        "
PLAIN = "def handler(event, context):\n    "


def both(root: Path, file: str, code: str) -> tuple[tuple[int, Any], tuple[str, Any]]:
    """(our worker's last frame, what awslambdaric posted)."""
    (root / file).write_text(code)
    (root / "_config.json").write_text(json.dumps(function_config()))
    with running_worker(root) as worker:
        first = worker.read()
        assert first
        ours = first if first[0] == INIT_FAULT else worker.invoke(EVENT)
    assert ours
    return ours, run_in_aws_runtime(root, EVENT)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("handler.py", CLASS + "return self.create_response(request.data)\n"),
        ("handler.py", CLASS + "raise KeyError('x')\n"),
        ("bootstrap.py", PLAIN + "return {'arn': context.invoked_function_arn, 'id': context.aws_request_id}\n"),
        ("bootstrap.py", PLAIN + "from decimal import Decimal\n    return [Decimal('1.5')]\n"),
    ],
)
def test_results_are_equal(tmp_path: Path, file: str, code: str) -> None:
    (kind, ours), (path, theirs) = both(tmp_path, file, code)
    assert (kind, path) == (RESULT, "invocation/r-1/response")
    assert ours == theirs


@pytest.mark.parametrize(
    ("code", "error_type"),
    [
        (PLAIN + "raise KeyError('x')\n", "KeyError"),
        (PLAIN + "return {1, 2}\n", "Runtime.MarshalError"),
        ("import nothing_such\n", "Runtime.ImportModuleError"),
        ("def handler(:\n", "Runtime.UserCodeSyntaxError"),
        ("raise ValueError('at import')\n", "ValueError"),
    ],
)
def test_faults_have_equal_types(tmp_path: Path, code: str, error_type: str) -> None:
    (kind, ours), (path, theirs) = both(tmp_path, "bootstrap.py", code)
    assert (kind, path) in ((FAULT, "invocation/r-1/error"), (INIT_FAULT, "init/error"))
    assert ours["errorType"] == theirs["errorType"] == error_type
