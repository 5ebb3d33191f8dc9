"""A running app for hostile requests: real functions and tables, secrets planted all around it, and a count of what was really done."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deep.testing import LocalApp, serve
from tests.fakes.http import HttpAnswer, parse_answer, read_to_end

PLANTED = "planted-0f6a2c"
"""In every secret file and variable; an answer that holds it has leaked."""

HANDLERS = {
    "Create": 'return kernel.get("db").get("Thing").create_item(request.data)',
    "Update": 'return kernel.get("db").get("Thing").update_item(request.data["Id"], request.data)',
    "Keep": 'return kernel.get("db").get("Note").create_item(request.data)',
    "Whole": 'return kernel.get("db").get("Thing").create_item(request.data)',
    "Whoami": 'return {"identity": request.identity_id, "event": request.event}',
    "Environment": 'import os, pathlib; home = pathlib.Path(os.path.expanduser("~"), ".aws/credentials"); '
    'return {"env": dict(os.environ), "home": home.read_text() if home.exists() else ""}',
    "Fail": 'raise RuntimeError("no connection for " + str(request.get_param("who")))',
}
MODELS = {
    "Thing": {"Title": "string", "Done": "boolean", "Place": {"Street": "string", "At": {"X": "number"}}, "_settings": {"indexes": ["Title"]}},
    "Note": {"Text": "string", "_settings": {"own": True}},
}
SECRET_FILES = (
    "deeploy.json",
    ".env",
    ".git/config",
    ".deep/planted.txt",
    "Things/deepkg.json",
    "Things/parameters.json",
    "Things/.env",
    "Things/Backend/src/Create/handler.py",
    "Things/Data/Models/Thing.json",
    "Things/Frontend/package.json",
)
"""Ten files beside what is served, the last of them in the frontend's own folder; each holds `PLANTED`."""


def write_app(folder: Path) -> Path:
    """A property whose one microapplication, `my.things`, does with its tables whatever a careless author would."""
    actions = {name.lower(): _action(name) for name in HANDLERS}
    actions["whole"]["validationSchema"] = "Thing"
    allow = [{"Effect": "Allow", "Action": ["my.things:thing:*"], "Resource": ["my.things:thing"], "wide": True}]
    note = {"//": PLANTED}
    files: dict[str, Any] = {
        "deeploy.json": {"appIdentifier": "things", "awsAccountId": "123456789012", **note},
        "Things/deepkg.json": {"identifier": "my.things", "name": "Things", "version": "0.1.0", **note},
        "Things/parameters.json": {"backend": {}, **note},
        "Things/Backend/resources.json": {"thing": actions},
        "Things/Data/Roles/unauthenticated.json": {"Version": "2015-10-07", "Statement": allow},
        "Things/Frontend/package.json": note,
        "Things/Frontend/index.html": "<h1>Things</h1>",
        "Things/Frontend/js/app.js": "let x = 1;",
        **{f"Things/Data/Models/{name}.json": {**model, **note} for name, model in MODELS.items()},
        **{f"Things/Backend/src/{name}/handler.py": _handler(body) for name, body in HANDLERS.items()},
        **dict.fromkeys((".env", ".git/config", "Things/.env"), f"KEY={PLANTED}\n"),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return folder


def _action(name: str) -> dict[str, Any]:
    methods = ["GET", "POST"] if name in ("Whoami", "Environment", "Fail") else ["POST"]
    return {"type": "lambda", "methods": methods, "source": f"src/{name}", "forceUserIdentity": False}


def _handler(body: str) -> str:
    return f"# {PLANTED}\nfrom deep import lambda_handler\n\n\n@lambda_handler\ndef handler(request, kernel):\n    {body}\n"


@dataclass(frozen=True, slots=True)
class Target:
    """The served app, byte by byte."""

    app: LocalApp

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.app.port), timeout=15)

    def raw(self, request: bytes) -> bytes:
        """Everything that comes back until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_to_end(connection)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> HttpAnswer:
        """One unsigned request with exactly these headers, and `Connection: close`."""
        lines = {"Connection": "close", **headers, **({"Content-Length": str(len(body))} if body else {})}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        return parse_answer(self.raw(head.encode("latin-1") + body), method)

    @property
    def host(self) -> dict[str, str]:
        return {"Host": f"localhost:{self.app.port}"}

    def items(self, model: str) -> list[dict[str, Any]]:
        """What the table really holds, read from the engine's file, past every layer of ours. In DynamoDB's JSON."""
        with closing(sqlite3.connect(f"file:{self.app.path / '.deep/data/tables.db'}?mode=ro", uri=True)) as database:
            tables = [name for (name,) in database.execute("select table_name from _tables") if name.startswith(f"DeepDev{model}")]
            return [json.loads(text) for table in tables for (text,) in database.execute(f'select item_json from "{table}"')]


@contextmanager
def attacked(folder: Path, *options: str) -> Iterator[Target]:
    """The app, served until the block ends."""
    with serve(write_app(folder), *options) as app:
        (app.path / ".deep" / "planted.txt").write_text(PLANTED)
        yield Target(app)
