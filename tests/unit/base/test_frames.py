"""The frames between platform and function process."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deep.wire import frames


@given(st.integers(0, 255), st.binary(max_size=2000))
def test_a_frame_says_its_kind_and_length(kind: int, payload: bytes) -> None:
    frame = frames.pack(kind, payload)
    assert frames.unpack_header(frame[: frames.HEADER_SIZE]) == (kind, len(payload))
    assert frame[frames.HEADER_SIZE :] == payload


@given(st.binary(max_size=2000))
def test_an_event_travels_untouched_behind_its_head(event: bytes) -> None:
    frame = frames.pack_invoke(b'{"requestId":"1"}', event)
    assert frames.split_invoke(frame[frames.HEADER_SIZE :]) == (b'{"requestId":"1"}', event)
