"""The microservices as they really run: `deepify server` on a copy of this property, on tables of its own."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

PROPERTY = Path(__file__).parents[3]
DEEPIFY = Path(sys.executable).with_name("deepify")


@pytest.fixture(scope="session")
def url(tmp_path_factory):
    copy = tmp_path_factory.mktemp("property") / PROPERTY.name
    shutil.copytree(PROPERTY, copy, ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [DEEPIFY, "server", copy, "-p", str(port), "--skip-hooks", "--skip-frontend-build"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield wait_for(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()


@pytest.fixture
def task(url):
    """Calls an action of `deep.todo:task` as the page does: `task("POST", "create", {...})` -> (status, data)."""

    def call(method, action, payload):
        in_query = method in ("GET", "DELETE")
        address = f"{url}/deep-todo/task/{action}" + (f"?{urlencode(payload)}" if in_query else "")
        body = None if in_query else json.dumps(payload).encode()
        request = Request(address, body, {"content-type": "application/json"}, method=method)
        try:
            with urlopen(request) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    return call


@pytest.fixture
def todo(task):
    """A stored todo."""
    return task("POST", "create", {"Title": "milk"})[1]


def wait_for(url, server, within_s=30):
    deadline = time.monotonic() + within_s
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/_config.json"):
                return url
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start (exit code {server.poll()})")
