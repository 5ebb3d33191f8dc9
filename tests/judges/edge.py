"""An edge for tests: what Amazon CloudFront does with a request, by the configuration that was really deployed.

It reads the distributions of ministack's account and does what they say: behaviours by path, methods, protocols, origins, policies, error pages.
Pages are fetched through ministack's own CloudFront, which enforces the bucket's policy; what that cannot do, reach an origin at one of AWS's names,
is done here. Other names of AWS lead to the account itself, so that pages find every service where AWS has it.

It is an HTTP proxy with TLS behind `CONNECT`, on loopback: callers name any host as in the world outside. Source: CloudFront Developer Guide,
"Distribution settings reference" and "Request and response behavior for custom origins".
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.judges.distribution import Answer, Asked, Distribution
from tests.judges.ministack import Ministack

AWS = ".amazonaws.com"
_HOP_BY_HOP = frozenset(("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "trailer"))
_BODILESS = (204, 304)


class Edge(ThreadingHTTPServer):
    """The running edge in front of one account."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, account: Ministack, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tls = tls
        self._account = account
        self._cloudfront = account.client("cloudfront")

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def handle_error(self, *of: Any) -> None:
        """Says nothing of callers who went: a browser drops its first connection to a certificate that it does not know."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(*of)

    def answer(self, asked: Asked) -> Answer:
        """Whatever the name that was asked stands for; 502 for a name that nobody here has."""
        if asked.host.endswith(AWS):
            return self.pass_on(replace(asked, host=urlsplit(self._account.url).netloc))
        for item in self._cloudfront.list_distributions()["DistributionList"].get("Items", ()):
            if item["DomainName"] == asked.host:
                return Distribution(self._cloudfront, item["Id"], self.pass_on).answer(asked)
        return Answer(502, [], f"nobody here is {asked.host}".encode())

    def pass_on(self, asked: Asked) -> Answer:
        """To the account, under the name that was asked."""
        there = urlsplit(self._account.url)
        connection = HTTPConnection(str(there.hostname), there.port, timeout=60)
        try:
            headers = {name: value for name, value in asked.headers.items() if name not in _HOP_BY_HOP} | {"host": asked.host}
            connection.request(asked.method, asked.target, asked.body or None, headers)
            answer = connection.getresponse()
            return Answer(answer.status, [(name.lower(), value) for name, value in answer.getheaders()], answer.read())
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Edge
    _is_secure = False

    def do_CONNECT(self) -> None:
        """From here on the connection is TLS, whatever the name is."""
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self._is_secure, self.close_connection = True, False

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        target = self.path if self.path.startswith("/") else "/" + self.path.split("/", 3)[-1]
        body = self.rfile.read(int(headers.get("content-length", 0)))
        host = headers["host"].partition(":")[0]
        self._send(self.server.answer(Asked(self.command, host, target, headers, body, is_secure=self._is_secure)))

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name not in _HOP_BY_HOP and name != "content-length":
                self.send_header(name, value)
        if answer.status not in _BODILESS:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_OPTIONS = do_PUT = do_PATCH = do_POST = do_DELETE = do_TRACE = _serve

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def running_edge(account: Ministack, tls: ssl.SSLContext) -> Iterator[Edge]:
    """In front of `account` until the block ends."""
    edge = Edge(account, tls)
    thread = Thread(target=edge.serve_forever, daemon=True)
    thread.start()
    try:
        yield edge
    finally:
        edge.shutdown()
        edge.server_close()
        thread.join()
