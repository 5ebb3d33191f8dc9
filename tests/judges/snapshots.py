"""What an account holds after a deploy, to be compared."""

from __future__ import annotations

from typing import Any

from tests.judges.ministack import Ministack


def snapshot(account: Ministack) -> dict[str, Any]:
    """All that a deploy leaves, without what AWS chooses by chance."""
    formation, s3 = account.client("cloudformation"), account.client("s3")
    stacks = {
        stack["StackName"]: stack["StackStatus"] for stack in formation.describe_stacks()["Stacks"] if "-MicroappDeepTodo-" not in stack["StackName"]
    }
    return {
        "stacks": {name: status.partition("_")[2] for name, status in stacks.items()},
        "templates": {name: formation.get_template(StackName=name)["TemplateBody"] for name in stacks},
        "objects": {
            bucket["Name"]: sorted(found["Key"] for found in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()))
            for bucket in s3.list_buckets()["Buckets"]
        },
        "functions": {
            found["FunctionName"]: answering(account, found["FunctionName"]) for found in account.client("lambda").list_functions()["Functions"]
        },
        "tables": account.client("dynamodb").list_tables()["TableNames"],
        "roles": sorted(role["RoleName"] for role in account.client("iam").list_roles()["Roles"]),
        "apis": [api["Name"] for api in account.client("apigatewayv2").get_apis()["Items"]],
        "pools": [pool["Name"] for pool in account.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]],
    }


def answering(account: Ministack, function: str) -> tuple[str, int]:
    """The digest of the code that the function's alias leads to, and how many versions there are."""
    client = account.client("lambda")
    code = client.get_function_configuration(FunctionName=function, Qualifier="live")["CodeSha256"]
    return str(code), len(client.list_versions_by_function(FunctionName=function)["Versions"]) - 1
