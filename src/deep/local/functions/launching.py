"""What a function's process is started with: its command, its scrubbed environment, its memory cap."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deep.frozen import dataclass
from deep.local.engines.child import Household, Launch

HEADROOM_BYTES = 128 * 1024 * 1024
"""What may be allocated beyond the function's memory before the kernel refuses: stacks and arenas that are reserved but never used count there.
Memory really used is measured while the function runs, and held to the exact figure."""
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A function as its processes need it.

    `identifier` is the action's (`deep.todo:task:create`), `arn` what its context names it, `root` its source folder, `config_path` its
    `_config.json`, `requirements` the folder its installed requirements are in, and `environment` all that its processes see, but for what
    `launch_of` adds (the import path, the config's place). `revision` differs when the configuration's content does.
    """

    identifier: str
    arn: str
    root: Path
    config_path: Path
    memory_mb: int
    timeout_s: float
    requirements: Path | None
    environment: Mapping[str, str]
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all sandboxes of a platform are made with: the import layer, the processes' household, and where their lines are told."""

    layer: Path
    household: Household
    on_log: Callable[[str, str], None]


def launch_of(spec: FunctionSpec, layer: Path, channel_fd: int) -> Launch:
    """The command, environment and limits of a process for this function, which is to answer on `channel_fd`."""
    # The source folder comes first once the runtime is loaded, which adds it: an author's `time.py` must not keep it from loading.
    paths = [*([spec.requirements] if spec.requirements else []), layer]
    environment = {
        **spec.environment,
        "DEEP_CONFIG": str(spec.config_path),
        "LAMBDA_TASK_ROOT": str(spec.root),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        # The author's folders stay clean, and an edit within a file system's clock tick cannot be answered by stale byte code.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        # Each arena of glibc's allocator reserves 64 MB.
        "MALLOC_ARENA_MAX": "2",
    }
    argv = [sys.executable, "-S", "-s", "-P", "-m", "deep.runtime", "--socket-fd", str(channel_fd), "--root", str(spec.root)]
    return Launch(argv, spec.root, environment, (channel_fd,), spec.memory_mb * 1024 * 1024 + HEADROOM_BYTES)


def used_bytes(pid: int) -> int:
    """Private memory in use now; 0 where the system does not tell (then only the kernel's cap holds)."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, resident, shared, *_ = file.read().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * _PAGE_BYTES
