"""The OpenID Connect provider of `provider.py`, served over HTTP on this machine, for browsers' tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.fakes.provider import Provider


@contextmanager
def served_provider() -> Iterator[Provider]:
    """Serves a provider until the block ends. Its domain is `localhost:<port>`, its issuer plain HTTP, as only this machine's may be."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = provider.fetch(f"https://{provider.domain}{self.path}").replace(b"https:", b"http:")
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"localhost:{server.server_port}")
        provider.issuer = f"http://{provider.domain}"
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield provider
        finally:
            server.shutdown()
            serving.join()
