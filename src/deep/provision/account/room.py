"""What an account has room for, and which names are taken in it: read before a deploy changes anything.

`ask` is `Aws`'s call: service, operation and arguments; None where the account does not let the caller ask.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from deep.frozen import dataclass

Ask = Callable[..., "dict[str, Any] | None"]
Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Room:
    """The account has `used` of at most `most`; `quota` is where to ask for more, below the console's Service Quotas."""

    used: int
    most: int
    quota: str


Rooms = Mapping[str, Room]
"""By what there is room for: one of the constants below."""
ROLES, POLICIES, STACKS, CODE, AT_ONCE = "IAM roles", "IAM policies", "stacks", "bytes of functions' code", "functions at once"

THERE = [
    *(f"{doing}_{how}" for doing in ("CREATE", "UPDATE", "ROLLBACK", "DELETE") for how in ("IN_PROGRESS", "FAILED")),
    *(f"{doing}_COMPLETE" for doing in ("CREATE", "UPDATE", "ROLLBACK", "IMPORT")),
    *(f"{doing}_ROLLBACK_{how}" for doing in ("UPDATE", "IMPORT") for how in ("IN_PROGRESS", "FAILED", "COMPLETE")),
    *("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "REVIEW_IN_PROGRESS", "IMPORT_IN_PROGRESS"),
]
"""Every status of a stack but DELETE_COMPLETE: CloudFormation lists what is gone for ninety days."""


def rooms(ask: Ask, wanted: Collection[str]) -> Rooms:
    """Of all that is wanted and that the account tells, and what it tells besides in the same answers."""
    return {what: room for read in {_READERS[one] for one in wanted} for what, room in read(ask).items()}


def _identities(ask: Ask) -> Rooms:
    told = ask("iam", "get_account_summary")
    if told is None:
        return {}
    summary = told["SummaryMap"]
    return {
        ROLES: Room(summary["Roles"], summary["RolesQuota"], "iam/quotas/L-FE177D64"),
        POLICIES: Room(summary["Policies"], summary["PoliciesQuota"], "iam/quotas/L-E95E4862"),
    }


def _functions(ask: Ask) -> Rooms:
    told = ask("lambda", "get_account_settings")
    if told is None:
        return {}
    limit = told["AccountLimit"]
    return {
        CODE: Room(told["AccountUsage"]["TotalCodeSize"], limit["TotalCodeSize"], "lambda/quotas/L-2ACBD22F"),
        AT_ONCE: Room(0, limit["ConcurrentExecutions"], "lambda/quotas/L-B99A9384"),
    }


def _stacks(ask: Ask) -> Rooms:
    told = ask("cloudformation", "describe_account_limits")
    most = next((one["Value"] for one in told["AccountLimits"] if one["Name"] == "StackLimit"), None) if told else None
    call, more = ("cloudformation", "list_stacks"), ("NextToken", "NextToken")
    found = _listed(ask, call, "StackSummaries", more, StackStatusFilter=THERE) if most else None
    return {} if most is None or found is None else {STACKS: Room(len(found), most, "cloudformation/quotas/L-0485CB21")}


_READERS: Mapping[str, Callable[[Ask], Rooms]] = {
    ROLES: _identities,
    POLICIES: _identities,
    CODE: _functions,
    AT_ONCE: _functions,
    STACKS: _stacks,
}


def named(ask: Ask, type_: str, begin: str) -> Names | None:
    """The names of all resources of a type that begin so; None where the account does not tell. Raises KeyError for a type that is not read."""
    return _NAMED[type_](ask, begin)


def _roles(ask: Ask, begin: str) -> Names | None:
    return _names(_listed(ask, ("iam", "list_roles"), "Roles", ("Marker", "Marker"), MaxItems=1000), "RoleName", begin)


def _function_names(ask: Ask, begin: str) -> Names | None:
    return _names(_listed(ask, ("lambda", "list_functions"), "Functions", ("NextMarker", "Marker")), "FunctionName", begin)


def _log_groups(ask: Ask, begin: str) -> Names | None:
    call = ("logs", "describe_log_groups")
    return _names(_listed(ask, call, "logGroups", ("nextToken", "nextToken"), logGroupNamePrefix=begin), "logGroupName", begin)


def _bucket(ask: Ask, begin: str) -> Names | None:
    """Only the one of this very name. One that may not be looked at is somebody else's."""
    told = ask("s3", "head_bucket", Bucket=begin)
    return frozenset() if told == {} else frozenset({begin})


_NAMED: Mapping[str, Callable[[Ask, str], Names | None]] = {
    "AWS::IAM::Role": _roles,
    "AWS::Lambda::Function": _function_names,
    "AWS::Logs::LogGroup": _log_groups,
    "AWS::S3::Bucket": _bucket,
}


def _names(found: list[dict[str, Any]] | None, name: str, begin: str) -> Names | None:
    return None if found is None else frozenset(one[name] for one in found if one[name].startswith(begin))


def _listed(ask: Ask, call: tuple[str, str], what: str, more: tuple[str, str], **arguments: Any) -> list[dict[str, Any]] | None:
    """The list `what` of all pages. `more` is what an answer that is cut off calls its continuation, and what the next question calls it."""
    found: list[dict[str, Any]] = []
    while (told := ask(*call, **arguments)) is not None:
        found += told[what]
        if not told.get(more[0]):
            return found
        arguments[more[1]] = told[more[0]]
    return None
