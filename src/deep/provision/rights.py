"""Who gains and who loses which rights between two states of the stacks: read off the templates, as IAM would read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deep.frozen import dataclass
from deep.provision.changes import Templates
from deep.provision.resources.apis import ANY_API, API_ID

OPEN = "anybody, unsigned"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """Somebody may do one action on one resource. `holder` is a role's name, a service, or `OPEN`; `condition` limits when, as JSON text."""

    holder: str
    action: str
    resource: str
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.holder} may {self.action} on {self.resource}{f' if {self.condition}' if self.condition else ''}"


@dataclass(frozen=True, slots=True)
class RightsChange:
    """What a deploy gives and takes, sorted."""

    gained: tuple[Right, ...]
    lost: tuple[Right, ...]


def rights_change(before: Templates, after: Templates) -> RightsChange:
    old, new = set(rights_of(before)), set(rights_of(after))
    return RightsChange(tuple(sorted(new - old)), tuple(sorted(old - new)))


def rights_of(templates: Templates) -> Iterator[Right]:
    """Everybody's rights; one may come twice."""
    for template in templates.values():
        for resource in template["Resources"].values():
            properties = resource.get("Properties", {})
            match resource["Type"]:
                case "AWS::IAM::Role":
                    yield from _of_role(template, properties)
                case "AWS::Lambda::Permission":
                    yield Right(
                        properties["Principal"], properties["Action"], _text(properties["FunctionName"]), _text(properties.get("SourceArn", ""))
                    )
                case "AWS::ApiGatewayV2::Route" if properties.get("AuthorizationType") == "NONE":
                    yield Right(OPEN, "call", properties["RouteKey"])
                case "AWS::S3::BucketPolicy" | "AWS::SNS::TopicPolicy":
                    yield from _of_policy("", properties["PolicyDocument"])
                case _:
                    pass


def documents_of(template: Mapping[str, Any], role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The policies of a role with these properties, whether it holds them inline or `template` makes them apart."""
    yield from (policy["PolicyDocument"] for policy in role.get("Policies", ()))
    named = [arn["Ref"] for arn in role.get("ManagedPolicyArns", ()) if "Ref" in arn]
    yield from (template["Resources"][name]["Properties"]["PolicyDocument"] for name in named if name in template["Resources"])


def _of_role(template: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[Right]:
    name = properties["RoleName"]
    for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
        yield from (Right(_principal(statement["Principal"]), action, name, _condition(statement)) for action in _listed(statement["Action"]))
    for document in documents_of(template, properties):
        yield from _of_policy(name, document)


def _of_policy(holder: str, document: Mapping[str, Any]) -> Iterator[Right]:
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow":
            who = holder or _principal(statement["Principal"])
            yield from (
                Right(who, action, _text(resource), _condition(statement))
                for action in _listed(statement["Action"])
                for resource in _listed(statement["Resource"])
            )


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return "anybody" if principal == "*" else principal
    return ", ".join(_text(who) for whos in principal.values() for who in _listed(whos))


def _condition(statement: Mapping[str, Any]) -> str:
    import json

    return json.dumps(statement["Condition"], sort_keys=True) if statement.get("Condition") else ""


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """A text, or what CloudFormation will make one of, as people can read it. It is the same right to call a route, whichever API has it."""
    match value:
        case {"Fn::Sub": str() as text} | {"Ref": str() as text}:
            return ANY_API.sub(f"${{{API_ID}}}", text)
        case {"Fn::GetAtt": [str() as name, str() as attribute]}:
            return f"{name}.{attribute}"
        case _:
            return str(value)
