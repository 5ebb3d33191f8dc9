"""API keys at the function's door: whatever the handler is, and in the process that runs it. Parity 62."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deep.runtime.keys import FORBIDDEN, guarded, opens
from deep.wire.frames import RESULT
from tests.fakes.tables import function_config
from tests.fakes.worker import running_worker

KEY, OTHER = "deep_0123456789", "deep_9876543210"


def digest(key: str) -> str:
    return f"sha256-{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def asked(headers: Any) -> dict[str, Any]:
    return {"version": "2.0", "headers": headers, "requestContext": {"http": {"method": "GET", "path": "/x"}}}


@pytest.fixture
def calls() -> list[Any]:
    return []


def ask(calls: list[Any], event: Any, *digests: str) -> Any:
    def handler(event: Any, context: Any) -> Any:
        calls.append(event)
        return "answer"

    return guarded(handler, digests)(event, None)


@pytest.mark.parametrize("headers", [{"x-api-key": KEY}, {"X-Api-Key": KEY}, {"a": "b", "x-api-key": OTHER}])
def test_a_known_key_opens(calls: list[Any], headers: Any) -> None:
    assert ask(calls, asked(headers), digest(KEY), digest(OTHER)) == "answer"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        None,
        [],
        {"x-api-key": ""},
        {"x-api-key": "wrong"},
        {"x-api-key": f"{KEY} "},
        {"x-api-key": digest(KEY)},
        {"x-api-key": None},
        {"x-api-key": f"{KEY},{KEY}"},
        {"authorization": KEY},
        {"x-api-key": "\ud800"},
        {"x-api-key": [KEY]},
    ],
)
def test_everything_else_is_forbidden_in_api_gateways_words(calls: list[Any], headers: Any) -> None:
    answer = ask(calls, asked(headers), digest(KEY))
    assert (answer, calls) == (FORBIDDEN, [])
    assert (answer["statusCode"], json.loads(answer["body"])) == (403, {"message": "Forbidden"})


def test_without_any_key_nobody_is_let_in(calls: list[Any]) -> None:
    assert ask(calls, asked({"x-api-key": KEY})) == FORBIDDEN
    assert ask(calls, asked({"x-api-key": ""})) == FORBIDDEN


def test_calls_from_inside_the_app_need_none(calls: list[Any]) -> None:
    assert ask(calls, {"Id": "1"}, digest(KEY)) == "answer"


@given(st.text(), st.lists(st.text(), max_size=4))
def test_a_key_opens_exactly_what_it_was_digested_for(key: str, keys: list[str]) -> None:
    assert opens(key, [digest(known) for known in keys]) is (key in keys)


HANDLERS = {
    "bootstrap.py": "def handler(event, context):\n    return {'ran': True}\n",
    "handler.py": "class Handler:\n    pass\n\ndef handler(event, context):\n    return {'ran': True}\n",
}


@pytest.mark.parametrize("file", HANDLERS)
def test_the_process_that_runs_a_function_guards_it_whatever_it_is(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text(HANDLERS[file])
    (tmp_path / "_config.json").write_text(json.dumps(function_config(apiKeys=[digest(KEY)])))
    with running_worker(tmp_path) as worker:
        worker.read()
        assert worker.invoke(asked({})) == (RESULT, FORBIDDEN)
        assert worker.invoke(asked({"x-api-key": KEY})) == (RESULT, {"ran": True})


def test_a_parameter_of_that_name_guards_nothing(tmp_path: Path) -> None:
    (tmp_path / "bootstrap.py").write_text(HANDLERS["bootstrap.py"])
    (tmp_path / "_config.json").write_text(json.dumps(function_config(globals={"apiKeys": ["x"]})))
    with running_worker(tmp_path) as worker:
        worker.read()
        assert worker.invoke(asked({})) == (RESULT, {"ran": True})


def test_a_deployed_function_is_guarded_by_the_same_rule(tmp_path: Path) -> None:
    """`deep.runtime.entry`, which deployed functions name, in an interpreter of its own."""
    import subprocess
    import sys

    (tmp_path / "handler.py").write_text(HANDLERS["handler.py"])
    (tmp_path / "_config.json").write_text(json.dumps(function_config(apiKeys=[digest(KEY)])))
    code = f"from deep.runtime.entry import handler; print(handler({asked({})!r}, None)['statusCode'], handler({asked({'x-api-key': KEY})!r}, None))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"LAMBDA_TASK_ROOT": str(tmp_path)}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "403 {'ran': True}\n"
