"""A table service that keeps nothing and answers every request at once with an empty object: what is left of a call is its client's own cost.

    python -S stub_table.py PORT

Standard library only, and as little of it as HTTP needs: a round trip to it takes some 14 us where a put in Dynoxide takes 100.
"""

import socket
import sys
import threading

BODY = b"{}"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nx-amz-crc32: 2745614147\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


def converse(connection: socket.socket) -> None:
    """One answer a request, until the client leaves. Clients send one request at a time, some of them in two pieces."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while request := connection.recv(65536):
        head, _, body = request.partition(b"\r\n\r\n")
        missing = content_length(head) - len(body)
        while missing > 0 and (part := connection.recv(65536)):
            missing -= len(part)
        connection.sendall(ANSWER)


def content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def main() -> None:
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()


main()
