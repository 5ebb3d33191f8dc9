"""Objects on their way into a bucket: several at once, and in turns where one shows the others."""

from __future__ import annotations

from threading import Barrier

import pytest

from deep.errors import Problem, RefusedError
from deep.provision.account.cloud import StoredObject
from deep.provision.deploying.uploading import Uploader
from deep.provision.parallel import AT_ONCE, in_parallel
from tests.fakes.cloud import FakeCloud


def stored(key: str, turn: int = 0) -> StoredObject:
    return StoredObject(key, key.encode(), key, {}, turn)


class Meeting(FakeCloud):
    """An account in which no upload ends before as many others are on their way."""

    def __init__(self, at_once: int) -> None:
        super().__init__()
        self.sent: list[str] = []
        self._barrier = Barrier(at_once, timeout=20)

    def put(self, bucket: str, stored: StoredObject) -> None:
        self._barrier.wait()
        super().put(bucket, stored)
        self.sent.append(stored.key)


def test_several_are_on_their_way_at_once() -> None:
    cloud, told = Meeting(AT_ONCE), list[str]()
    assert Uploader(cloud, told.append).upload("b", [stored(f"{number}.js") for number in range(2 * AT_ONCE)]) == 16
    assert told[0] == "uploaded 0.js (1 of 16, 0 KB)"
    assert len(told) == 16


def test_what_shows_the_others_is_sent_when_they_are_there() -> None:
    cloud = Meeting(2)
    objects = [stored("b.html", 2), stored("a.html", 2), *(stored(f"{number}.js") for number in range(6)), stored("c.json", 1), stored("d.json", 1)]
    Uploader(cloud, lambda _: None).upload("b", objects)
    assert [set(part) for part in (cloud.sent[:6], cloud.sent[6:8], cloud.sent[8:])] == [
        {f"{number}.js" for number in range(6)},
        {"c.json", "d.json"},
        {"a.html", "b.html"},
    ]


def test_what_is_there_is_not_sent_again() -> None:
    cloud = Meeting(1)
    uploader = Uploader(cloud, lambda _: None)
    uploader.upload("b", [stored("a.js")])
    assert uploader.upload("b", [stored("a.js"), stored("b.js")]) == 1
    assert cloud.sent == ["a.js", "b.js"]


def test_after_one_was_refused_no_other_is_begun() -> None:
    begun = []

    def refuse(number: int) -> None:
        begun.append(number)
        raise RefusedError(Problem("aws-refused", f"{number} is too many"))

    with pytest.raises(RefusedError, match="0 is too many"):
        list(in_parallel(refuse, range(1000)))
    assert len(begun) < 1000
