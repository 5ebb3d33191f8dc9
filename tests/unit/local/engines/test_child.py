"""Nothing the platform starts outlives it: groups, sessions of their own, and a platform killed by `kill -9`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deep.local.engines.child import Household, Launch, Watcher
from tests.fakes.sandboxes import exists, ignore

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
loner = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], start_new_session=True)
print(os.getpid(), child.pid, loner.pid, flush=True)
"""


def python(code: str, cwd: Path) -> Launch:
    return Launch([sys.executable, "-S", "-c", code], cwd, {})


async def until(condition: Callable[[], bool], limit_s: float = 2.0) -> bool:
    for _ in range(round(limit_s / 0.01)):
        if condition():
            break
        await asyncio.sleep(0.01)
    return condition()


async def test_output_and_exit_are_told(tmp_path: Path) -> None:
    household, lines, codes = Household(), list[str](), list[int]()
    child = household.start(python("print('hello'); print('bye', end=''); raise SystemExit(7)", tmp_path), Watcher(lines.append, codes.append))
    await child.wait()
    assert (lines, codes, child.returncode) == (["hello", "bye"], [7], 7)
    await household.close()


async def test_a_program_that_is_not_there_raises(tmp_path: Path) -> None:
    household = Household()
    with pytest.raises(FileNotFoundError):
        household.start(Launch(["/nowhere/program"], tmp_path, {}), Watcher(ignore, ignore))
    await household.close()


async def test_the_environment_is_exactly_what_was_given(tmp_path: Path) -> None:
    """L9: nothing of the developer's environment reaches a function."""
    household, lines = Household(), list[str]()
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"
    child = household.start(Launch([sys.executable, "-S", "-c", code], tmp_path, {"ONLY": "this"}), Watcher(lines.append, ignore))
    await child.wait()
    assert lines == ["['DEEP_SANDBOX', 'ONLY']"]
    await household.close()


@linux
@pytest.mark.parametrize("ending", ["time.sleep(60)", "pass"])
async def test_the_end_of_a_process_is_the_end_of_its_children(tmp_path: Path, ending: str) -> None:
    """R3: process and children are gone within 500 ms, also those in a session of their own, whether it is killed or ends by itself."""
    household, lines = Household(), list[str]()
    child = household.start(python(FAMILY + ending, tmp_path), Watcher(lines.append, ignore))
    assert await until(lambda: bool(lines))
    pids = [int(word) for word in lines[0].split()]
    began = time.monotonic()
    child.kill()
    assert await until(lambda: not any(exists(pid) for pid in pids))
    assert time.monotonic() - began < 0.5
    await household.close()


@linux
async def test_closing_kills_everything_and_the_warden_goes_too(tmp_path: Path) -> None:
    household, lines = Household(), list[str]()
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    for _ in range(3):
        household.start(python(f"{stubborn}{FAMILY}time.sleep(60)", tmp_path), Watcher(lines.append, ignore))
    assert await until(lambda: len(lines) == 3)
    await household.close()
    assert not [pid for line in lines for pid in line.split() if exists(int(pid))]
    assert not wardens(household.mark)


@linux
async def test_a_platform_killed_outright_leaves_no_orphans(tmp_path: Path) -> None:
    platform = f"""
import asyncio, sys
from pathlib import Path
from deep.local.engines.child import Household, Launch, Watcher
async def main():
    household = Household()
    launch = Launch([sys.executable, "-S", "-c", {FAMILY + "time.sleep(60)"!r}], Path({str(tmp_path)!r}), {{}})
    household.start(launch, Watcher(lambda line: print(line, household.mark, flush=True), print))
    await asyncio.sleep(60)
asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", platform], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert process.stdout is not None
    *pids, mark = (await asyncio.to_thread(process.stdout.readline)).split()
    assert all(exists(int(pid)) for pid in pids)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert await until(lambda: not any(exists(int(pid)) for pid in pids))
    assert await until(lambda: not wardens(mark))


@linux
async def test_limits_hold_in_the_child(tmp_path: Path) -> None:
    household, lines = Household(), list[str]()
    code = (
        "import resource, time; time.sleep(0.2)\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], resource.getrlimit(resource.RLIMIT_CORE)[0])\n"
        "try: bytearray(500_000_000)\nexcept MemoryError: print('refused')"
    )
    child = household.start(Launch([sys.executable, "-c", code], tmp_path, {}, memory_bytes=100_000_000), Watcher(lines.append, ignore))
    await child.wait()
    assert lines == ["1024 0", "refused"]
    await household.close()


def wardens(mark: str) -> list[str]:
    """Process ids whose command line names this household."""
    return [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid() and _names(entry, mark)]


def _names(entry: Path, mark: str) -> bool:
    try:
        return mark.encode() in (entry / "cmdline").read_bytes()
    except OSError:
        return False
