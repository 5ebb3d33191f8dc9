"""What AWS answers, as values of ours. Pure: from what boto3 parsed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deep.provision.cloud import ResourceChange, StackState
from deep.provision.drift import Drift


def state_of(told: Mapping[str, Any]) -> StackState:
    return StackState(
        name=told["StackName"],
        status=told["StackStatus"],
        reason=told.get("StackStatusReason") or "",
        parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in told.get("Parameters", ())},
        outputs={one["OutputKey"]: one["OutputValue"] for one in told.get("Outputs", ())},
        tags={one["Key"]: one["Value"] for one in told.get("Tags", ())},
        is_protected=bool(told.get("EnableTerminationProtection")),
        changed_at=iso_of(told.get("LastUpdatedTime") or told.get("CreationTime")),
    )


def change_of(told: Mapping[str, Any]) -> ResourceChange:
    return ResourceChange(told["LogicalResourceId"], told["ResourceType"], told["Action"], told.get("Replacement") in ("True", "Conditional"))


def iso_of(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def drift_of(told: Mapping[str, Any]) -> Drift:
    stack = told["StackId"].split("/")[1]
    properties = tuple(sorted({one["PropertyPath"].split("/")[1] for one in told.get("PropertyDifferences", ())}))
    return Drift(stack, told["LogicalResourceId"], told["ResourceType"], told["StackResourceDriftStatus"].lower(), properties)


def policy_source(caller: str) -> str | None:
    """Whose policies decide for the caller that `sts:GetCallerIdentity` names: a session's role, a user; None for the account's root.

    The name of a session does not tell its role's path, so a role with one cannot be asked for.
    """
    resource = caller.rpartition(":")[2]
    if resource == "root":
        return None
    if resource.startswith("assumed-role/"):
        return f"{caller.rpartition(':')[0].replace(':sts:', ':iam:')}:role/{resource.split('/')[1]}"
    return caller
