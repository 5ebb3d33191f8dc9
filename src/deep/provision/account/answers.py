"""What AWS answers, as values of ours, and what it is asked where that takes more than a name. Pure: in the form that boto3 has."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from deep.bundle.migrations import Reply
from deep.provision.account.cloud import ChangeSet, Event, ResourceChange, StackState
from deep.provision.account.drift import Drift
from deep.security.iam import Statement
from deep.wire.invocation import Fault

_STATES: Mapping[str, Literal["making", "ready", "done", "executing", "failed"]] = {
    "AVAILABLE": "ready",
    "EXECUTE_COMPLETE": "done",
    "EXECUTE_FAILED": "failed",
    "EXECUTE_IN_PROGRESS": "executing",
    "OBSOLETE": "failed",
}


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


_OF_LAMBDA = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START ", "XRAY ")


def reply_of(told: Mapping[str, Any], payload: bytes) -> Reply:
    """What a function answered, with the end of its log, but for what Lambda itself writes there."""
    value = json.loads(payload or b"null")
    if "FunctionError" not in told:
        return Reply(value)
    lines = b64decode(told.get("LogResult") or b"").decode("utf-8", "replace").splitlines()
    fault = cast(Fault, {"errorType": told["FunctionError"], "errorMessage": "", **value})
    return Reply(fault=fault, log="\n".join(line for line in lines if not line.startswith(_OF_LAMBDA)))


def event_of(told: Mapping[str, Any]) -> Event:
    what = (told["LogicalResourceId"], told.get("ResourceType", ""), told["ResourceStatus"], told.get("ResourceStatusReason") or "")
    return Event(told["EventId"], *what)


def iso_of(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def change_set_of(name: str, found: Mapping[str, Any]) -> ChangeSet:
    reason = found.get("StatusReason") or ""
    if found["Status"] == "FAILED":
        return ChangeSet(name, "failed", reason=reason)
    state = _STATES.get(found.get("ExecutionStatus", ""), "making") if found["Status"] == "CREATE_COMPLETE" else "making"
    return ChangeSet(name, state, tuple(change_of(one["ResourceChange"]) for one in found.get("Changes", ())), reason)


def drift_of(told: Mapping[str, Any]) -> Drift:
    stack = told["StackId"].split("/")[1]
    properties = tuple(sorted({one["PropertyPath"].split("/")[1] for one in told.get("PropertyDifferences", ())}))
    return Drift(stack, told["LogicalResourceId"], told["ResourceType"], told["StackResourceDriftStatus"].lower(), properties)


def settled(told: Mapping[str, Any]) -> bool:
    """Whether a table, as DescribeTable tells it, and all its indexes can be used and changed; an index of which nothing is said can."""
    states = (told["TableStatus"], *(one.get("IndexStatus", "ACTIVE") for one in told.get("GlobalSecondaryIndexes") or ()))
    return all(state == "ACTIVE" for state in states)


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


def simulation(principal: str, asked: Statement) -> dict[str, Any]:
    """How IAM is asked whether somebody may all that a statement says."""
    keys = [(key, values[0]) for told in asked.conditions.values() for key, values in told.items()]
    context = [{"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"} for key, value in keys]
    resources = {"ResourceArns": list(asked.resources), "ContextEntries": context, "MaxItems": 1000}
    return {"PolicySourceArn": principal, "ActionNames": list(asked.actions), **resources}


def denied_of(asked: Statement, answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The actions of the statement that are not allowed, each with the first of its resources."""
    return [(one["EvalActionName"], asked.resources[0]) for one in answer["EvaluationResults"] if one["EvalDecision"] != "allowed"]
