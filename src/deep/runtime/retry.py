"""When a service call is tried again: AWS SDKs' "standard" mode (AWS SDKs and Tools Reference Guide, "Retry behavior").

Three attempts at most, full-jitter exponential backoff, and a quota shared by all calls of the process, so that a service in trouble is not beaten by
retries: each retry takes tokens from a bucket that successes slowly fill again.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ATTEMPTS = 3
_LONGEST_PAUSE_S = 20.0
_TRANSIENT_PAUSE_S = 0.05
_THROTTLED_PAUSE_S = 1.0

_QUOTA_TOKENS = 500
_RETRY_COST = 5
_SUCCESS_REFUND = 1

THROTTLES = frozenset(
    (
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    )
)
TRANSIENT_STATUSES = frozenset((500, 502, 503, 504))
TRANSIENT_CODES = frozenset(("InternalServerError", "TransactionInProgressException", "RequestTimeout", "ServiceUnavailable"))


def is_transient(status: int, code: str) -> bool:
    """Whether the same request may well succeed when sent again."""
    return status in TRANSIENT_STATUSES or code in THROTTLES or code in TRANSIENT_CODES


class RetryPolicy:
    """Decides and pauses. One for all clients of a process. `sleep` (seconds) and `random` (0 to 1) are given by tests."""

    __slots__ = ("_random", "_sleep", "tokens")

    def __init__(self, sleep: Callable[[float], object] | None = None, random: Callable[[], float] | None = None) -> None:
        self._sleep = sleep
        self._random = random
        self.tokens = _QUOTA_TOKENS

    def may_retry(self, attempt: int) -> bool:
        """Whether the failed `attempt` (from 1) may be followed by another; takes the tokens for it."""
        if attempt >= MAX_ATTEMPTS or self.tokens < _RETRY_COST:
            return False
        self.tokens -= _RETRY_COST
        return True

    def succeeded(self) -> None:
        """A call went well: one token back."""
        if self.tokens < _QUOTA_TOKENS:
            self.tokens += _SUCCESS_REFUND

    def pause(self, attempt: int, *, throttled: bool) -> None:
        """Waits before the attempt after `attempt`: a random part of the pause that doubles with each attempt."""
        longest = min((_THROTTLED_PAUSE_S if throttled else _TRANSIENT_PAUSE_S) * 2 ** (attempt - 1), _LONGEST_PAUSE_S)
        (self._sleep or _sleep)((self._random or _random)() * longest)


def _sleep(seconds: float) -> None:
    from time import sleep

    sleep(seconds)


def _random() -> float:
    # Not `random`: importing it costs 3 ms, which the first retry should not pay either.
    from os import urandom

    return int.from_bytes(urandom(7), "big") / 2**56
