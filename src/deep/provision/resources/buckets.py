"""S3 buckets: artefacts (packages and templates), the site, and the app's own data. None is public; all refuse unencrypted connections."""

from __future__ import annotations

from typing import Any

from deep.provision.release import Release
from deep.provision.template import Fragment, Resource, get_att, ref, sub

ARTEFACTS = "ArtefactBucket"
SITE = "SiteBucket"
KEEP_OLD_DAYS = 30
"""How long replaced packages and pages stay, so that an older deploy can be gone back to."""
_PRIVATE = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}
_ENCRYPTED = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def artefact_bucket_name(release: Release) -> str:
    return f"{release.bucket_stem}-artefacts"


def artefact_url(release: Release, key: str) -> str:
    """Where CloudFormation fetches a template: path style, as every AWS-shaped endpoint understands the address of an object."""
    return f"https://s3.{release.target.region}.amazonaws.com/{artefact_bucket_name(release)}/{key}"


def site_bucket_name(release: Release) -> str:
    return f"{release.bucket_stem}-site"


def store_buckets(release: Release) -> Fragment:
    """The buckets that can be filled anew: they go when the app goes."""
    artefacts = _bucket(release, ARTEFACTS, artefact_bucket_name(release))
    site = _bucket(release, SITE, site_bucket_name(release))
    policy = Resource(f"{ARTEFACTS}Policy", "AWS::S3::BucketPolicy", {"Bucket": ref(ARTEFACTS), "PolicyDocument": _policy([tls_only(ARTEFACTS)])})
    return Fragment((artefacts, site, policy), {ARTEFACTS: ref(ARTEFACTS), SITE: ref(SITE), "SiteBucketDomain": get_att(SITE, "RegionalDomainName")})


def tls_only(bucket: str) -> dict[str, Any]:
    """Denies what is not encrypted on the way; `bucket` is a logical id or a bucket's ARN."""
    arn = bucket if bucket.startswith("arn:") else f"${{{bucket}.Arn}}"
    return {
        "Sid": "EncryptedConnectionsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [sub(arn), sub(f"{arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _policy(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _bucket(release: Release, logical_id: str, name: str) -> Resource:
    expiry = {"Id": "old-versions", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": KEEP_OLD_DAYS}}
    unfinished = {"Id": "unfinished-uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}
    return Resource(
        logical_id,
        "AWS::S3::Bucket",
        {
            "BucketName": name,
            "BucketEncryption": _ENCRYPTED,
            "LifecycleConfiguration": {"Rules": [expiry, unfinished]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": _PRIVATE,
            "Tags": tag_list(release),
            "VersioningConfiguration": {"Status": "Enabled"},
        },
    )


def tag_list(release: Release) -> list[dict[str, str]]:
    """The app's tags as most resources take them."""
    return [{"Key": key, "Value": value} for key, value in sorted(release.tags.items())]
