"""Users and the groups they are in, as the store has them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from deep.frozen import dataclass
from deep.local.identity.pool.passwords import Proof
from deep.local.identity.pool.store import Store

UNCONFIRMED = "UNCONFIRMED"
CONFIRMED = "CONFIRMED"
FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"  # noqa: S105 - Cognito's word for a state
_SELECT = "SELECT username, sub, status, enabled, attributes, salt, verifier, created, modified FROM users"
_SAVE = """INSERT OR REPLACE INTO users (key, username, sub, status, enabled, attributes, salt, verifier, created, modified)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True)
class User:
    """An account. `status` and `attributes` are Cognito's; times are in Unix seconds. Names differ by more than upper and lower case."""

    username: str
    status: str
    proof: Proof
    created: float
    modified: float
    attributes: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    sub: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def key(self) -> str:
        return key_of(self.username)

    @property
    def verified_email(self) -> str | None:
        """The address codes go to, once it was proved."""
        return self.attributes.get("email") if self.attributes.get("email_verified") == "true" else None

    def with_attributes(self, changed: Mapping[str, str]) -> User:
        """With attributes set; an empty one is removed, as Cognito has it."""
        kept = {name: value for name, value in {**self.attributes, **changed}.items() if value != ""}
        return replace(self, attributes=kept)

    def listed_attributes(self) -> list[dict[str, str]]:
        """`[{"Name": "sub", "Value": ...}, ...]`."""
        return [{"Name": name, "Value": value} for name, value in {"sub": self.sub, **self.attributes}.items()]


def key_of(username: str) -> str:
    """What a user is found by: Cognito's pools do not tell upper and lower case apart."""
    return username.casefold()


class Users:
    """Finds and changes users."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, username: str) -> User | None:
        row = self._store.row(f"{_SELECT} WHERE key = ?", key_of(username))
        return _user(row) if row else None

    def find_sub(self, sub: str) -> User | None:
        row = self._store.row(f"{_SELECT} WHERE sub = ?", sub)
        return _user(row) if row else None

    def all(self, after: str = "", most: int = -1) -> list[User]:
        """Users by name, those after the key `after`, at most `most` of them (-1: all)."""
        return [_user(row) for row in self._store.rows(f"{_SELECT} WHERE key > ? ORDER BY key LIMIT ?", after, most)]

    def save(self, user: User) -> None:
        """Adds a user, or puts this state of it in the place of the one before."""
        values = (user.username, user.sub, user.status, user.enabled, json.dumps(dict(user.attributes)), user.proof.salt, user.proof.verifier)
        self._store.rows(_SAVE, user.key, *values, user.created, user.modified)

    def remove(self, user: User) -> None:
        """With everything that was theirs here; their identity keeps its items, whom nobody can reach then."""
        with self._store.change():
            for table in ("users", "members", "codes", "attempts", "sessions"):
                self._store.rows(f"DELETE FROM {table} WHERE key = ?", user.key)  # noqa: S608 - the names above

    def groups(self, user: User) -> frozenset[str]:
        return frozenset(name for (name,) in self._store.rows("SELECT name FROM members WHERE key = ?", user.key))

    def join(self, user: User, group: str) -> None:
        self._store.rows("INSERT OR IGNORE INTO members (key, name) VALUES (?, ?)", user.key, group)

    def leave(self, user: User, group: str) -> None:
        self._store.rows("DELETE FROM members WHERE key = ? AND name = ?", user.key, group)


def _user(row: tuple[Any, ...]) -> User:
    username, sub, status, enabled, attributes, salt, verifier, created, modified = row
    return User(username, status, Proof(salt, verifier), created, modified, json.loads(attributes), bool(enabled), sub)
