"""What a function runs on when it is deployed: a version of Python and a processor, whatever machine deploys it."""

from __future__ import annotations

import sys
from typing import Literal

from deep.frozen import dataclass
from deep.model import Action

Architecture = Literal["arm64", "x86_64"]

OLDEST, NEWEST = 11, 14
"""The minor versions of Python 3 that DEEP runs on and AWS Lambda offers (Developer Guide, "Lambda runtimes")."""

_AMAZON_LINUX_2023 = 12
"""From this minor version on Lambda's image is Amazon Linux 2023 (glibc 2.34), before it Amazon Linux 2 (glibc 2.26)."""


@dataclass(frozen=True, slots=True)
class Platform:
    """`python` is a version such as `3.13`."""

    python: str
    architecture: Architecture = "arm64"

    def __str__(self) -> str:
        return f"Python {self.python} on {self.architecture}"

    @property
    def runtime(self) -> str:
        """Lambda's name of it: `python3.13`."""
        return f"python{self.python}"

    @property
    def wheels(self) -> str:
        """The newest wheels that load there, as uv names platforms: `aarch64-manylinux_2_34`."""
        machine = "aarch64" if self.architecture == "arm64" else "x86_64"
        return f"{machine}-manylinux_{'2_34' if int(self.python.partition('.')[2]) >= _AMAZON_LINUX_2023 else '2_17'}"

    @property
    def is_of_this_interpreter(self) -> bool:
        """Whether byte code of the interpreter we run on loads there."""
        return self.python == _ours() and sys.implementation.name == "cpython"


def platform_of(action: Action, architecture: Architecture = "arm64") -> Platform:
    """What the action's function runs on: the version that `engine.runtime` names, else the one it is tried out on locally, which is ours."""
    named = (action.runtime or "").removeprefix("python")
    return Platform(named or f"3.{min(max(sys.version_info.minor, OLDEST), NEWEST)}", architecture)


def _ours() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
