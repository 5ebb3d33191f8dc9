"""Objects on their way into a bucket. What is there already is not sent again; of what is sent, several are on their way at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count, groupby

from deep.provision.account.cloud import Cloud, StoredObject
from deep.provision.parallel import in_parallel


class Uploader:
    """`step` is told of each object that has been sent."""

    def __init__(self, cloud: Cloud, step: Callable[[str], None]) -> None:
        self._cloud = cloud
        self._step = step

    def upload(self, bucket: str, objects: Sequence[StoredObject]) -> int:
        """Puts what is not there yet, turn by turn; how many that were."""
        there = self._cloud.digests(bucket, [one.key for one in objects])
        missing = sorted((one for one in objects if there.get(one.key) != one.digest), key=_turn)
        numbers = count(1)

        def put(stored: StoredObject) -> StoredObject:
            self._cloud.put(bucket, stored)
            return stored

        for _, turn in groupby(missing, _turn):
            for stored in in_parallel(put, turn):
                self._step(f"uploaded {stored.key} ({next(numbers)} of {len(missing)}, {len(stored.body) / 1024:.0f} KB)")
        return len(missing)


def _turn(stored: StoredObject) -> int:
    return stored.turn
