"""The `cache` service: values kept in this process, for this identity, for a while."""

from __future__ import annotations

from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MOST_ENTRIES = 1024


class Cache:
    """A bounded memory cache; the entry written longest ago goes first. Another process, or another identity, has its own."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._entries: dict[str, tuple[float | None, Any]] = {}

    def has(self, key: str) -> bool:
        return self._live(key) is not None

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default` when there is none or its time is over."""
        entry = self._live(key)
        return entry[1] if entry else default

    def set(self, key: str, value: Any, ttl_s: float = 0) -> None:
        """Keeps `value` for `ttl_s` seconds; 0 is for as long as the process lives."""
        self._entries.pop(key, None)
        while len(self._entries) >= MOST_ENTRIES:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (self._clock() + ttl_s if ttl_s else None, value)

    def invalidate(self, key: str) -> None:
        self._entries.pop(key, None)

    def flush(self) -> None:
        self._entries.clear()

    def _live(self, key: str) -> tuple[float | None, Any] | None:
        entry = self._entries.get(key)
        if entry and entry[0] is not None and entry[0] <= self._clock():
            del self._entries[key]
            return None
        return entry
