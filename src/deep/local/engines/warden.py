"""Sees to it that nothing outlives the platform: run as a process of its own, it kills what is left when the platform is gone.

    python -I -S warden.py MARK

Standard input carries `+PID` and `-PID` lines: process groups that began and ended. At its end, however the platform ended (`kill -9` too), every
group still listed is killed, and every process whose environment bears MARK (children that made a session of their own). Works where the kernel has
no parent-death signal, and reaches grandchildren, which that signal does not. Standard library only, and little of it: it idles beside every
platform.
"""

import os
import signal
import sys

MARK_VARIABLE = "DEEP_SANDBOX"


def kill_group(group: int) -> None:
    """SIGKILL to a process group; one that is gone already is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def kill_marked(mark: str) -> int:
    """Kills every process whose environment has `DEEP_SANDBOX` beginning with `mark`; the number killed. Linux only, elsewhere 0."""
    wanted = f"{MARK_VARIABLE}={mark}".encode()
    killed = 0
    for pid in _process_ids():
        if _bears(pid, wanted):
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
            killed += 1
    return killed


def _process_ids() -> list[int]:
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    return [int(name) for name in names if name.isdigit() and int(name) != os.getpid()]


def _bears(pid: int, wanted: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            content = file.read()
    except OSError:
        return False
    return content.startswith(wanted) or b"\0" + wanted in content


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        kill_group(group)
    # Twice: a process may fork while the first pass reads.
    while kill_marked(sys.argv[1]):
        pass


if __name__ == "__main__":
    main()
