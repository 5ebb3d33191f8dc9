"""Processor time of the servers under test, by process: what a request costs, where wall time says who else was running on the machine."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")
Spent = Mapping[str, float]
"""Microseconds, user and system together, by what the process is."""


def spent() -> Spent:
    """By everything that this process started and that still runs."""
    taken: dict[str, float] = {}
    for pid in _descendants(os.getpid()):
        with contextlib.suppress(OSError):
            label = _label((Path("/proc") / str(pid) / "cmdline").read_bytes().decode().split("\0"))
            taken[label] = taken.get(label, 0.0) + _used_us(pid)
    return taken


def per_request(before: Spent, after: Spent, requests: int) -> Spent:
    """What each process used for one request; processes that used next to nothing are left out."""
    costs = {label: (used - before.get(label, 0.0)) / max(requests, 1) for label, used in after.items()}
    return {label: cost for label, cost in costs.items() if cost >= 1}


def _used_us(pid: int) -> float:
    """`utime` and `stime` of /proc/PID/stat (proc(5)), of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def _descendants(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from _descendants(child)


def _label(argv: list[str]) -> str:
    """`deep.runtime` of `python -S -m deep.runtime ...`, `cli.js` of `node cli.js`, else the program's own name."""
    if "-m" in argv:
        return argv[argv.index("-m") + 1]
    is_interpreter = Path(argv[0]).name.startswith(("python", "node"))
    program = next((part for part in argv[1:] if part and not part.startswith("-")), argv[0]) if is_interpreter else argv[0]
    return Path(program).name
