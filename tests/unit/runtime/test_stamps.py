"""Identifiers and timestamps."""

from __future__ import annotations

import datetime
import time
import uuid

from deep.runtime.stamps import amz_date, new_id, now_iso


def test_ids_are_uuid_version_7_in_order_of_time() -> None:
    before = time.time_ns() // 1_000_000
    ids = []
    for _ in range(200):
        ids.append(new_id())
        time.sleep(0.00001)
    after = time.time_ns() // 1_000_000
    parsed = [uuid.UUID(text) for text in ids]
    assert {(one.version, one.variant) for one in parsed} == {(7, uuid.RFC_4122)}
    assert all(before <= one.int >> 80 <= after for one in parsed)
    assert ids == sorted(ids)
    assert len(set(ids)) == 200


def test_timestamps_are_utc_to_the_millisecond() -> None:
    text = now_iso()
    moment = datetime.datetime.fromisoformat(text)
    assert len(text) == len("2016-02-01T12:00:00.000Z")
    assert abs((datetime.datetime.now(datetime.UTC) - moment).total_seconds()) < 2


def test_amz_date() -> None:
    assert [amz_date(seconds) for seconds in (1454328000.9, 1454328000.0, 1454327999.999)] == ["20160201T120000Z"] * 2 + ["20160201T115959Z"]
