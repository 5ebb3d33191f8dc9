"""`import deep` costs what it uses, and nothing of it is more than the standard library."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import deep

SOURCE = Path(deep.__file__).parents[1]
HEAVY = {
    "asyncio",
    "boto3",
    "botocore",
    "dataclasses",
    "datetime",
    "email",
    "http.client",
    "inspect",
    "json",
    "logging",
    "re",
    "selectors",
    "socket",
    "ssl",
    "typing",
    "urllib",
    "uuid",
}


def modules_after(code: str) -> set[str]:
    """What a bare interpreter has imported after `code`."""
    script = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n{code}\nimport json; print(json.dumps(sorted(before)))"
    script = script.replace("import json;", "before = list(sys.modules); import json;")
    done = subprocess.run([sys.executable, "-S", "-s", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_names_are_sorted_few_and_real() -> None:
    assert deep.__all__ == sorted(deep.__all__)
    assert len(deep.__all__) <= 16
    assert dir(deep) == deep.__all__
    for name in deep.__all__:
        assert getattr(deep, name) is not None
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = deep.nothing_such


def test_importing_deep_imports_nothing_of_runtime() -> None:
    assert not {name for name in modules_after("import deep") if name.startswith("deep.runtime")}


def test_a_handler_imports_nothing_heavy() -> None:
    assert modules_after("from deep import Runtime, lambda_handler") & HEAVY == set()


def test_the_first_table_call_imports_nothing_heavy() -> None:
    code = """
import os
os.environ.update(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_ENDPOINT_URL="http://127.0.0.1:1")
from deep import Runtime, lambda_handler, DatabaseOperationError
from deep.runtime.deployment import Deployment
from deep.runtime.kernel import Kernel
table = {"name": "T", "fields": {"Title": "string"}, "indexes": []}
deployment = Deployment({"region": "us-east-1", "tables": {"Todo": table}})
import deep.runtime.retry
deployment.retry._sleep = lambda seconds: None
try:
    Kernel(deployment).get("db").get("Todo").create_item({"Title": "x"})
except DatabaseOperationError:
    pass
"""
    assert modules_after(code) & HEAVY == set()
