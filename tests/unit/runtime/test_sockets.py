"""Connections as they are opened: encrypted ones trust whom the machine trusts, names with several addresses are tried through."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deep.runtime.transport import Origin, TransportError
from tests.fakes.certificates import certificate
from tests.fakes.scripted import http_answer, scripted

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
OK = http_answer(200, b"ok")


@contextmanager
def encrypted_server(file: Path) -> Iterator[str]:
    """Answers one request over TLS; yields its URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_once, args=(listener, context), daemon=True)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        thread.join(5)


def _answer_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(65536)
            encrypted.sendall(OK)
            encrypted.recv(1)
    except OSError:
        connection.close()


def test_an_encrypted_connection_is_used_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with encrypted_server(file) as url:
        origin = Origin(url, read_timeout_s=5)
        assert origin.exchange(REQUEST).body == b"ok"
        origin.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with encrypted_server(certificate(tmp_path)) as url, pytest.raises(TransportError, match="certificate verify failed"):
        Origin(url).exchange(REQUEST)


def test_every_address_of_a_name_is_tried() -> None:
    """`localhost` is `::1` too on most machines, where this server does not listen."""
    with scripted(OK) as server:
        origin = Origin(server.url.replace("127.0.0.1", "localhost"))
        assert origin.exchange(REQUEST).body == b"ok"
        origin.close()


def test_a_host_that_no_name_server_knows_is_named() -> None:
    with pytest.raises(TransportError, match="h\u00f6st"):
        Origin("http://h\u00f6st:80").exchange(REQUEST)
