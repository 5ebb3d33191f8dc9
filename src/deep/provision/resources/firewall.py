"""AWS WAF in front of CloudFront, for an app that wants it: a limit to what one address may ask for, and two of AWS's own sets of rules.

CloudFront takes web ACLs of us-east-1 alone, so an app elsewhere names one that stands there. Sources: AWS WAF Developer Guide, "Rate-based rule
statement" and "AWS Managed Rules rule groups list"; Amazon CloudFront Developer Guide, "Use AWS WAF protections".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deep.errors import Problem, UsageError
from deep.provision.release import Release
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Fragment, Resource, get_att

WEB_ACL = "WebAcl"
REGION = "us-east-1"
MOST_REQUESTS = 2_000
"""Of one address in five minutes: a page with its files and calls is some forty."""
WINDOW_S = 300
_TOO_MANY = {"Block": {"CustomResponse": {"ResponseCode": 429}}}
_MANAGED: Mapping[str, tuple[str, ...]] = {
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
}
"""A set of rules -> those of it that are counted and not obeyed: bodies of more than 8 KB are nothing unusual."""


def firewall(release: Release) -> Fragment:
    """The web ACL, where one is to be made. Raises UsageError (`waf-region`) where it could not stand."""
    if release.waf is not True:
        return Fragment()
    if release.target.region != REGION:
        message = f"a web ACL of CloudFront stands in {REGION}, and this app is deployed to {release.target.region}"
        arn = f"arn:aws:wafv2:{REGION}:{release.target.account_id}:global/webacl/..."
        help_ = f'make one there, for CloudFront, and name it in deeploy.json: "waf": {{"{release.target.env}": "{arn}"}}'
        raise UsageError(Problem("waf-region", message, help=help_))
    rules = [_rate_limit(release), *(_managed(release, place, name) for place, name in enumerate(_MANAGED, 1))]
    properties = {
        "DefaultAction": {"Allow": {}},
        "Name": web_acl_name(release),
        "Rules": rules,
        "Scope": "CLOUDFRONT",
        "Tags": tag_list(release),
        "VisibilityConfig": _seen(web_acl_name(release)),
    }
    return Fragment((Resource(WEB_ACL, "AWS::WAFv2::WebACL", properties),))


def web_acl(release: Release) -> dict[str, Any]:
    """What a distribution's configuration says of it; nothing without one."""
    match release.waf:
        case False:
            return {}
        case True:
            return {"WebACLId": get_att(WEB_ACL, "Arn")}
        case arn:
            return {"WebACLId": arn}


def web_acl_name(release: Release) -> str:
    return release.worldwide_stem


def _rate_limit(release: Release) -> dict[str, Any]:
    limit = {"AggregateKeyType": "IP", "EvaluationWindowSec": WINDOW_S, "Limit": MOST_REQUESTS}
    return _rule(release, 0, "RateLimit", {"Action": _TOO_MANY, "Statement": {"RateBasedStatement": limit}})


def _managed(release: Release, priority: int, name: str) -> dict[str, Any]:
    counted = [{"ActionToUse": {"Count": {}}, "Name": rule} for rule in _MANAGED[name]]
    group = {"Name": name, "VendorName": "AWS", **({"RuleActionOverrides": counted} if counted else {})}
    return _rule(release, priority, name, {"OverrideAction": {"None": {}}, "Statement": {"ManagedRuleGroupStatement": group}})


def _rule(release: Release, priority: int, name: str, what: Mapping[str, Any]) -> dict[str, Any]:
    return {"Name": name, "Priority": priority, "VisibilityConfig": _seen(f"{web_acl_name(release)}-{name}"), **what}


def _seen(name: str) -> dict[str, Any]:
    return {"CloudWatchMetricsEnabled": True, "MetricName": name, "SampledRequestsEnabled": True}
