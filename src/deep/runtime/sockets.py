"""Connected sockets, plain or encrypted, with the kernel's own time-outs.

They are `_socket`'s: the `socket` package around them, with its enumerations and selectors, costs 2 ms of every cold start. TLS needs it anyway.
"""

from __future__ import annotations

import _socket
from struct import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from deep.runtime.transport import Origin


def connected(origin: Origin) -> _socket.socket:
    """A socket to the first address of `origin` that takes it. Raises OSError, and UnicodeError for a host that is not ASCII."""
    sock = _dialled(origin)
    sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    if origin.tls:
        sock = _encrypted(sock, origin)
    sock.settimeout(None)
    timeout = pack("ll", origin.read_timeout_s, 0)
    sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVTIMEO, timeout)
    sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDTIMEO, timeout)
    return sock


def _dialled(origin: Origin) -> _socket.socket:
    failure = OSError("the name has no address")
    # As bytes, a name is not sent through the `idna` codec, whose import (with `re`) costs more than the connection.
    for family, kind, protocol, _, address in _socket.getaddrinfo(origin.host.encode("ascii"), origin.port, 0, _socket.SOCK_STREAM):
        sock = _socket.socket(family, kind, protocol)
        try:
            sock.settimeout(origin.connect_timeout_s)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def _encrypted(sock: _socket.socket, origin: Origin) -> _socket.socket:
    import socket
    import ssl

    plain = socket.socket(sock.family, sock.type, sock.proto, sock.detach())
    plain.settimeout(origin.connect_timeout_s)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=origin.host)
