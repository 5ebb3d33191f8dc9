"""Everything that is named is made: resources, parameters, outputs of the stacks before, and names in the account that two may not bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deep.provision.checks.finding import TOP, Finding, Templates, listed, resources
from deep.provision.template import referred

PHYSICAL: Mapping[str, str] = {
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Cognito::UserPoolGroup": "GroupName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::WAFv2::WebACL": "Name",
}
"""Type -> the property that names it in the account, where two may not be called the same."""


def unknown_references(templates: Templates) -> Iterator[Finding]:
    """`Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` of what the template has not."""
    for stack, template in templates.items():
        made = template["Resources"]
        known = {*made, *template.get("Parameters", {})}
        for logical_id, resource in made.items():
            missing = {name for name in referred(resource.get("Properties", {})) if name not in known}
            yield from (Finding(stack, logical_id, f"refers to {name}, which the template has not") for name in sorted(missing))
            waited = [name for name in listed(resource.get("DependsOn", [])) if name not in made]
            yield from (Finding(stack, logical_id, f"depends on {name}, which the template has not") for name in waited)
        for output, told in template.get("Outputs", {}).items():
            yield from (Finding(stack, output, f"gives out {name}, which the template has not") for name in referred(told) if name not in known)


def parameters_not_given(templates: Templates) -> Iterator[Finding]:
    """A stack takes by name what stacks before it give out; a nested one what the parent passes, all of it and nothing else."""
    given: set[str] = set()
    for kind in TOP:
        template = templates.get(kind, {})
        missing = set(template.get("Parameters", {})) - given
        yield from (Finding(kind, name, "is a parameter that no stack before gives out") for name in sorted(missing))
        given |= set(template.get("Outputs", {}))
    for found in resources(templates, "AWS::CloudFormation::Stack"):
        child = templates.get(found.logical_id)
        if child is None:
            yield found.finding("has no template")
            continue
        passed, declared = set(found.properties.get("Parameters", {})), set(child.get("Parameters", {}))
        yield from (found.finding(f"passes {name}, which the nested template does not declare") for name in sorted(passed - declared))
        yield from (found.finding(f"does not pass {name}, which the nested template declares") for name in sorted(declared - passed))


def names_borne_twice(templates: Templates) -> Iterator[Finding]:
    """One name, one resource: the second would fail, or take the first one's place."""
    bearers: dict[tuple[str, str], str] = {}
    for found in resources(templates, *PHYSICAL):
        name = _physical(found.properties, found.type)
        if name is None:
            continue
        first = bearers.setdefault((found.type, name), f"{found.stack}/{found.logical_id}")
        if first != f"{found.stack}/{found.logical_id}":
            yield found.finding(f"is called {name}, as {first} is")


def _physical(properties: Mapping[str, Any], type_: str) -> str | None:
    name = properties.get(PHYSICAL[type_])
    return name if isinstance(name, str) else None
