"""Which identity belongs to which login: who signs in again, on whatever machine, is the same identity and finds the same items."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deep.frozen import dataclass
from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.store import Store


@dataclass(frozen=True, slots=True)
class Login:
    """Who somebody is to a provider: `provider` is its domain, or the pool's id for users of our own."""

    provider: str
    subject: str


class Links:
    """Identities by login, in the store. Anonymous identities are not in it: whoever knows one's id has it, as with Cognito."""

    def __init__(self, store: Store, new_identity: Callable[[], str]) -> None:
        self._store = store
        self._new_identity = new_identity

    def identity_of(self, logins: Sequence[Login]) -> str:
        """The identity of these logins, made at the first time. Raises Declined when they are two people's."""
        with self._store.change():
            found = {identity for login in logins if (identity := self._linked(login)) is not None}
            if len(found) > 1:
                raise Declined("ResourceConflictException", "The logins belong to more than one identity.")
            identity_id = found.pop() if found else self._new_identity()
            self._link(identity_id, logins)
        return identity_id

    def claim(self, identity_id: str, logins: Sequence[Login]) -> None:
        """Lets logins act as `identity_id`. An anonymous identity becomes theirs with all it has, unless they have one already.

        Raises Declined when the identity is somebody else's.
        """
        with self._store.change():
            owners = self._store.rows("SELECT login, subject FROM logins WHERE identity_id = ?", identity_id)
            if not logins and owners:
                raise Declined("NotAuthorizedException", f"Access to Identity '{identity_id}' is forbidden.")
            if owners and not {Login(*owner) for owner in owners}.intersection(logins):
                told = "Logins don't match. Please include at least one valid login for this identity or identity pool."
                raise Declined("NotAuthorizedException", told)
            if any(self._linked(login) not in (None, identity_id) for login in logins):
                raise Declined("ResourceConflictException", "The login is linked to another identity already.")
            self._link(identity_id, logins)

    def _linked(self, login: Login) -> str | None:
        row = self._store.row("SELECT identity_id FROM logins WHERE login = ? AND subject = ?", login.provider, login.subject)
        return str(row[0]) if row else None

    def _link(self, identity_id: str, logins: Sequence[Login]) -> None:
        statement = "INSERT OR IGNORE INTO logins (login, subject, identity_id) VALUES (?, ?, ?)"
        for login in logins:
            self._store.rows(statement, login.provider, login.subject, identity_id)
