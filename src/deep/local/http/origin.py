"""Who may talk to a server on loopback: this machine's own pages and programs, and no other web site through the browser.

Host is checked against DNS rebinding (a foreign name that resolves to 127.0.0.1), Origin and Sec-Fetch-Site against requests that foreign pages make
the browser send. Programs send neither of the latter two and are let through.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from deep.local.http.reply import Reply, message_reply
from deep.local.http.request import HttpRequest

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


class Doorkeeper:
    """Decides on Host, Origin and Sec-Fetch-Site. `hosts` are further names, without port, that the app may be reached by."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._approved: set[str] = set()

    def refuse(self, request: HttpRequest, *, private: bool, sharing: frozenset[str] = frozenset()) -> Reply | None:
        """The refusal of a request that may not enter, None for one that may. `private`: other sites' pages may not even ask.

        Pages of the origins in `sharing` ask as pages of our own do.
        """
        host = request.headers.get("host", "")
        if host not in self._approved:
            if not self._is_ours(host):
                return message_reply(421, f"This server does not answer for the host {host!r}; open it as localhost")
            if len(self._approved) < 1000:
                self._approved.add(host)
        origin = request.headers.get("origin")
        if origin in sharing:
            return None
        if origin is not None and request.method not in _SAFE_METHODS and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
            return message_reply(403, f"Pages of {origin!r} may not change anything here")
        if private and self._is_foreign(request):
            return message_reply(403, "Other web sites may not call this")
        return None

    def _is_ours(self, host: str) -> bool:
        name = hostname(host)
        return name is not None and (name == "localhost" or name.endswith(".localhost") or name in self._hosts or _is_address(name))

    @staticmethod
    def _is_foreign(request: HttpRequest) -> bool:
        headers = request.headers
        return headers.get("sec-fetch-site") == "cross-site" and not (request.method == "GET" and headers.get("sec-fetch-mode") == "navigate")


def hostname(host: str) -> str | None:
    """The name of a Host header without its port, in lower case; None when it is not of the form `name[:port]` or `[v6][:port]`."""
    if host.startswith("["):
        name, bracket, port = host[1:].partition("]")
        port = port.removeprefix(":") if bracket else "?"
    else:
        name, _, port = host.partition(":")
    if not name or (port and not (port.isascii() and port.isdigit())):
        return None
    return name.lower().removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
