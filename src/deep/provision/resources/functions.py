"""AWS Lambda: a function for each action, with its log group, its limits and what becomes of asynchronous calls that fail."""

from __future__ import annotations

from typing import Any

from deep.bundle.platform import platform_of
from deep.model import Action
from deep.names import ALIAS
from deep.provision.release import Release, logical
from deep.provision.resources.buckets import tag_list
from deep.provision.resources.dead_letters import dead_letters_arn
from deep.provision.resources.roles import execution_role_id, function_roles
from deep.provision.template import Fragment, Resource, ref

LOGS_DAYS = 30
ARTEFACTS_PARAMETER = "ArtefactBucket"


def function(release: Release, action: Action) -> Fragment:
    """Everything one action's function needs but its route."""
    name = release.names.function(action.identifier)
    logs = Resource(
        log_group_id(action), "AWS::Logs::LogGroup", {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": LOGS_DAYS, "Tags": tag_list(release)}
    )
    retries = Resource(
        logical("Retries", action.resource, action.name),
        "AWS::Lambda::EventInvokeConfig",
        {"FunctionName": ref(function_id(action)), "MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 2, "Qualifier": ALIAS},
        depends_on=(entry_id(action),),
    )
    return Fragment((lambda_function(release, action), logs, retries, *function_roles(release, action).resources))


def permission(release: Release, action: Action, caller: str, source_arn: Any) -> Resource:
    """Leave for one source of one service, such as a rule of `events`, and in this account alone, to call the action's function by its alias."""
    return Resource(
        logical(f"{caller} permission", action.resource, action.name),
        "AWS::Lambda::Permission",
        {
            "Action": "lambda:InvokeFunction",
            "FunctionName": ref(entry_id(action)),
            "Principal": f"{caller}.amazonaws.com",
            "SourceAccount": release.target.account_id,
            "SourceArn": source_arn,
        },
    )


def function_id(action: Action) -> str:
    return logical("Function", action.resource, action.name)


def entry_id(action: Action) -> str:
    """The logical id of the function's alias, which is what everybody calls."""
    return logical("Alias", action.resource, action.name)


def log_group_id(action: Action) -> str:
    return logical("Logs", action.resource, action.name)


def lambda_function(release: Release, action: Action) -> Resource:
    """The function itself."""
    package = release.packages[action.identifier]
    properties: dict[str, Any] = {
        "FunctionName": release.names.function(action.identifier),
        "Architectures": ["arm64"],
        "Code": {"S3Bucket": ref(ARTEFACTS_PARAMETER), "S3Key": package.key},
        "DeadLetterConfig": {"TargetArn": dead_letters_arn(release)},
        "Description": (action.description or action.identifier)[:256],
        "Handler": package.handler,
        "LoggingConfig": {"LogGroup": ref(log_group_id(action))},
        "MemorySize": action.memory_mb,
        "Role": release.names.role_arn(action.identifier),
        "Runtime": runtime_of(action),
        "Tags": tag_list(release),
        "Timeout": action.timeout_s,
    }
    return Resource(function_id(action), "AWS::Lambda::Function", properties, depends_on=(execution_role_id(action),))


def runtime_of(action: Action) -> str:
    """Lambda's identifier of the action's runtime."""
    return platform_of(action).runtime if action.language == "python" else str(action.runtime)
