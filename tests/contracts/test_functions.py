"""A whole function: the worker process, the kernel and the table engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deep.runtime.dynamodb import DynamoDb
from tests.fakes.tables import REGION, client_of, create_table, function_config, table_shape
from tests.fakes.worker import running_worker

CODE = """
from deep import Runtime

class Handler(Runtime):
    def handle(self, request):
        todos = self.kernel.get("db").get("Todo")
        if request.method == "GET":
            return self.create_response(todos.find_all())
        if request.method == "DELETE":
            return self.create_response(todos.delete_by_id(request.get_param("Id")))
        return self.create_response(todos.create_item(request.data))
"""


@pytest.fixture
def shape(dynoxide: str) -> dict[str, Any]:
    client: DynamoDb = client_of(dynoxide)
    told = table_shape({"Title": "string", "Completed": "boolean"})
    create_table(client, told)
    client.close()
    return told


def environment(url: str) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION}


def event(method: str, **more: Any) -> dict[str, Any]:
    return {"requestContext": {"http": {"method": method, "path": "/"}}, **more}


def test_a_function_creates_lists_and_deletes(tmp_path: Path, dynoxide: str, shape: dict[str, Any]) -> None:
    """Parity 64, 73, 74, 75."""
    (tmp_path / "handler.py").write_text(CODE)
    (tmp_path / "_config.json").write_text(json.dumps(function_config(tables={"Todo": shape})))
    with running_worker(tmp_path, **environment(dynoxide)) as worker:
        assert worker.read()

        def call(method: str, **more: Any) -> tuple[int, Any]:
            answer = worker.invoke(event(method, **more))
            assert answer
            return answer[1]["statusCode"], json.loads(answer[1]["body"])

        status, todo = call("POST", body='{"Title": "milk", "Completed": false, "Extra": 1}')
        assert (status, set(todo)) == (200, {"Id", "Title", "Completed", "createdAt", "updatedAt"})
        assert call("GET") == (200, [todo])
        assert call("POST", body='{"Title": 5}')[1]["validationErrors"] == [{"path": "Title", "message": "must be string"}]
        assert call("DELETE", queryStringParameters={"Id": todo["Id"]}) == (200, True)
        assert call("GET") == (200, [])


def test_a_table_engine_that_is_gone_is_a_500(tmp_path: Path, shape: dict[str, Any]) -> None:
    (tmp_path / "handler.py").write_text(CODE)
    (tmp_path / "_config.json").write_text(json.dumps(function_config(tables={"Todo": shape}, development=True)))
    with running_worker(tmp_path, **environment("http://127.0.0.1:1")) as worker:
        assert worker.read()
        answer = worker.invoke(event("GET"))
        assert answer
        body = json.loads(answer[1]["body"])
        _, _, err = worker.stop()
    assert (answer[1]["statusCode"], body["errorType"]) == (500, "DatabaseOperationError")
    assert "127.0.0.1:1" in body["errorMessage"]
    assert json.loads(err)["level"] == "err"
