"""The codes that prove an e-mail address: made, told to the person who runs the platform, compared, and good for a while only."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from string import ascii_lowercase

from deep.frozen import dataclass
from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.attempts import Attempts
from deep.local.identity.pool.store import Store
from deep.local.identity.pool.users import User, key_of

CONFIRM = "confirm"
RESET = "reset"
VERIFY = "verify"
_LIFETIMES_S = {CONFIRM: 86_400.0, RESET: 3600.0, VERIFY: 86_400.0}
_DIGITS = 6
_MISMATCH = Declined("CodeMismatchException", "Invalid verification code provided, please try again.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What accounts need of the world: the time in Unix seconds, and somebody to tell what a mail would say."""

    clock: Callable[[], float]
    tell: Callable[[str], None]


class Codes:
    """One code a user and purpose; a new one replaces the one before."""

    def __init__(self, store: Store, attempts: Attempts, world: Surroundings) -> None:
        self._store = store
        self._attempts = attempts
        self._world = world

    def send(self, user: User, purpose: str) -> dict[str, str]:
        """Makes a code and tells it; answers Cognito's `CodeDeliveryDetails`. Raises Declined after too many."""
        self._attempts.send_code(user.username)
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        expires = self._world.clock() + _LIFETIMES_S[purpose]
        with self._store.change():
            statement = "INSERT OR REPLACE INTO codes (key, purpose, code, expires) VALUES (?, ?, ?, ?)"
            self._store.rows(statement, user.key, purpose, code, expires)
            self._attempts.forget_guesses(user.username, purpose)
        self._world.tell(f"code {code} for {user.attributes.get('email', user.username)}")
        return delivery(user.attributes.get("email", ""))

    def pretend(self, username: str, purpose: str) -> dict[str, str]:
        """Answers as `send` does where nobody can be sent one, so that answers do not tell who has an account."""
        self._attempts.send_code(username)
        self._attempts.forget_guesses(username, purpose)
        first, second = sha256(key_of(username).encode()).digest()[:2]
        return delivery(f"{ascii_lowercase[first % 26]}@{ascii_lowercase[second % 26]}")

    def redeem(self, username: str, purpose: str, code: str) -> None:
        """Uses a code up. Raises Declined: it is another, is too old, or there were too many guesses. There need be no such user."""
        self._attempts.guess_code(username, purpose)
        with self._store.change():
            row = self._store.row("SELECT code, expires FROM codes WHERE key = ? AND purpose = ?", key_of(username), purpose)
            if row is None or not hmac.compare_digest(row[0].encode(), code.encode()):
                raise _MISMATCH
            if row[1] <= self._world.clock():
                raise Declined("ExpiredCodeException", "Invalid code provided, please request a code again.")
            self._store.rows("DELETE FROM codes WHERE key = ? AND purpose = ?", key_of(username), purpose)
        self._attempts.forget_guesses(username, purpose)

    def pending(self, user: User) -> dict[str, str]:
        """The codes that are still good, by purpose, as the command line shows them."""
        found = self._store.rows("SELECT purpose, code FROM codes WHERE key = ? AND expires > ?", user.key, self._world.clock())
        return dict(found)


def delivery(email: str) -> dict[str, str]:
    """`a***@e***`: where a code went, as Cognito says it."""
    name, _, domain = email.partition("@")
    return {"Destination": f"{name[:1]}***@{domain[:1]}***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
