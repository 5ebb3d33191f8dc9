"""Deploys the Todo app, in a process of its own, so that it can be killed: `python -m tests.judges.deploying URL KILL_AFTER`.

The killing is done by the process itself, right after its KILL_AFTER-th call that changes something was answered (0: not at all). Prints the names of
such calls.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from deep.bundle.target import Target
from deep.model import load_app
from deep.provision.account.aws import Aws
from deep.provision.account.cloud import StoredObject
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.pace import Pace
from deep.provision.release import Package, Release, release_of
from deep.provision.stacks import Stacks

TODO = Path(__file__).parents[2] / "apps" / "todo"
ACCOUNT = "123456789012"
READING = ("Describe", "Get", "List", "Head", "Scan", "Simulate")
QUICK = Pace()


def zipped(handler: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("handler.py", (1980, 1, 1, 0, 0, 0)), handler)
    return buffer.getvalue()


def stored(key: str, body: bytes, content_type: str, turn: int = 0) -> StoredObject:
    return StoredObject(key, body, sha256(body).hexdigest(), {"ContentType": content_type}, turn)


def release_for(code: str = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'first'}\n") -> tuple[Release, list[StoredObject]]:
    """The Todo app with the same small package for every function."""
    body = zipped(code)
    package = stored(f"functions/{sha256(body).hexdigest()}.zip", body, "application/zip")
    app = load_app(TODO, environ={})
    target = Target("dev", "0badcafe", "us-east-1", ACCOUNT)
    return release_of(app, target, {action.identifier: Package(package.key, "handler.handler") for action in app.actions}), [package]


def pages(outputs: Mapping[str, str]) -> Sequence[StoredObject]:
    """A script, and the page that switches to it, which comes last."""
    return [stored("js/app.js", b"let x", "text/javascript"), stored("index.html", b"<h1>todo</h1>", "text/html", 1)]


def for_emulator(stacks: Stacks) -> Stacks:
    """Without what it has not: alarms on several metrics."""
    root = stacks.app.template
    template = replace(root, resources=tuple(one for one in root.resources if "Metrics" not in one.properties))
    return replace(stacks, app=replace(stacks.app, template=template))


class Counted:
    """Counts the calls of a cloud that change something, and kills this process after one of them."""

    def __init__(self, cloud: Aws, kill_after: int = 0) -> None:
        self.changing: list[str] = []
        self._kill_after = kill_after
        self._lock = Lock()
        make = cloud._client

        def client(service: str) -> Any:
            with self._lock:
                is_new = service not in cloud._clients
                made = make(service)
                if is_new:
                    made.meta.events.register("after-call", self._count)
            return made

        cloud._client = client  # type: ignore[method-assign]

    def _count(self, model: Any, **_: Any) -> None:
        if not model.name.startswith(READING):
            with self._lock:
                self.changing.append(model.name)
                if len(self.changing) == self._kill_after:
                    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, kill_after: str) -> None:
    cloud = Aws("us-east-1", endpoint_url=url)
    counted = Counted(cloud, int(kill_after))
    release, packages = release_for()
    Deployer(cloud, lambda text: None, QUICK).deploy(compile_release(release), packages, pages)
    sys.stdout.write(json.dumps(counted.changing))


if __name__ == "__main__":
    main(*sys.argv[1:])
