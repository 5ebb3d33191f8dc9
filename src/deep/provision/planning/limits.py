"""What AWS takes no more of: told with the plan, so that no deploy finds out half-way.

Sources: CloudFormation User Guide, "Understand CloudFormation quotas"; API Gateway Developer Guide, "Quotas for configuring and running an HTTP API";
Amazon CloudFront Developer Guide, "Quotas"; IAM User Guide, "IAM and AWS STS quotas".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.model.app import Quotas
from deep.provision.changes import Templates
from deep.provision.checks.finding import TOP, resources
from deep.provision.resources.apis import MOST_INTEGRATIONS, given_apis
from deep.provision.resources.page_routing import MOST_BYTES
from deep.provision.resources.policies import MOST_MANAGED
from deep.provision.resources.versions import VERSION_TYPE

MOST_RESOURCES = 500
"""Of one template."""
MOST_TEMPLATE_BYTES = 1_000_000
MOST_CSP_CHARACTERS = 1_783


@dataclass(frozen=True, slots=True)
class Limit:
    """`of` would have `needed` of what AWS has at most `most` of; `remedy` is what an author can do when that is too many."""

    of: str
    what: str
    needed: int
    most: int
    remedy: str

    @property
    def problem(self) -> Problem:
        message = f"{self.of} would have {self.needed:,} {self.what}, and AWS takes at most {self.most:,}"
        return Problem("aws-limit", message, help=self.remedy)


def refuse_excess(templates: Templates, quotas: Quotas) -> None:
    """Raises RefusedError with every limit of AWS's that the app would go beyond."""
    if excess := [limit.problem for limit in limits(templates, quotas) if limit.needed > limit.most]:
        raise RefusedError(*excess)


def limits(templates: Templates, quotas: Quotas) -> Iterator[Limit]:
    """How much of each limit the templates take."""
    yield from _of_templates(templates)
    yield from _of_api(templates, quotas)
    for distribution in resources(templates, "AWS::CloudFront::Distribution"):
        behaviours = len(distribution.properties["DistributionConfig"].get("CacheBehaviors", ()))
        remedy = _raised("cacheBehaviors", "L-AECE9FA7", "cloudfront")
        yield Limit("the distribution", "cache behaviors, one a microapplication", behaviours, quotas.cache_behaviors, remedy)
    for policy in resources(templates, "AWS::CloudFront::ResponseHeadersPolicy"):
        headers = policy.properties["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        csp = headers.get("ContentSecurityPolicy", {}).get("ContentSecurityPolicy", "")
        remedy = "name fewer sources in the global contentSecurity: https://*.example.com stands for all of a domain"
        yield Limit("the pages' content security policy", "characters", len(csp), MOST_CSP_CHARACTERS, remedy)
    for function in resources(templates, "AWS::CloudFront::Function"):
        remedy = "give files an extension, and keep folders with an index.html of their own few: the function that routes pages names them"
        yield Limit("the routing of pages", "bytes of code", len(function.properties["FunctionCode"].encode()), MOST_BYTES, remedy)
    for role in resources(templates, "AWS::IAM::Role"):
        remedy = "let the action use less, or divide it"
        yield Limit(f"the role {role.properties['RoleName']}", "policies", len(role.properties.get("ManagedPolicyArns", ())), MOST_MANAGED, remedy)


def _of_templates(templates: Templates) -> Iterator[Limit]:
    for name, template in templates.items():
        of = f"the {name} stack" if name in TOP else f"the stack of {template['Description'].split(' ')[1]}"
        remedy = "divide the microapplication: each has a stack of its own"
        yield Limit(of, "resources", _most_at_once(template), MOST_RESOURCES, remedy)
        size_bytes = len(json.dumps(template, ensure_ascii=False, separators=(",", ":")).encode())
        yield Limit(of, "bytes of template", size_bytes, MOST_TEMPLATE_BYTES, remedy)


def _most_at_once(template: Mapping[str, Any]) -> int:
    """How many resources there are while a release takes over: each version stands beside the one before."""
    types = [str(one["Type"]) for one in template["Resources"].values()]
    return len(types) + types.count(VERSION_TYPE)


def _of_api(templates: Templates, quotas: Quotas) -> Iterator[Limit]:
    """Apps are divided among APIs, so that only a deploy of parts, or one microapplication alone, may be too much for one."""
    served: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, api in given_apis(templates["app"]):
        served.setdefault(api, {})[name] = templates[name]
    for stacks in served.values():
        first, *others = (template["Description"].split(" ")[1] for template in stacks.values())
        of = f"the API of {first}{f' and {len(others)} more' if others else ''}"
        remedy = "deploy the whole app, which is then divided among APIs anew" if others else "divide the microapplication"
        for what, type_, most in (("routes", "Route", quotas.routes), ("actions", "Integration", MOST_INTEGRATIONS)):
            yield Limit(of, what, sum(1 for _ in resources(stacks, f"AWS::ApiGatewayV2::{type_}")), most, remedy)


def _raised(quota: str, code: str, service: str) -> str:
    where = f"https://console.aws.amazon.com/servicequotas/home/services/{service}/quotas/{code}"
    return f'ask AWS for more ({where}) and say what it gave: "quotas": {{"{quota}": ...}} in deeploy.json'
