"""HTTP/1.1 for service calls: one blocking socket, one write per request, a strict reader of answers.

`http.client` costs 40 ms of cold start and several writes a request; a function speaks to few services, in one way. Time-outs are the kernel's
(`SO_RCVTIMEO`), because Python's own put the socket in non-blocking mode and pay a poll for every read.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket

_HEAD_LIMIT_BYTES = 64 * 1024
_BODY_LIMIT_BYTES = 64 * 1024 * 1024
_READ_BYTES = 16 * 1024
"""More than a usual answer, and too little for an allocator to ask the kernel for: 256 KB are mapped, faulted in and unmapped for every read."""
_LONG_READ_BYTES = 256 * 1024
"""For the rest of a long body, where fewer reads are worth that."""
_MOST_NAMES = 256
_names: dict[str, str] = {}
"""Header names seen so far, as they were sent, in lower case. Bounded; the names one server sends are always the same few."""


class TransportError(Exception):
    """The service could not be reached, or its answer could not be read."""


class StaleConnectionError(TransportError):
    """A kept connection was closed before any byte of an answer came."""


class Answer:
    """An HTTP answer: `status`, `headers` (lower-case names) and the whole `body`."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


class Connection:
    """A connection to one server, kept alive between exchanges for as long as the server allows."""

    __slots__ = ("_socket", "used")

    def __init__(self, sock: _socket.socket) -> None:
        self._socket = sock
        self.used = False

    @classmethod
    def open(cls, origin: Origin) -> Connection:
        """Raises TransportError when the server cannot be reached."""
        from deep.runtime.sockets import connected

        try:
            return cls(connected(origin))
        except (OSError, UnicodeError) as error:
            raise TransportError(f"cannot reach {origin}: {error}") from error

    def exchange(self, request: bytes) -> tuple[Answer, bool]:
        """Sends one whole request; gives its answer and whether the connection may be used again. Raises TransportError."""
        reused, self.used = self.used, True
        try:
            self._socket.sendall(request)
            first = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            raise TransportError("no answer in time") from None
        except OSError as error:
            raise (StaleConnectionError if reused else TransportError)(f"connection lost: {error}") from error
        if not first:
            raise (StaleConnectionError if reused else TransportError)("connection closed before an answer")
        return _Reader(self._socket, first).answer()

    def was_closed(self) -> bool:
        """Whether the other side has already hung up: asked before a request that must not be sent twice."""
        from _socket import MSG_DONTWAIT, MSG_PEEK

        try:
            return self._socket.recv(1, MSG_PEEK | MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except (OSError, ValueError):  # ValueError: a TLS socket takes no flags; assume the worst, a new connection is safe
            return True

    def close(self) -> None:
        self._socket.close()


class Origin:
    """A server: where it is and how long to wait for it. Keeps connections between calls and lends each to one caller at a time."""

    def __init__(self, url: str, *, connect_timeout_s: int = 3, read_timeout_s: int = 20) -> None:
        """`url` is `http(s)://host[:port]`; a path is refused with ValueError."""
        scheme, separator, rest = url.partition("://")
        authority = rest.removesuffix("/")
        if not separator or scheme not in ("http", "https") or not authority or "/" in authority or "@" in authority:
            raise ValueError(f"{url!r} is not of the form http(s)://host[:port]")
        host, colon, port = authority.rpartition(":")
        has_port = bool(colon) and not port.endswith("]")
        self.tls = scheme == "https"
        self.host = (host if has_port else authority).strip("[]")
        self.port = int(port) if has_port else (443 if self.tls else 80)
        self.authority = authority
        self.connect_timeout_s = connect_timeout_s
        self.read_timeout_s = read_timeout_s
        self._idle: list[Connection] = []

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def exchange(self, request: bytes, *, idempotent: bool = True) -> Answer:
        """Sends `request` on a kept or a new connection.

        A kept connection that turns out to be closed is replaced: at once when the request is `idempotent`, because it may already have been
        carried out; otherwise only kept connections that are still open are used, and a loss is an error. Raises TransportError.
        """
        connection = self._take(check=not idempotent)
        try:
            answer, reusable = connection.exchange(request)
        except StaleConnectionError:
            connection.close()
            if not idempotent:
                raise
            connection = Connection.open(self)
            answer, reusable = self._exchange_or_close(connection, request)
        except BaseException:
            connection.close()
            raise
        if reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """Closes every kept connection."""
        while self._idle:
            self._idle.pop().close()

    def _take(self, *, check: bool) -> Connection:
        # list.pop and list.append are atomic, so threads of one function never share a connection.
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took the last one
                break
            if not (check and connection.was_closed()):
                return connection
            connection.close()
        return Connection.open(self)

    @staticmethod
    def _exchange_or_close(connection: Connection, request: bytes) -> tuple[Answer, bool]:
        try:
            return connection.exchange(request)
        except BaseException:
            connection.close()
            raise


class _Reader:
    """Reads one answer from a socket; refuses what RFC 9112 leaves open to two readings."""

    __slots__ = ("_buffer", "_socket")

    def __init__(self, sock: _socket.socket, first: bytes) -> None:
        self._socket = sock
        self._buffer = first

    def answer(self) -> tuple[Answer, bool]:
        status, headers = parse_head(self._until(b"\r\n\r\n"))
        while 100 <= status < 200:  # interim answers are not for us
            status, headers = parse_head(self._until(b"\r\n\r\n"))
        body = self._body(status, headers)
        reusable = headers.get("connection", "").lower() != "close" and not self._buffer
        return Answer(status, headers, body), reusable

    def _body(self, status: int, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            if "content-length" in headers:
                raise TransportError("an answer of two lengths")
            return self._chunks()
        if "transfer-encoding" in headers:
            raise TransportError(f"transfer-encoding {headers['transfer-encoding']!r} is not understood")
        if "content-length" in headers:
            return self._exactly(_length(headers["content-length"], 10))
        if status in (204, 304):
            return b""
        raise TransportError("an answer without a length")

    def _chunks(self) -> bytes:
        chunks: list[bytes] = []
        total = 0
        while size := _length(self._until(b"\r\n").split(b";")[0].decode("latin-1").strip(), 16):
            total += size
            if total > _BODY_LIMIT_BYTES:
                raise TransportError("the answer is too long")
            chunks.append(self._exactly(size))
            if self._exactly(2) != b"\r\n":
                raise TransportError("a chunk does not end where it said")
        while self._until(b"\r\n"):
            pass  # trailers
        return b"".join(chunks)

    def _until(self, end: bytes) -> bytes:
        while end not in self._buffer:
            if len(self._buffer) > _HEAD_LIMIT_BYTES:
                raise TransportError("the answer's head is too long")
            self._buffer += self._read(_READ_BYTES)
        found, _, self._buffer = self._buffer.partition(end)
        return found

    def _exactly(self, size: int) -> bytes:
        if size > _BODY_LIMIT_BYTES:
            raise TransportError("the answer is too long")
        parts, missing = [self._buffer], size - len(self._buffer)
        while missing > 0:
            parts.append(self._read(_READ_BYTES if missing <= _READ_BYTES else _LONG_READ_BYTES))
            missing -= len(parts[-1])
        whole = b"".join(parts) if len(parts) > 1 else self._buffer
        self._buffer = whole[size:]
        return whole[:size]

    def _read(self, size: int) -> bytes:
        try:
            data = self._socket.recv(size)
        except BlockingIOError:
            raise TransportError("the answer stopped half way") from None
        except OSError as error:
            raise TransportError(f"connection lost: {error}") from error
        if not data:
            raise TransportError("connection closed half way through an answer")
        return data


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status line and header lines (without the blank line) -> (status, headers by lower-case name). Raises TransportError."""
    first, *lines = head.decode("latin-1").split("\r\n")
    code = first[9:12]
    if not first.startswith("HTTP/1.") or first[8:9] != " " or not (code.isascii() and code.isdigit()):
        raise TransportError(f"not an HTTP answer: {first[:80]!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        key = (_names.get(name) or _lower_case(name)) if colon else ""
        if not key:
            raise TransportError(f"a broken header line: {line[:80]!r}")
        value = value.strip(" \t")
        if headers.setdefault(key, value) != value and key in ("content-length", "transfer-encoding"):
            raise TransportError(f"two different {key} headers")
    if first.startswith("HTTP/1.0"):
        headers.setdefault("connection", "close")
    return int(code), headers


def _lower_case(name: str) -> str:
    """A header's name in lower case; empty for one that must not stand before a colon."""
    if name != name.strip():
        return ""
    if len(_names) < _MOST_NAMES:
        _names[name] = name.lower()
    return name.lower()


def _length(text: str, radix: int) -> int:
    if not text or not text.isascii() or not text.isalnum():
        raise TransportError(f"{text[:20]!r} is not a length")
    try:
        return int(text, radix)
    except ValueError:
        raise TransportError(f"{text[:20]!r} is not a length") from None
