"""People who call a deployed app while something is done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from http.client import HTTPException
from threading import Event, Thread

from tests.judges.calling import Caller, Request


class Visitors:
    """One for each request, who makes it until the block ends, and once at least. `heard` are the statuses and bodies that came back.

    Where no answer came, the status is 0, and the body says why.
    """

    def __init__(self, caller: Caller, requests: Iterable[Request]) -> None:
        self.heard: Counter[tuple[int, str]] = Counter()
        self._is_over = Event()
        self._threads = [Thread(target=self._call, args=(caller, asked), daemon=True) for asked in requests]

    def _call(self, caller: Caller, asked: Request) -> None:
        while True:
            try:
                answer = caller.ask(asked)
                self.heard[answer.status, answer.body.decode()] += 1
            except (OSError, HTTPException) as error:
                self.heard[0, repr(error)] += 1
            if self._is_over.is_set():
                return

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()
