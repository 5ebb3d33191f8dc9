"""How often somebody may guess: passwords, and the codes that go by e-mail.

Counted by name, whether there is such a user or not, so that being locked out tells nobody that there is one. Source of the password rule: Amazon
Cognito Developer Guide, "Lockout behavior for failed sign-in attempts".
"""

from __future__ import annotations

from collections.abc import Callable

from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.store import Store
from deep.local.identity.pool.users import key_of

FREE_GUESSES = 5
LONGEST_LOCK_S = 900.0
CODE_GUESSES = 5
CODES_AN_HOUR = 10
_HOUR_S = 3600.0
_MOST_NAMES = 10_000


class Attempts:
    """Counts failures in the store, so that neither a restart nor a second process forgets them."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def guess_password(self, username: str) -> None:
        """Counts a guess before it is checked, so that many at once are no more than one after the other.

        Raises Declined while the name is locked: for one second after the fifth failure, and for twice as long after each further one.
        """
        with self._store.change():
            count, last = self._counted(username, "password", LONGEST_LOCK_S)
            lock_s = min(LONGEST_LOCK_S, 2.0 ** min(count - FREE_GUESSES, 10)) if count >= FREE_GUESSES else 0.0
            if self._clock() < last + lock_s:
                raise Declined("NotAuthorizedException", "Password attempts exceeded")
            self._count(username, "password", LONGEST_LOCK_S)

    def password_proved(self, username: str) -> None:
        self._store.rows("DELETE FROM attempts WHERE key = ? AND purpose = 'password'", key_of(username))

    def guess_code(self, username: str, purpose: str) -> None:
        """Counts a guess at a code before it is compared. Raises Declined when there were too many within the hour."""
        with self._store.change():
            count, _ = self._counted(username, purpose, _HOUR_S)
            if count >= CODE_GUESSES:
                raise Declined("LimitExceededException", "Attempt limit exceeded, please try after some time.")
            self._count(username, purpose, _HOUR_S)

    def forget_guesses(self, username: str, purpose: str) -> None:
        """After the right code, and when a new one was sent: five guesses a code, and `send_code` limits the codes."""
        self._store.rows("DELETE FROM attempts WHERE key = ? AND purpose = ?", key_of(username), purpose)

    def send_code(self, username: str) -> None:
        """Counts a code before it is sent. Raises Declined after ten, until an hour has passed without one."""
        with self._store.change():
            count, _ = self._counted(username, "codes sent", _HOUR_S)
            if count >= CODES_AN_HOUR:
                raise Declined("LimitExceededException", "Attempt limit exceeded, please try after some time.")
            self._count(username, "codes sent", _HOUR_S)

    def _counted(self, username: str, purpose: str, forgotten_after_s: float) -> tuple[int, float]:
        row = self._store.row("SELECT count, last FROM attempts WHERE key = ? AND purpose = ?", key_of(username), purpose)
        count, last = row or (0, 0.0)
        return (count, last) if self._clock() < last + forgotten_after_s else (0, 0.0)

    def _count(self, username: str, purpose: str, forgotten_after_s: float) -> None:
        with self._store.change():
            count, _ = self._counted(username, purpose, forgotten_after_s)
            if count == 0:
                self._make_room()
            statement = "INSERT OR REPLACE INTO attempts (key, purpose, count, last) VALUES (?, ?, ?, ?)"
            self._store.rows(statement, key_of(username), purpose, count + 1, self._clock())

    def _make_room(self) -> None:
        """Whoever tries ever new names shall not fill the disk."""
        (count,) = self._store.row("SELECT count(*) FROM attempts") or (0,)
        if count >= _MOST_NAMES:
            self._store.rows("DELETE FROM attempts WHERE last < ?", self._clock() - _HOUR_S)
