"""A stub of the Lambda Runtime API (AWS Lambda Developer Guide, "Lambda runtime API"), enough to run AWS's own Python runtime on one event."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import deep

SOURCE = Path(deep.__file__).parents[1]


class RuntimeApi(ThreadingHTTPServer):
    """Hands out one event; `outcome` becomes (path, document) of what the runtime posted."""

    daemon_threads = True

    def __init__(self, event: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.event = event
        self.outcome: tuple[str, Any] | None = None
        self.handed_out = False
        self.done = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.server.handed_out:
            self.server.done.wait(10)
            self.close_connection = True
            return
        self.server.handed_out = True
        body = json.dumps(self.server.event).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "r-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 5000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:f")
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
        self.send_header("Content-Type", "application/json")
        self._finish(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.outcome = (self.path.removeprefix("/2018-06-01/runtime/"), json.loads(body))
        self.send_response(202)
        self._finish(b"{}")
        self.server.done.set()

    def _finish(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Says nothing."""


def run_in_aws_runtime(root: Path, event: Any) -> tuple[str, Any]:
    """What awslambdaric posts after running our deployed handler once on `event`: (path below /runtime/, document)."""
    api = RuntimeApi(event)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "LAMBDA_TASK_ROOT": str(root),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
    }
    command = [sys.executable, "-m", "awslambdaric", "deep.runtime.entry.handler"]
    process = subprocess.Popen(command, env=env, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        if not api.done.wait(20) or api.outcome is None:
            raise AssertionError(f"awslambdaric said nothing and ended with {process.poll()}")
        return api.outcome
    finally:
        process.kill()
        process.communicate()
        api.shutdown()
        api.server_close()
