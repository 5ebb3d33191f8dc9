"""What a function can do to its platform, and what becomes of it: the real runtime in real processes.

R2: each fault is told in Lambda's own words, and the next good invocation is answered as if nothing had been.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deep.local.functions.layer import build_layer
from tests.fakes.sandboxes import Running, exists, function, running

pytestmark = pytest.mark.journey

TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What a handler does when it is told to misbehave, and how that is told. `within_s` bounds the answer."""

    code: str
    kind: str
    error_type: str
    message: str = ""
    within_s: float = 0.3


FAULTS = {
    "raises": Fault("raise RuntimeError('on purpose')", "fault", "RuntimeError", "on purpose"),
    "os._exit": Fault("os._exit(7)", "exit", "Runtime.ExitError", "exit status 7", 0.1),
    "sys.exit": Fault("sys.exit(8)", "exit", "Runtime.ExitError", "exit status 8"),
    "kills itself": Fault("os.kill(os.getpid(), 9)", "exit", "Runtime.ExitError", "signal: SIGKILL", 0.1),
    "segfault": Fault("os.kill(os.getpid(), 11)", "exit", "Runtime.ExitError", "signal: SIGSEGV"),
    "infinite loop": Fault("while True: pass", "timeout", "Sandbox.Timedout", "timed out after 1.00 seconds", TIMEOUT_S + 0.1),
    "sleeps": Fault("time.sleep(60)", "timeout", "Sandbox.Timedout", "timed out after 1.00 seconds", TIMEOUT_S + 0.1),
    "sleeps through SIGTERM": Fault("signal.signal(15, signal.SIG_IGN); time.sleep(60)", "timeout", "Sandbox.Timedout", "", TIMEOUT_S + 0.1),
    "stops itself": Fault("os.kill(os.getpid(), 19); time.sleep(60)", "timeout", "Sandbox.Timedout", "", TIMEOUT_S + 0.1),
    "unserialisable": Fault("return {'a': [1, object()]}", "fault", "Runtime.MarshalError", "a[1]"),
    "bytes": Fault("return {'body': b'x'}", "fault", "Runtime.MarshalError", "body"),
    "NaN": Fault("return {'a': {'b': float('nan')}}", "fault", "Runtime.MarshalError", "a.b"),
    "endless nesting": Fault("x = []; x.append(x); return x", "fault", "Runtime.MarshalError"),
    "7 MB result": Fault("return 'x' * 7_000_000", "too-large", "Function.ResponseSizeTooLarge"),
    "700 MB at once": Fault("x = bytearray(700_000_000); return len(x)", "memory", "Runtime.OutOfMemory", "", 1.0),
    "700 MB bit by bit": Fault("x = [os.urandom(1_000_000) for _ in range(700)]; return len(x)", "memory", "Runtime.OutOfMemory", "", 1.0),
    "closes every descriptor": Fault("os.closerange(0, 100); time.sleep(60)", "exit", "Runtime.ExitError", "", 0.3),
    "recursion": Fault("f = lambda: f(); f()", "fault", "RecursionError"),
}

WELL = {
    "prints garbage": ("os.write(1, bytes(range(256)) * 10)", 1),
    "prints 100 KB without end of line": ("os.write(2, b'x' * 100_000)", 1),
    "prints what looks like a frame": ("os.write(1, b'\\x02\\x00\\x00\\x00\\x01X')", 1),
    "closes stdin and stdout": ("os.close(0); os.close(1)", 1),
    "leaves a thread": ("threading.Thread(target=time.sleep, args=(60,)).start()", 1),
    "leaves a child": ("subprocess.Popen(['sleep', '60'])", 1),
    "changes folder and environment": ("os.chdir('/'); os.environ.clear()", 1),
}

HANDLER = """
import os, signal, subprocess, sys, threading, time

def handler(event, context):
    if event == "well":
        return os.getpid()
{body}
    return "done"
"""


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_layer(tmp_path_factory.mktemp("layers"))


