"""Amazon CloudFront in front of everything: pages from the private bucket, actions from the APIs, one origin for the browser as it is locally.

So pages need no cross-origin leave, and paths are the same locally and deployed. Requests of actions pass uncached with all headers but `Host`, which
the API's own name replaces: it is that name which browsers sign. A distribution takes 100 origins, which are 99 APIs. Sources: CloudFront Developer
Guide, "Restricting access to an Amazon S3 origin", "Using managed cache policies", "Using managed origin request policies" and "Quotas".
"""

from __future__ import annotations

from typing import Any

from deep.bundle.frontend import Endpoints
from deep.bundle.headers import security_headers
from deep.names import url_segment
from deep.provision.release import Release
from deep.provision.resources.apis import api_host, apis_of, numbered
from deep.provision.resources.buckets import SITE, site_bucket_name, tag_list, tls_only
from deep.provision.resources.domain import ADDRESS, DISTRIBUTION, address, aliases, records, viewer_certificate
from deep.provision.resources.firewall import web_acl
from deep.provision.resources.headers import headers_config
from deep.provision.resources.page_routing import associations, page_routing
from deep.provision.template import Fragment, Resource, get_att, ref, sub

PAGES, ACTIONS = "pages", "actions"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""Ids of CloudFront's managed policies, the same in every account."""
_ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def site(release: Release) -> Fragment:
    """The distribution, its right to read the bucket, and the security headers that `deep.bundle.headers` decides."""
    access = Resource(
        "SiteAccess",
        "AWS::CloudFront::OriginAccessControl",
        {
            "OriginAccessControlConfig": {
                "Name": release.worldwide_stem,
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            }
        },
    )
    routing = page_routing(release)
    told = {"DistributionConfig": _config(release, routing), "Tags": tag_list(release)}
    distribution = Resource(DISTRIBUTION, "AWS::CloudFront::Distribution", told)
    headers = (_headers_policy(release, PAGES), _headers_policy(release, ACTIONS))
    outputs = {ADDRESS: address(release), "SiteDomain": get_att(DISTRIBUTION, "DomainName"), DISTRIBUTION: ref(DISTRIBUTION)}
    return Fragment((access, *routing.resources, distribution, *headers, _bucket_policy(release), *records(release)), outputs)


def _config(release: Release, routing: Fragment) -> dict[str, Any]:
    pages = {
        "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
        "CachePolicyId": CACHING_OPTIMIZED,
        "Compress": True,
        "ResponseHeadersPolicyId": ref(_policy_id(PAGES)),
        "TargetOriginId": PAGES,
        "ViewerProtocolPolicy": "redirect-to-https",
        **associations(routing),
    }
    apis = apis_of(release)
    leading = {url_segment(microapp.identifier): apis.of(microapp.identifier) for microapp in release.app.microapps if microapp.resources}
    return {
        **aliases(release),
        "CacheBehaviors": [_actions_behaviour(segment, api) for segment, api in sorted(leading.items())],
        "Comment": release.stem,
        "DefaultCacheBehavior": pages,
        "DefaultRootObject": "index.html",
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "Origins": [_pages_origin(), *(_actions_origin(release, api) for api in apis.ids if api in leading.values())],
        "PriceClass": "PriceClass_100",
        "ViewerCertificate": viewer_certificate(release),
        **web_acl(release),
    }


def _pages_origin() -> dict[str, Any]:
    return {
        "DomainName": ref("SiteBucketDomain"),
        "Id": PAGES,
        "OriginAccessControlId": get_att("SiteAccess", "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _actions_origin(release: Release, api: str) -> dict[str, Any]:
    return {
        "CustomOriginConfig": {"HTTPSPort": 443, "OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]},
        "DomainName": sub(api_host(api, release.target.region)),
        "Id": numbered(ACTIONS, api),
    }


def _actions_behaviour(segment: str, api: str) -> dict[str, Any]:
    """Requests below a microapplication's segment. Three levels deep, as actions are: pages below the same segment stay pages."""
    return {
        "AllowedMethods": _ALL_METHODS,
        "CachePolicyId": CACHING_DISABLED,
        "Compress": True,
        "OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST,
        "PathPattern": f"/{segment}/*/*",
        "ResponseHeadersPolicyId": ref(_policy_id(ACTIONS)),
        "TargetOriginId": numbered(ACTIONS, api),
        "ViewerProtocolPolicy": "https-only",
    }


def _policy_id(kind: str) -> str:
    return f"{kind.capitalize()}Headers"


def _services(release: Release) -> Endpoints:
    """Whom pages call besides their own origin: Amazon Cognito, and AWS Lambda for direct calls, at addresses that are known before any id."""
    names, suffix = release.names, "amazonaws.com.cn" if release.names.partition == "aws-cn" else "amazonaws.com"
    identity, users = (f"https://{service}.{names.region}.{suffix}" for service in ("cognito-identity", "cognito-idp"))
    direct = [action.identifier for action in release.app.actions if action.type == "lambda" and action.is_direct]
    return Endpoints(
        identity_endpoint=identity,
        user_pool={"id": "", "clientId": "", "endpoint": users, "issuer": users},
        function_arns={identifier: names.entry_arn(identifier) for identifier in direct},
    )


def _headers_policy(release: Release, kind: str) -> Resource:
    """Headers that functions set themselves stay theirs, as on the local platform."""
    decided = security_headers(release.app, release.target, _services(release))
    headers = decided.pages if kind == PAGES else decided.api
    config = headers_config(f"{release.worldwide_stem}-{kind}", headers, override=kind == PAGES)
    return Resource(_policy_id(kind), "AWS::CloudFront::ResponseHeadersPolicy", {"ResponseHeadersPolicyConfig": config})


def _bucket_policy(release: Release) -> Resource:
    """To whoever may not list a bucket, S3 says that what is missing is denied (S3 API Reference, GetObject): with leave to list it is a 404.

    Nobody can list by it: the distribution asks for `index.html` at the root, and passes no query on.
    """
    partition = release.names.partition
    arn = f"arn:{partition}:s3:::{site_bucket_name(release)}"
    distribution = sub(f"arn:{partition}:cloudfront::{release.target.account_id}:distribution/${{{DISTRIBUTION}}}")
    reading = {
        "Sid": "DistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"{arn}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    looking = {**reading, "Sid": "DistributionFindsMissing", "Action": "s3:ListBucket", "Resource": arn}
    document = {"Version": "2012-10-17", "Statement": [reading, looking, tls_only(arn)]}
    return Resource("SitePolicy", "AWS::S3::BucketPolicy", {"Bucket": ref(SITE), "PolicyDocument": document})
