"""What going from one state of the stacks to another does to each resource: made, changed in place, made anew, taken away.

Which properties cannot be changed in place is AWS's to say; those of the types that we make are listed here. Source: AWS CloudFormation Template
Reference, "Update requires: Replacement" of each property.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from deep.frozen import dataclass
from deep.provision.stacks import Stacks
from deep.provision.template import referred

Doing = Literal["create", "update", "replace", "delete"]
Templates = Mapping[str, Mapping[str, Any]]
"""Templates as JSON by what they are of: `store`, `data`, `app`, or a nested stack's logical id in `app`."""

REPLACING: Mapping[str, frozenset[str]] = {
    "AWS::ApiGatewayV2::Api": frozenset({"ProtocolType"}),
    "AWS::ApiGatewayV2::Integration": frozenset({"ApiId"}),
    "AWS::ApiGatewayV2::Route": frozenset({"ApiId"}),
    "AWS::ApiGatewayV2::Stage": frozenset({"ApiId", "StageName"}),
    "AWS::CloudFormation::Stack": frozenset(),
    "AWS::CloudFront::Distribution": frozenset(),
    "AWS::CloudFront::Function": frozenset({"Name"}),
    "AWS::CloudFront::OriginAccessControl": frozenset(),
    "AWS::CloudFront::ResponseHeadersPolicy": frozenset(),
    "AWS::CloudWatch::Alarm": frozenset({"AlarmName"}),
    "AWS::CloudWatch::Dashboard": frozenset({"DashboardName"}),
    "AWS::Cognito::IdentityPool": frozenset(),
    "AWS::Cognito::IdentityPoolRoleAttachment": frozenset({"IdentityPoolId"}),
    "AWS::Cognito::UserPool": frozenset({"AliasAttributes", "UsernameAttributes", "UsernameConfiguration"}),
    "AWS::Cognito::UserPoolClient": frozenset({"GenerateSecret", "UserPoolId"}),
    "AWS::Cognito::UserPoolGroup": frozenset({"GroupName", "UserPoolId"}),
    "AWS::DynamoDB::Table": frozenset({"ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes", "TableName"}),
    "AWS::Events::Rule": frozenset({"Name", "EventBusName"}),
    "AWS::IAM::ManagedPolicy": frozenset({"Description", "ManagedPolicyName", "Path"}),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::Lambda::Alias": frozenset({"FunctionName", "Name"}),
    "AWS::Lambda::EventInvokeConfig": frozenset({"FunctionName", "Qualifier"}),
    "AWS::Lambda::Function": frozenset({"FunctionName", "PackageType"}),
    "AWS::Lambda::Permission": frozenset({"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"}),
    "AWS::Lambda::Version": frozenset({"CodeSha256", "Description", "FunctionName"}),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::Route53::RecordSet": frozenset({"HostedZoneId", "Name"}),
    "AWS::S3::Bucket": frozenset({"BucketName"}),
    "AWS::S3::BucketPolicy": frozenset({"Bucket"}),
    "AWS::SNS::Subscription": frozenset({"Endpoint", "Protocol", "TopicArn"}),
    "AWS::SNS::Topic": frozenset({"FifoTopic", "TopicName"}),
    "AWS::SNS::TopicPolicy": frozenset(),
    "AWS::SQS::Queue": frozenset({"FifoQueue", "QueueName"}),
    "AWS::WAFv2::WebACL": frozenset({"Name", "Scope"}),
}
"""Type -> properties whose change makes the resource anew. Of a type that is not listed, any change is taken to."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one resource. `stack` is what `Templates` calls it, `properties` the names of those that differ.

    `holds_data` is true for what is kept when its stack goes: tables, users, identities.
    """

    stack: str
    logical_id: str
    type: str
    doing: Doing
    properties: tuple[str, ...] = ()
    holds_data: bool = False


def templates_of(stacks: Stacks) -> dict[str, dict[str, Any]]:
    """The templates of a release by what they are of."""
    top: dict[str, dict[str, Any]] = {stack.kind: stack.template.as_json() for stack in stacks.in_order}
    return {**top, **{name: template.as_json() for name, template in stacks.microapps.items()}}


def changes(before: Templates, after: Templates) -> tuple[Change, ...]:
    """Everything that differs, stack by stack in the order of `after`, taken-away stacks last. Nested stacks are told by their resources."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(change for name in names for change in _of_stack(name, before.get(name), after.get(name), _given_anew(name, before, after)))


def _given_anew(name: str, before: Templates, after: Templates) -> frozenset[str]:
    """Parameters of a nested stack that it is given another value of, as when another API serves a microapplication."""
    old, new = (one.get("app", {}).get("Resources", {}).get(name, {}).get("Properties", {}).get("Parameters", {}) for one in (before, after))
    return frozenset(parameter for parameter in old.keys() & new.keys() if old[parameter] != new[parameter])


def _of_stack(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, anew: frozenset[str]) -> Iterator[Change]:
    old: Mapping[str, Any] = before["Resources"] if before else {}
    new: Mapping[str, Any] = after["Resources"] if after else {}
    for logical_id, resource in new.items():
        if not _is_nested(resource) and (change := _of_resource(name, logical_id, old.get(logical_id), resource, anew)):
            yield change
    for logical_id, resource in old.items():
        if logical_id not in new and not _is_nested(resource):
            yield Change(name, logical_id, resource["Type"], "delete", holds_data=_holds_data(resource))


def _of_resource(stack: str, logical_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any], anew: frozenset[str]) -> Change | None:
    if old is None:
        return Change(stack, logical_id, new["Type"], "create", holds_data=_holds_data(new))
    if old["Type"] != new["Type"]:
        return Change(stack, logical_id, new["Type"], "replace", ("Type",), _holds_data(old))
    before, after = old.get("Properties", {}), new.get("Properties", {})
    given = {key for key, value in after.items() if not anew.isdisjoint(referred(value))}
    differing = tuple(sorted(key for key in {**before, **after} if before.get(key) != after.get(key) or key in given))
    if not differing:
        return None
    replacing = REPLACING.get(new["Type"])
    doing: Doing = "replace" if replacing is None or replacing.intersection(differing) else "update"
    return Change(stack, logical_id, new["Type"], doing, differing, _holds_data(old))


def _holds_data(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("DeletionPolicy") == "Retain")


def _is_nested(resource: Mapping[str, Any]) -> bool:
    return bool(resource["Type"] == "AWS::CloudFormation::Stack")
