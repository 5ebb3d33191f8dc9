"""One sandbox as a protocol: what arrives when."""

from __future__ import annotations

import asyncio
from pathlib import Path

from deep.local.functions.outcome import Failure
from deep.local.functions.sandbox import Call, Sandbox
from deep.wire import frames
from tests.fakes.sandboxes import function


class EagerOwner:
    """An owner with a call in its hand."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def on_free(self, sandbox: Sandbox) -> None:
        sandbox.begin(self.call)

    def on_gone(self, sandbox: Sandbox, init_failure: Failure | None) -> None:
        """Nobody goes here."""


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data


async def test_a_process_that_is_ready_before_its_start_is_over_is_asked_at_once(tmp_path: Path) -> None:
    """On a busy machine the process may say that it is ready before the coroutine that made the connection runs on; the call was lost then."""
    call = Call(b'{"a":1}', "r-1", None, asyncio.get_running_loop().create_future())
    sandbox, wire = Sandbox(function(tmp_path / "f", ""), EagerOwner(call), 0), Wire()
    sandbox.connection_made(wire)
    sandbox.data_received(frames.pack(frames.READY, b'{"initMs":1}'))
    assert sandbox.state == "busy"
    assert wire.written.endswith(b'{"a":1}')
