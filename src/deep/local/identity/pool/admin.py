"""What administrators do with other people's accounts. For local code and the command line: no browser reaches these operations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from deep.local.identity.aws_json import Asked, Declined, Operation
from deep.local.identity.pool.parts import LONGEST_NAME, Parts, checked_attributes
from deep.local.identity.pool.passwords import temporary_password
from deep.local.identity.pool.settings import Group
from deep.local.identity.pool.users import CONFIRMED, FORCE_CHANGE_PASSWORD, UNCONFIRMED, User

MOST_LISTED = 60
_FILTER = re.compile(r'\s*([a-z_:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*\Z')


class Administration:
    """The `Admin...` and `List...` operations."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def operations(self) -> dict[str, Operation]:
        return {
            "AdminCreateUser": self.create_user,
            "AdminConfirmSignUp": self.confirm_sign_up,
            "AdminSetUserPassword": self.set_password,
            "AdminGetUser": self.get_user,
            "AdminUpdateUserAttributes": self.update_attributes,
            "AdminDeleteUser": self.delete_user,
            "AdminDisableUser": lambda asked: self._enable(asked, is_enabled=False),
            "AdminEnableUser": lambda asked: self._enable(asked, is_enabled=True),
            "AdminUserGlobalSignOut": self.sign_out,
            "AdminAddUserToGroup": lambda asked: self._group(asked, self._parts.users.join),
            "AdminRemoveUserFromGroup": lambda asked: self._group(asked, self._parts.users.leave),
            "AdminListGroupsForUser": self.groups_of_user,
            "ListUsers": self.list_users,
            "ListUsersInGroup": self.users_in_group,
            "ListGroups": self.list_groups,
            "GetGroup": lambda asked: {"Group": self._told(self._asked_group(asked))},
        }

    def create_user(self, asked: Asked) -> dict[str, Any]:
        self._check_pool(asked)
        username = asked.text("Username", LONGEST_NAME)
        attributes = checked_attributes(asked.attributes("UserAttributes"), by_admin=True)
        password = asked.text_or_none("TemporaryPassword") or temporary_password()
        user = self._parts.new_user(username, FORCE_CHANGE_PASSWORD, password, attributes)
        self._parts.add(user)
        if asked.text_or_none("MessageAction") != "SUPPRESS":
            self._parts.keep.world.tell(f"temporary password {password} for {user.attributes.get('email', user.username)}")
        return {"User": _described(user)}

    def confirm_sign_up(self, asked: Asked) -> dict[str, Any]:
        user = self._user(asked)
        if user.status != UNCONFIRMED:
            raise Declined("NotAuthorizedException", f"User cannot be confirmed. Current status is {user.status}")
        self._parts.change(user, status=CONFIRMED)
        return {}

    def set_password(self, asked: Asked) -> dict[str, Any]:
        user = self._user(asked)
        status = CONFIRMED if asked.flag("Permanent", default=False) else FORCE_CHANGE_PASSWORD
        self._parts.change(user, proof=self._parts.proof(user.username, asked.text("Password")), status=status)
        self._parts.attempts.password_proved(user.username)
        return {}

    def get_user(self, asked: Asked) -> dict[str, Any]:
        described = _described(self._user(asked))
        return described | {"UserAttributes": described.pop("Attributes")}

    def update_attributes(self, asked: Asked) -> dict[str, Any]:
        user = self._user(asked)
        changed = checked_attributes(asked.attributes("UserAttributes"), by_admin=True)
        self._parts.change(user, attributes=user.with_attributes(changed).attributes)
        return {}

    def delete_user(self, asked: Asked) -> dict[str, Any]:
        self._parts.users.remove(self._user(asked))
        return {}

    def sign_out(self, asked: Asked) -> dict[str, Any]:
        self._parts.sessions.end_all(self._user(asked))
        return {}

    def groups_of_user(self, asked: Asked) -> dict[str, Any]:
        mine = self._parts.users.groups(self._user(asked))
        return {"Groups": [self._told(group) for group in self._parts.settings.groups if group.name in mine]}

    def list_users(self, asked: Asked) -> dict[str, Any]:
        """A page of users, those that `Filter` (`email = "a@b.c"`, `username ^= "a"`) fits. The token is the last name of the page before."""
        self._check_pool(asked)
        fits = _filter(asked.text_or_none("Filter"))
        most = asked.number("Limit", MOST_LISTED)
        found = [user for user in self._parts.users.all(asked.text_or_none("PaginationToken") or "") if fits(user)]
        page = {"Users": [_described(user) for user in found[:most]]}
        return page | ({"PaginationToken": found[most - 1].key} if len(found) > most else {})

    def users_in_group(self, asked: Asked) -> dict[str, Any]:
        group = self._asked_group(asked).name
        return {"Users": [_described(user) for user in self._parts.users.all() if group in self._parts.users.groups(user)]}

    def list_groups(self, asked: Asked) -> dict[str, Any]:
        self._check_pool(asked)
        return {"Groups": [self._told(group) for group in self._parts.settings.groups]}

    def _enable(self, asked: Asked, *, is_enabled: bool) -> dict[str, Any]:
        user = self._parts.change(self._user(asked), enabled=is_enabled)
        if not is_enabled:
            self._parts.sessions.end_all(user)
        return {}

    def _group(self, asked: Asked, change: Callable[[User, str], None]) -> dict[str, Any]:
        user = self._user(asked)
        change(user, self._asked_group(asked).name)
        return {}

    def _user(self, asked: Asked) -> User:
        self._check_pool(asked)
        user = self._parts.users.find(asked.text("Username", LONGEST_NAME))
        if user is None:
            raise Declined("UserNotFoundException", "User does not exist.")
        return user

    def _asked_group(self, asked: Asked) -> Group:
        self._check_pool(asked)
        group = self._parts.settings.group(asked.text("GroupName", LONGEST_NAME))
        if group is None:
            raise Declined("ResourceNotFoundException", "Group not found.")
        return group

    def _check_pool(self, asked: Asked) -> None:
        pool_id = asked.text("UserPoolId")
        if pool_id != self._parts.settings.pool_id:
            raise Declined("ResourceNotFoundException", f"User pool {pool_id[:100]} does not exist.")

    def _told(self, group: Group) -> dict[str, Any]:
        return {"GroupName": group.name, "UserPoolId": self._parts.settings.pool_id, "Precedence": group.precedence, "RoleArn": group.role_arn}


def _described(user: User) -> dict[str, Any]:
    return {
        "Username": user.username,
        "Attributes": user.listed_attributes(),
        "UserCreateDate": user.created,
        "UserLastModifiedDate": user.modified,
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }


def _filter(text: str | None) -> Callable[[User], bool]:
    if text is None:
        return lambda _: True
    match = _FILTER.match(text)
    if match is None:
        raise Declined("InvalidParameterException", "One or more of the filter is not valid")
    name, operator, value = match[1], match[2], re.sub(r"\\(.)", r"\1", match[3])

    def fits(user: User) -> bool:
        facts = {"username": user.username, "sub": user.sub, "cognito:user_status": user.status, **user.attributes}
        found = facts.get(name, "")
        return found.startswith(value) if operator == "^=" else found == value

    return fits
