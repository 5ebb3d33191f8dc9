"""Calls to an account that need not wait for each other: most of the time of each is the way there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 8
"""Below the ten connections that botocore keeps for a service."""


def in_parallel(do: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """What `do` answers of each item, in their order. Raises what the first of them raises; what has not begun by then is not done."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(do, item) for item in items]
        try:
            for one in begun:
                yield one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
