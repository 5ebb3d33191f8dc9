"""How time passes while an account is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`sleep` and `clock`, both in seconds, are the machine's own, but in tests."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
