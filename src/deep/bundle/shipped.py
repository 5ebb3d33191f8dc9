"""Which files of DEEP itself are beside an author's code in a function: the runtime half, and nothing of the toolchain.

The local platform's import layer links them, a deploy's packages hold them: one list for both, so that what runs here is what ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

OF_DEEP = ("__init__.py", "names.py", "wire", "runtime")
"""Files and folders of `deep`."""

LOCAL_ONLY = frozenset(("runtime/__main__.py", "runtime/worker.py", "wire/frames.py"))
"""The process that answers the local platform; deployed, Lambda's own does that."""

ENTRY = "deep.runtime.entry.handler"
"""What Lambda calls. It finds the author's `bootstrap.py` or `handler.py` by the same rule as the local platform, so packages need no bootstrap."""


def places_of_deep() -> Mapping[str, Path]:
    """Where the shipped parts lie on this machine, by their names in `OF_DEEP`."""
    deep = Path(__file__).resolve().parents[1]
    return {name: deep / name for name in OF_DEEP}


def shipped_files() -> Mapping[str, Path]:
    """The files that a package has of DEEP, by their names in it (`deep/runtime/kernel.py`), sorted."""
    found: dict[str, Path] = {}
    for place in places_of_deep().values():
        below = place.rglob("*.py") if place.is_dir() else [place]
        found |= {path.relative_to(place.parent).as_posix(): path for path in below}
    return {f"deep/{name}": path for name, path in sorted(found.items()) if name not in LOCAL_ONLY}