def misbehaving(code: str) -> str:
    return HANDLER.format(body=f"    {code}")


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_told_and_the_next_call_is_well(tmp_path: Path, layer: Path, name: str) -> None:
    """Parity 71 among them: the configured timeout kills the function."""
    fault = FAULTS[name]
    spec = function(tmp_path / "f", misbehaving(fault.code), timeout_s=TIMEOUT_S, memory_mb=128)
    async with running(spec, layer) as app:
        await app.call("well")
        own_before = own_memory()
        for _ in range(3):
            began = time.monotonic()
            failure = await app.fail("bad")
            took_s = time.monotonic() - began
            assert (failure.kind, failure.fault["errorType"]) == (fault.kind, fault.error_type), failure
            assert fault.message in failure.fault["errorMessage"]
            assert took_s < fault.within_s + 0.1, f"answered after {took_s:.3f} s"
            assert isinstance(await app.call("well"), int)
        assert own_memory() - own_before < 20_000_000


@pytest.mark.parametrize("name", WELL)
async def test_what_is_only_odd_does_no_harm(tmp_path: Path, layer: Path, name: str) -> None:
    code, times = WELL[name]
    async with running(function(tmp_path / "f", misbehaving(code)), layer) as app:
        for _ in range(times):
            assert await app.call("odd") == "done"
        assert isinstance(await app.call("well"), int)


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        ("def handler(event, context:\n    pass", "Runtime.UserCodeSyntaxError", "line 1"),
        ("import nowhere", "Runtime.ImportModuleError", "nowhere"),
        ("x = 1", "Runtime.HandlerNotFound", "handler"),
        ("raise ValueError('at import')", "ValueError", "at import"),
        ("import os; os._exit(4)", "Runtime.ExitError", "exit status 4"),
    ],
)
async def test_code_that_does_not_load_is_told_in_lambdas_words(tmp_path: Path, layer: Path, code: str, error_type: str, message: str) -> None:
    async with running(function(tmp_path / "f", code), layer) as app:
        failure = await app.fail()
        assert failure.kind == "init"
        assert failure.fault["errorType"] == error_type
        assert message in failure.fault["errorMessage"] + "".join(failure.fault.get("stackTrace", []))


async def test_an_exception_tells_the_authors_file_and_line(tmp_path: Path, layer: Path) -> None:
    async with running(function(tmp_path / "f", "def handler(event, context):\n    return 1 / 0"), layer) as app:
        failure = await app.fail()
        trace = "".join(failure.fault.get("stackTrace", []))
        assert f'{tmp_path / "f" / "handler.py"}", line 2' in trace


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("ending", ["time.sleep(60)", "os._exit(1)"])
async def test_children_go_with_their_function(tmp_path: Path, layer: Path, ending: str) -> None:
    """R3: process, children and children in sessions of their own are gone 500 ms after the answer at the latest."""
    start = "subprocess.Popen(['sleep', '60'], start_new_session={})"
    code = f"a = {start.format(False)}; b = {start.format(True)}; print(os.getpid(), a.pid, b.pid); {ending}"
    async with running(function(tmp_path / "f", misbehaving(code), timeout_s=0.5), layer) as app:
        await app.fail("bad")
        answered = time.monotonic()
        pids = [int(word) for word in app.lines[0].split()]
        assert len(pids) == 3
        while any(exists(pid) for pid in pids):
            assert time.monotonic() - answered < 0.5
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_good_calls_among_faults_are_all_answered(tmp_path: Path, layer: Path) -> None:
    """R2: 10,000 good invocations mixed with 500 crashes, 64 at a time; a crash costs nobody else an answer."""
    async with running(function(tmp_path / "f", misbehaving("os._exit(1)")), layer) as app:
        kinds = [kind async for kind in _crowd(app, range(10_500))]
        assert kinds.count("exit") == 500
        assert kinds.count("answer") == 10_000


async def _crowd(app: Running, numbers: range) -> AsyncIterator[str]:
    gate = asyncio.Semaphore(64)

    async def one(number: int) -> str:
        async with gate:
            if number % 21 == 0:
                return (await app.fail("bad")).kind
            return "answer" if isinstance(await app.call("well"), int) else "wrong"

    for done in asyncio.as_completed([one(number) for number in numbers]):
        yield await done


def own_memory() -> int:
    """This process's private memory in bytes; 0 where it is not told."""
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
