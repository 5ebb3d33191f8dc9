"""Requests byte by byte, signed by botocore, to the local platform or to what is deployed: the same call for both."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from deep.local.identity.principal import UNAUTHENTICATED
from deep.testing import LocalApp

TASK = "/deep-todo/task"
"""The Todo app's only resource."""

Connect = Callable[[], HTTPConnection]


@dataclass(frozen=True, slots=True)
class Keys:
    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` are sent beside those of the signature, and are not part of it."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with an identity. `host` is whom requests are signed for."""

    connect: Connect
    host: str
    region: str
    keys: Keys

    def ask(self, request: Request) -> Response:
        target = f"{request.path}?{request.query}" if request.query else request.path
        connection = self.connect()
        try:
            signature = self._signature(request, target) if request.signed else {}
            connection.request(request.method, target, request.body or None, {**request.headers, **signature})
            answer = connection.getresponse()
            return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, payload: Any) -> Response:
        """With JSON as its body."""
        return self.ask(Request(method, path, body=json.dumps(payload).encode(), headers={"content-type": "application/json"}))

    def _signature(self, request: Request, target: str) -> dict[str, str]:
        asked = AWSRequest(request.method, f"https://{self.host}{target}", {"host": self.host}, request.body)
        SigV4Auth(Credentials(self.keys.access_key, self.keys.secret_key, self.keys.token), "execute-api", self.region).add_auth(asked)
        return {name: value for name, value in asked.headers.items() if name.lower() != "host"}


def local_caller(app: LocalApp, role: str = UNAUTHENTICATED) -> Caller:
    """Somebody new of a local run, who acts in `role`."""
    given = app.client(role).credentials
    keys = Keys(given.access_key, given.secret_key, given.session_token)
    return Caller(lambda: HTTPConnection("localhost", app.port, timeout=60), f"localhost:{app.port}", app.app.property.region, keys)


def through_proxy(port: int, host: str) -> Connect:
    """By TLS to `host`, through the proxy at `port` of this machine."""

    def connect() -> HTTPConnection:
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection("127.0.0.1", port, timeout=60, context=anybody)
        connection.set_tunnel(host, 443)
        return connection

    return connect
