"""How large a package may be (AWS Lambda quotas: 250 MB unpacked; 50 MB zipped where it is not taken from a bucket, which deploys do)."""

from __future__ import annotations

from collections.abc import Mapping

from deep.errors import Problem, ProjectError
from deep.model import Action

MOST_UNPACKED_BYTES = 250 * 1024 * 1024
LARGE_BYTES = 50 * 1024 * 1024
TOLD = 10


def check_size(action: Action, size_bytes: int, unpacked_bytes: int, largest: Mapping[str, int]) -> tuple[Problem, ...]:
    """What is doubtful about a package of this size; `largest` are the sizes of its largest files. Raises ProjectError (`package-too-large`)."""
    named = "".join(f"\n  {_megabytes(size):>9}  {name}" for name, size in list(largest.items())[:TOLD])
    if unpacked_bytes > MOST_UNPACKED_BYTES:
        message = f"the package of {action.identifier} has {_megabytes(unpacked_bytes)} unpacked; its largest files are:{named}"
        help_ = "require less, or name files that it does not need in a .deepignore beside its code"
        raise ProjectError(
            Problem("package-too-large", message, place=action.place, expected=f"at most {_megabytes(MOST_UNPACKED_BYTES)}", help=help_)
        )
    if size_bytes > LARGE_BYTES:
        message = f"the package of {action.identifier} has {_megabytes(size_bytes)}, which makes it slow to start; its largest files are:{named}"
        return (Problem("package-large", message, place=action.place, expected=f"at most {_megabytes(LARGE_BYTES)}"),)
    return ()


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024 / 1024:.1f} MB"
