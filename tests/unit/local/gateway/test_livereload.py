"""The stream of changes that pages listen to."""

from __future__ import annotations

import time

from tests.unit.local.conftest import Stage

LISTEN = b"GET /_/reload HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


def wait_for(stage: Stage, listeners: int) -> None:
    deadline = time.monotonic() + 5
    while stage.live.listeners != listeners and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stage.live.listeners == listeners


def test_a_page_is_told_and_the_stream_stays_open(stage: Stage) -> None:
    with stage.http.connect() as page:
        page.sendall(LISTEN)
        wait_for(stage, 1)
        stage.http.loop.call_soon_threadsafe(stage.live.notify, "page")
        seen = b""
        while b"event: reload" not in seen:
            seen += page.recv(4096)
        assert b"content-type: text/event-stream" in seen
        assert b"event: reload\ndata: page\n\n" in seen
        stage.http.loop.call_soon_threadsafe(stage.live.notify, "app")
        while b"data: app" not in seen:
            seen += page.recv(4096)
    wait_for(stage, 0)


def test_closing_ends_every_stream_so_that_the_server_can_stop(stage: Stage) -> None:
    with stage.http.connect() as page:
        page.sendall(LISTEN)
        wait_for(stage, 1)
        stage.http.loop.call_soon_threadsafe(stage.live.close)
        seen = b""
        while not seen.endswith(b"0\r\n\r\n"):
            part = page.recv(4096)
            assert part
            seen += part
    wait_for(stage, 0)


def test_a_page_that_reads_nothing_collects_one_notice(stage: Stage) -> None:
    with stage.http.connect() as page:
        page.sendall(LISTEN)
        wait_for(stage, 1)

        def notify_often() -> None:
            for _ in range(1000):
                stage.live.notify("page")

        stage.http.loop.call_soon_threadsafe(notify_often)
        time.sleep(0.3)
        page.settimeout(1)
        assert page.recv(1 << 20).count(b"event: reload") == 1
