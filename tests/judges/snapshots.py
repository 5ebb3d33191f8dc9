"""What an account holds after a deploy, to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.judges.ministack import Ministack


def snapshot(account: Ministack) -> dict[str, Any]:
    """All that a deploy leaves, without what AWS chooses by chance."""
    formation, s3 = account.client("cloudformation"), account.client("s3")
    stacks = {plain(stack["StackName"]): stack for stack in every(formation, "describe_stacks", "Stacks")}
    functions = [found["FunctionName"] for found in every(account.client("lambda"), "list_functions", "Functions")]
    return {
        "stacks": {name: stack["StackStatus"].partition("_")[2] for name, stack in stacks.items()},
        "templates": {name: formation.get_template(StackName=stack["StackName"])["TemplateBody"] for name, stack in stacks.items()},
        "objects": {
            bucket["Name"]: {found["Key"]: found["ETag"] for found in every(s3, "list_objects_v2", "Contents", Bucket=bucket["Name"])}
            for bucket in s3.list_buckets()["Buckets"]
        },
        "functions": {name: answering(account, name) for name in functions},
        "tables": list(every(account.client("dynamodb"), "list_tables", "TableNames")),
        "roles": sorted(role["RoleName"] for role in every(account.client("iam"), "list_roles", "Roles")),
        "apis": [api["Name"] for api in every(account.client("apigatewayv2"), "get_apis", "Items")],
        "logs": sorted(group["logGroupName"] for group in every(account.client("logs"), "describe_log_groups", "logGroups")),
        "pools": [pool["Name"] for pool in account.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]],
    }


def plain(stack: str) -> str:
    """The name of a stack; of one that is nested, without what AWS adds to it."""
    return re.sub(r"(-Microapp[A-Za-z0-9]+)-.*", r"\1", stack)


def every(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """What all pages of an operation list under a key."""
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, ())


def answering(account: Ministack, function: str) -> tuple[str, int]:
    """The digest of the code that the function's alias leads to, and how many versions there are."""
    client = account.client("lambda")
    code = client.get_function_configuration(FunctionName=function, Qualifier="live")["CodeSha256"]
    return str(code), len(client.list_versions_by_function(FunctionName=function)["Versions"]) - 1
