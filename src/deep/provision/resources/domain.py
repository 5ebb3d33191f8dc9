"""The app's own domain: an alias of the distribution with a certificate, and records that lead there when the domain's zone is in the account.

Sources: CloudFront Developer Guide, "Using custom URLs by adding alternate domain names"; Route 53 Developer Guide, "Values specific for simple alias
records".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deep.model.app import Ssl
from deep.provision.release import Release, logical
from deep.provision.template import Resource, get_att, sub

ADDRESS = "Address"
DISTRIBUTION = "Distribution"
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution's own name."""
OLDEST_TLS = "TLSv1.2_2021"


def aliases(release: Release) -> dict[str, Any]:
    """What a distribution's configuration says of names; nothing without a domain."""
    ssl = _ssl(release)
    return {"Aliases": [ssl.domain]} if ssl else {}


def viewer_certificate(release: Release) -> dict[str, Any]:
    ssl = _ssl(release)
    if ssl is None:
        return {"CloudFrontDefaultCertificate": True}
    return {"AcmCertificateArn": ssl.certificate, "MinimumProtocolVersion": OLDEST_TLS, "SslSupportMethod": "sni-only"}


def address(release: Release) -> Any:
    """Where the app is opened: at its domain, or at the distribution's own name."""
    ssl = _ssl(release)
    return sub(f"https://{ssl.domain if ssl else f'${{{DISTRIBUTION}.DomainName}}'}")


def records(release: Release) -> Iterator[Resource]:
    """The domain's address in both versions of IP, where the zone is ours to write."""
    ssl = _ssl(release)
    if ssl is None or ssl.hosted_zone is None:
        return
    target = {"DNSName": get_att(DISTRIBUTION, "DomainName"), "EvaluateTargetHealth": False, "HostedZoneId": CLOUDFRONT_ZONE}
    for kind in ("A", "AAAA"):
        properties = {"AliasTarget": target, "HostedZoneId": ssl.hosted_zone, "Name": ssl.domain, "Type": kind}
        yield Resource(logical("Domain", kind.lower()), "AWS::Route53::RecordSet", properties)


def _ssl(release: Release) -> Ssl | None:
    return release.app.property.ssl.get(release.target.env)
