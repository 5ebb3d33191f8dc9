"""Sign-ins that are still good: a refresh token each, of which only a digest is kept."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from hashlib import sha256

from deep.frozen import dataclass
from deep.local.identity.pool.settings import REFRESH_LIFETIME_S
from deep.local.identity.pool.store import Store
from deep.local.identity.pool.users import User


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `origin` is the `origin_jti` of all its tokens, `key` its user's."""

    origin: str
    key: str
    auth_time: int


class Sessions:
    """Begins, finds and ends sign-ins."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def begin(self, user: User) -> tuple[Session, str]:
        """A new session of `user` and its refresh token."""
        now = self._clock()
        session = Session(str(uuid.uuid4()), user.key, int(now))
        token = secrets.token_urlsafe(48)
        with self._store.change():
            self._store.rows("DELETE FROM sessions WHERE expires <= ?", now)
            statement = "INSERT INTO sessions (origin, token_hash, key, auth_time, expires) VALUES (?, ?, ?, ?, ?)"
            self._store.rows(statement, session.origin, _digest(token), user.key, session.auth_time, now + REFRESH_LIFETIME_S)
        return session, token

    def find(self, refresh_token: str) -> Session | None:
        """The session of a refresh token; None for tokens nobody was given, that have expired or were revoked."""
        statement = "SELECT origin, key, auth_time FROM sessions WHERE token_hash = ? AND expires > ?"
        row = self._store.row(statement, _digest(refresh_token), self._clock())
        return Session(*row) if row else None

    def is_open(self, origin: str) -> bool:
        return self._store.row("SELECT 1 FROM sessions WHERE origin = ?", origin) is not None

    def end(self, refresh_token: str) -> None:
        self._store.rows("DELETE FROM sessions WHERE token_hash = ?", _digest(refresh_token))

    def end_all(self, user: User) -> None:
        self._store.rows("DELETE FROM sessions WHERE key = ?", user.key)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
