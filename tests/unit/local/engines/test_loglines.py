"""Whatever is printed becomes lines."""

from __future__ import annotations

from deep.local.engines.loglines import MAX_LINE_BYTES, LineSplitter


def test_lines_are_told_when_they_are_whole() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"one\ntw") == ["one"]
    assert splitter.pending
    assert splitter.feed(b"o\r\nthree\n") == ["two", "three"]
    assert not splitter.pending


def test_the_unfinished_line_is_told_on_demand() -> None:
    splitter = LineSplitter()
    splitter.feed(b"no end")
    assert splitter.flush() == ["no end"]
    assert splitter.flush() == []


def test_bytes_that_are_not_text_are_shown_as_escapes() -> None:
    assert LineSplitter().feed(b"a\xff\x00b\n") == ["a\\xff\x00b"]


def test_a_long_line_is_told_in_pieces_and_never_kept_whole() -> None:
    splitter = LineSplitter()
    told = splitter.feed(b"x" * (3 * MAX_LINE_BYTES + 10))
    assert [len(line) for line in told] == [MAX_LINE_BYTES] * 3
    assert splitter.flush() == ["x" * 10]


def test_empty_lines_stay() -> None:
    assert LineSplitter().feed(b"\n\n") == ["", ""]
