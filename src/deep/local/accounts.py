"""The accounts of a property for the command line: with the platform running or not, for the file they are in may be shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.local.datadir import data_folder
from deep.local.identity.aws_json import Declined
from deep.local.identity.keeping import IdentityKeep
from deep.local.identity.pool.passwords import temporary_password
from deep.local.identity.pool.pool import UserPool
from deep.local.identity.pool.users import User
from deep.model import load_app
from deep.model.nearest import did_you_mean

_NOWHERE = "http://localhost"
"""No tokens are issued here, so nobody asks where."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the command line shows them. `codes` are those that are waiting to be typed in, by purpose."""

    username: str
    status: str
    enabled: bool
    email: str | None
    groups: tuple[str, ...]
    codes: Mapping[str, str]
    user_id: str

    def as_json(self) -> dict[str, Any]:
        told = {"username": self.username, "userId": self.user_id, "email": self.email, "status": self.status}
        return told | {"enabled": self.enabled, "groups": list(self.groups), "codes": dict(self.codes)}

    def __str__(self) -> str:
        status = self.status.lower().replace("_", " ") if self.enabled else "disabled"
        told = [self.username, status, self.email or "no e-mail", ", ".join(self.groups) or "no group"]
        return "  ".join([*told, *(f"code to {purpose}: {code}" for purpose, code in self.codes.items())])


@dataclass(frozen=True, slots=True)
class NewAccount:
    """How to add somebody. Without a password one is made. `confirmed`: it is theirs to keep; else they choose another at their first sign-in."""

    email: str | None = None
    password: str | None = None
    groups: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class AccountBook:
    """The open accounts of one property."""

    pool: UserPool = field(repr=False)

    def all(self) -> list[Account]:
        return [self._account(user) for user in self.pool.parts.users.all()]

    def add(self, username: str, given: Mapping[str, Any]) -> tuple[Account, str]:
        """Adds a user (`given`: `NewAccount`'s fields); answers them and their password. Raises UsageError for what cannot be."""
        new = NewAccount(**given)
        for group in new.groups:
            self._check_group(group)
        password = new.password or temporary_password()
        email = new.email or (username if "@" in username else None)
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}] if email else []
        created = {"TemporaryPassword": password, "UserAttributes": attributes, "MessageAction": "SUPPRESS"}
        with self.pool.parts.keep.store.change():
            self._call("AdminCreateUser", Username=username, **created)
            if new.confirmed:
                self._call("AdminSetUserPassword", Username=username, Password=password, Permanent=True)
            for group in new.groups:
                self._call("AdminAddUserToGroup", Username=username, GroupName=group)
        return self._account(self._user(username)), password

    def change_group(self, username: str, group: str, *, remove: bool) -> Account:
        """Puts a user into a group, or takes them out. Raises UsageError, naming the nearest, for one that is not there."""
        user = self._user(username)
        if remove:
            self._check_member(user, group)
            self.pool.parts.users.leave(user, group)
        else:
            self._check_group(group)
            self.pool.parts.users.join(user, group)
        return self._account(user)

    def remove(self, username: str) -> None:
        """Removes a user. Raises UsageError, naming the nearest, when there is none of the name."""
        self.pool.parts.users.remove(self._user(username))

    def _user(self, username: str) -> User:
        user = self.pool.parts.users.find(username)
        if user is None:
            known = [user.username for user in self.pool.parts.users.all()]
            help_ = did_you_mean(username, known) or "there are no users yet; add one: deepify user add NAME"
            raise UsageError(Problem("unknown-user", f'there is no user "{username}"', help=help_))
        return user

    def _check_group(self, group: str) -> None:
        known = [group.name for group in self.pool.settings.groups]
        if group not in known:
            help_ = did_you_mean(group, known) or f"a group is a role file: write Data/Roles/{group}.json into a microapplication"
            raise UsageError(Problem("unknown-group", f'no microapplication has a role "{group}"', help=help_))

    def _check_member(self, user: User, group: str) -> None:
        """A group that the app no longer has may still be left."""
        mine = self.pool.parts.users.groups(user)
        if group not in mine:
            help_ = did_you_mean(group, mine, "groups are")
            raise UsageError(Problem("not-a-member", f"{user.username} is not in the group {group}", help=help_))

    def _account(self, user: User) -> Account:
        groups = tuple(sorted(self.pool.parts.users.groups(user)))
        codes = self.pool.parts.codes.pending(user)
        return Account(user.username, user.status, user.enabled, user.attributes.get("email"), groups, codes, user.sub)

    def _call(self, operation: str, **document: object) -> None:
        try:
            self.pool.everything.call(operation, {"UserPoolId": self.pool.settings.pool_id, **document})
        except Declined as declined:
            raise UsageError(Problem("user-refused", f"the user pool refuses: {declined.message}", help=_HELP.get(declined.code))) from None


_HELP = {
    "UsernameExistsException": "choose another name, or remove the user first: deepify user remove NAME",
    "InvalidPasswordException": "eight characters or more, among them a small and a capital letter, a digit and a symbol",
}


@contextmanager
def open_accounts(property_path: Path) -> Iterator[AccountBook]:
    """The accounts of the property. Raises ProjectError when it has mistakes, EnvironmentProblem when its `.deep/` cannot be written."""
    app = load_app(property_path)
    keep = IdentityKeep.open(data_folder(property_path), _NOWHERE, lambda told: None)
    try:
        yield AccountBook(keep.users(app))
    finally:
        keep.close()
