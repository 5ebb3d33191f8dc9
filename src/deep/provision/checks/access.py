"""Who may do what: policies say what can be meant, and the role of a function is the one that was made for it.

Source: Service Authorization Reference, the resource types of each action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deep.provision.checks.finding import Finding, Found, Templates, listed, resources, text
from deep.provision.rights import documents_of

_ON: Mapping[str, str] = {
    "dynamodb:Query": r"arn:[^:]+:dynamodb:[^:]*:[^:]*:table/[^/]+(/index/[^/]+)?",
    "dynamodb:Scan": r"arn:[^:]+:dynamodb:[^:]*:[^:]*:table/[^/]+(/index/[^/]+)?",
    "dynamodb:": r"arn:[^:]+:dynamodb:[^:]*:[^:]*:table/[^/]+",
    "execute-api:": r"arn:[^:]+:execute-api:[^:]*:[^:]*:.+/.+/.+/.+",
    "lambda:": r"arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?",
    "logs:": r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:]+:\*",
    "sqs:": r"arn:[^:]+:sqs:[^:]*:[^:]*:[^:]+",
    "ssm:": r"arn:[^:]+:ssm:[^:]*:[^:]*:parameter/.+",
    "sts:": r"arn:[^:]+:iam::[^:]*:role/.+",
}
"""What the actions that we grant can be granted on: by the whole action, or by its service."""
_RESOURCE_SERVICE = {"sts": "iam", "cognito-identity": "cognito-identity"}
_NAMED = re.compile(r":(?P<kind>function:|role/|table/|log-group:/aws/lambda/)(?P<name>[A-Za-z0-9_.-]+)")
_NAMES = {
    "function:": ("AWS::Lambda::Function", "FunctionName", ""),
    "role/": ("AWS::IAM::Role", "RoleName", ""),
    "table/": ("AWS::DynamoDB::Table", "TableName", ""),
    "log-group:/aws/lambda/": ("AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/"),
}


def impossible_grants(templates: Templates) -> Iterator[Finding]:
    """An action on a resource that it cannot be done on grants nothing, though it looks as if it did."""
    for found, statement in _statements(templates):
        for action in listed(statement["Action"]):
            wrong = [told for resource in listed(statement["Resource"]) if not _is_possible(action, told := text(resource))]
            yield from (found.finding(f"{action} cannot be done on {resource}") for resource in wrong)


def _is_possible(action: str, resource: str) -> bool:
    service = action.partition(":")[0]
    if resource == "*" or action == "*":
        return True
    pattern = _ON.get(action) or _ON.get(f"{service}:")
    if pattern is not None:
        return re.fullmatch(pattern, resource) is not None
    parts = resource.split(":")
    return len(parts) >= 6 and parts[2] == _RESOURCE_SERVICE.get(service, service)


def grants_on_nothing(templates: Templates) -> Iterator[Finding]:
    """A name that bears the app's hash is the name of something that the app makes."""
    hashes = {tag["Value"] for one in resources(templates, "AWS::S3::Bucket") for tag in one.properties.get("Tags", ()) if tag["Key"] == "deep:hash"}
    known = {
        kind: {f"{one.properties[name]}".removeprefix(cut) for one in resources(templates, type_)} for kind, (type_, name, cut) in _NAMES.items()
    }
    for found, statement in _statements(templates):
        for resource in listed(statement["Resource"]):
            for kind, name in _NAMED.findall(text(resource)):
                if name.endswith(tuple(hashes)) and name not in known[kind]:
                    yield found.finding(f"speaks of {kind}{name}, which the app has not")


def wrong_roles(templates: Templates) -> Iterator[Finding]:
    """A function runs under the role that may write its log, and no other function does."""
    users: dict[str, str] = {}
    roles = {one.properties["RoleName"]: one for one in resources(templates, "AWS::IAM::Role")}
    for function in resources(templates, "AWS::Lambda::Function"):
        arn, name = text(function.properties["Role"]), function.properties["FunctionName"]
        role = roles.get(arn.rpartition(":role/")[2])
        if role is None or role.stack != function.stack:
            yield function.finding(f"runs under {arn}, which its stack does not make")
            continue
        if f":log-group:/aws/lambda/{name}:" not in str(list(documents_of(templates[role.stack], role.properties))):
            yield function.finding(f"runs under {role.logical_id}, whose policy is another function's")
        if not _is_trusted(role, "lambda.amazonaws.com"):
            yield function.finding(f"runs under {role.logical_id}, which Lambda may not take")
        other = users.setdefault(role.logical_id + role.stack, function.logical_id)
        if other != function.logical_id:
            yield function.finding(f"runs under {role.logical_id}, as {other} does")
        yield from _wrong_log(templates, function)


def _wrong_log(templates: Templates, function: Found) -> Iterator[Finding]:
    logs = text(function.properties.get("LoggingConfig", {}).get("LogGroup", "")).removeprefix("${").removesuffix("}")
    group = templates[function.stack]["Resources"].get(logs, {}).get("Properties", {}).get("LogGroupName")
    if group != f"/aws/lambda/{function.properties['FunctionName']}":
        yield function.finding(f"writes its log to {group or 'a group that is not made'}, which its role may not")


def _is_trusted(role: Found, service: str) -> bool:
    statements = role.properties["AssumeRolePolicyDocument"]["Statement"]
    return any(service in listed(statement["Principal"].get("Service")) for statement in statements if isinstance(statement["Principal"], Mapping))


def _statements(templates: Templates) -> Iterator[tuple[Found, Mapping[str, Any]]]:
    """Of every policy that a role has, inline or managed."""
    for found in resources(templates, "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
        documents = [policy["PolicyDocument"] for policy in found.properties.get("Policies", ())]
        if found.type == "AWS::IAM::ManagedPolicy" and not found.properties.get("ManagedPolicyName", "").endswith("-boundary"):
            documents.append(found.properties["PolicyDocument"])
        yield from ((found, statement) for document in documents for statement in document["Statement"])
