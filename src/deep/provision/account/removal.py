"""Deleting what people keep, one kind after the other, whatever protects it: the last step of an undeploy that was told to.

`call` is `Aws`'s: service, operation and arguments; what is not there any more is None and no error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = Callable[..., Any]


def remove(call: Call, arn: str) -> bool:
    """Deletes a table, a user pool, an identity pool, a log group or a secret parameter. False, and nothing done, for any other kind."""
    _, _, service, _, _, resource = arn.split(":", 5)
    removal = _REMOVALS.get(service)
    if removal is None:
        return False
    removal(call, resource)
    return True


def _table(call: Call, resource: str) -> None:
    name = resource.removeprefix("table/")
    if call("dynamodb", "update_table", TableName=name, DeletionProtectionEnabled=False) is not None:
        call("dynamodb", "delete_table", TableName=name)


def _user_pool(call: Call, resource: str) -> None:
    pool = resource.removeprefix("userpool/")
    if call("cognito-idp", "update_user_pool", UserPoolId=pool, DeletionProtection="INACTIVE") is not None:
        call("cognito-idp", "delete_user_pool", UserPoolId=pool)


def _identity_pool(call: Call, resource: str) -> None:
    call("cognito-identity", "delete_identity_pool", IdentityPoolId=resource.removeprefix("identitypool/"))


def _log_group(call: Call, resource: str) -> None:
    call("logs", "delete_log_group", logGroupName=resource.removeprefix("log-group:").removesuffix(":*"))


def _parameter(call: Call, resource: str) -> None:
    call("ssm", "delete_parameter", Name=resource.removeprefix("parameter"))


_REMOVALS: dict[str, Callable[[Call, str], None]] = {
    "cognito-identity": _identity_pool,
    "cognito-idp": _user_pool,
    "dynamodb": _table,
    "logs": _log_group,
    "ssm": _parameter,
}
