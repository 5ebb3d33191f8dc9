"""Zips: read by Python's own reader, the same bytes in any order of making."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from deep.bundle.archive import pack, read_archive, write_archive

FILES = {"b/run.sh": b"#!/bin/sh\n", "a.py": b"x = 1\n" * 1000, "empty": b"", "название.txt": "текст".encode(), "noise": bytes(range(256))}
PACKED = [pack(name, content, runs=name.endswith(".sh")) for name, content in FILES.items()]


def test_any_reader_finds_what_was_put_in() -> None:
    with ZipFile(BytesIO(write_archive(PACKED))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert archive.namelist() == sorted(FILES)
        modes = {told.filename: told.external_attr >> 16 & 0o777 for told in archive.infolist()}
        assert modes == {name: 0o755 if name == "b/run.sh" else 0o644 for name in FILES}
        assert {told.date_time for told in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_order_makes_no_difference() -> None:
    assert write_archive(PACKED) == write_archive(reversed(PACKED))


def test_what_does_not_shrink_is_stored() -> None:
    assert {packed.name for packed in PACKED if packed.method == 0} >= {"noise", "empty"}
    assert len(write_archive(PACKED)) < sum(map(len, FILES.values()))


def test_members_are_taken_out_as_they_were_put_in() -> None:
    assert read_archive(write_archive(PACKED)) == tuple(sorted(PACKED, key=lambda packed: packed.name))


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        write_archive([pack("a", b"1"), pack("a", b"2")])
