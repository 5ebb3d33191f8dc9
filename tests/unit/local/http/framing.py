"""Requests whose framing is bad: where two readers could disagree about where one ends, which is how requests are smuggled. Threat L5.

From RFC 9112 (3, 5, 6, 7.1 and 11.2) and what llhttp's own tests and published attacks send.
"""

from __future__ import annotations

HEAD = b"POST /a HTTP/1.1\r\nHost: localhost\r\n"

BAD_FRAMING = {
    "length and chunks": HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "two equal lengths": HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": HEAD + b"Content-Length: 3, 3\r\n\r\nabc",
    "a signed length": HEAD + b"Content-Length: +3\r\n\r\nabc",
    "bare LF everywhere": b"POST /a HTTP/1.1\nHost: localhost\n\n",
    "one bare LF": b"POST /a HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
    "bare CR in a value": HEAD + b"X: a\rb\r\n\r\n",
    "NUL in a value": HEAD + b"X: a\x00b\r\n\r\n",
    "a folded header": HEAD + b"X: a\r\n b\r\n\r\n",
    "a space before the colon": b"POST /a HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "an unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n",
    "chunked that is not last": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks ended by LF": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
    "a negative chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no Host": b"GET /a HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /a HTTP/1.1\r\nHost: localhost\r\nHost: evil.com\r\n\r\n",
    "an absolute target": b"GET http://evil.com/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a byte above ASCII in the path": b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an unknown method": b"FETCH /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "not HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "an upgrade with a body": HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
    "three lengths in one": HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a length in hexadecimal": HEAD + b"Content-Length: 0x3\r\n\r\nabc",
    "a length with an underscore": HEAD + b"Content-Length: 1_0\r\n\r\n0123456789",
    "an empty length": HEAD + b"Content-Length:\r\n\r\nabc",
    "a length that overflows": HEAD + b"Content-Length: 18446744073709551617\r\n\r\na",
    "chunked twice": HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked in two headers": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a vertical tab before chunked": HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a chunk size in 0x": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk size that overflows": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\na\r\n0\r\n\r\n",
    "a chunk without its end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    "an empty header name": HEAD + b": x\r\n\r\n",
    "a header without a colon": HEAD + b"Nonsense\r\n\r\n",
    "a first header that is folded": b"POST /a HTTP/1.1\r\n Host: localhost\r\n\r\n",
    "a tab in the request line": b"POST\t/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
}
