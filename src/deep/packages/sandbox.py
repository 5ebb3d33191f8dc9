"""Running a program of somebody else: as little of this machine as it needs, for a limited time, with limited output.

With bubblewrap the program sees the system's own programs, the folders it was given and nothing else: no network, no home, no other process. Without
it, a scrubbed environment and limits are all there is, and `is_confining` says so.
"""

from __future__ import annotations

import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from deep.frozen import dataclass

_SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
_MOST_FILE_BYTES = 1024 * 1024 * 1024
_MOST_OPEN_FILES = 1024


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a program may touch and take. Paths are absolute; the first of `writable` is where it starts."""

    writable: tuple[Path, ...]
    readable: tuple[Path, ...] = ()
    timeout_s: float = 60
    output_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended. `output` is the end of its standard output and error; `exit_code` is negative for a signal, as in `subprocess`."""

    exit_code: int
    output: str
    timed_out: bool
    duration_s: float


@cache
def is_confining() -> bool:
    """Whether bubblewrap is here and may do its work (some systems forbid the namespaces it needs)."""
    if sys.platform != "linux" or not (bwrap := shutil.which("bwrap")):
        return False
    probe = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "true"]
    return subprocess.run(probe, capture_output=True, check=False, timeout=10).returncode == 0


def run_confined(command: Sequence[str], stdin: bytes, confinement: Confinement) -> Finished:
    """Runs `command` and waits for it, at most `timeout_s`; then it and all its children are killed."""
    whole = [*_bwrap(confinement), *command] if is_confining() else list(command)
    started = time.monotonic()
    with subprocess.Popen(
        whole,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(),
        cwd=confinement.writable[0],
        start_new_session=True,
        preexec_fn=_limits(confinement.timeout_s),  # noqa: PLW1509 - the command line runs one thread
    ) as process:
        try:
            _send(process, stdin)
            output, timed_out = _watched(process, started + confinement.timeout_s, confinement.output_bytes)
        finally:
            _end_group(process)
    return Finished(process.returncode, output.decode("utf-8", "replace"), timed_out, time.monotonic() - started)


def _bwrap(confinement: Confinement) -> list[str]:
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            command += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            command += ["--ro-bind", str(folder), str(folder)]
    for file in _SYSTEM_FILES:
        command += ["--ro-bind-try", file, file]
    for path in (Path(sys.base_prefix), *confinement.readable):
        command += ["--ro-bind", str(path), str(path)]
    for path in confinement.writable:
        command += ["--bind", str(path), str(path)]
    return [*command, "--chdir", str(confinement.writable[0]), "--"]


def _environment() -> dict[str, str]:
    """No variable of the caller but the search path: credentials live in the others."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: S108


def _limits(timeout_s: float) -> Callable[[], None]:
    """What sets the child's own caps before it runs: processor time, file size, open files, no core dumps."""
    caps = {
        resource.RLIMIT_CPU: int(timeout_s) + 1,
        resource.RLIMIT_FSIZE: _MOST_FILE_BYTES,
        resource.RLIMIT_NOFILE: _MOST_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }

    def set_caps() -> None:
        for what, most in caps.items():
            hard = resource.getrlimit(what)[1]
            limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (limit, limit))

    return set_caps


def _send(process: subprocess.Popen[bytes], stdin: bytes) -> None:
    """Hands over the input, which fits a pipe's buffer; a program that is gone already gets none."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(stdin)
        with suppress(BrokenPipeError):
            process.stdin.close()


def _watched(process: subprocess.Popen[bytes], deadline: float, most: int) -> tuple[bytes, bool]:
    kept = bytearray()
    for chunk in _chunks(process, deadline):
        kept += chunk
        if len(kept) > 2 * most:
            del kept[:-most]
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return bytes(kept[-most:]), True
    return bytes(kept[-most:]), False


def _chunks(process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
    """The output as it comes, until the program has ended (its children may hold the pipe open for longer) or time is up."""
    if process.stdout is None:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if selector.select(min(left, 0.05)):
                chunk = os.read(process.stdout.fileno(), 65536)
                if not chunk:
                    return
                yield chunk
            elif process.poll() is not None:
                return


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
