"""Rules of checkov's that DEEP does not follow by default, and why. Nine at most; docs/design/scanned-templates.md tells them to readers."""

from __future__ import annotations

from collections.abc import Mapping

SKIPPED: Mapping[str, str] = {
    "CKV_AWS_18": "access logs of buckets: only CloudFront reads pages and only deploys read packages; such logs cost and tell nothing",
    "CKV_AWS_68": "a web application firewall costs by the month and by the rule; the API's own throttles limit what a flood can cost",
    "CKV_AWS_86": "access logs of CloudFront hold visitors' addresses: not to be collected unless somebody wants them; the API logs who asked what",
    "CKV_AWS_115": "reserved concurrency is taken from the account's, of which a new account has 10: functions of an app would starve each other",
    "CKV_AWS_117": "functions in a VPC reach AWS's services only by what is paid by the hour; no function needs a private network",
    "CKV_AWS_119": "a key of one's own costs by the month and by the request; tables are encrypted with AWS's",
    "CKV_AWS_158": "a key of one's own, as before; log groups are encrypted by AWS",
    "CKV_AWS_174": "CloudFront alone decides for its own certificate; with a domain of one's own TLS 1.2 is the least",
    "CKV_AWS_366": "visitors have identities, so that what they may call is signed, granted by rule and refused by rule like everybody's",
}

OPTED_IN: Mapping[str, str] = {
    "CKV_AWS_26": "SNS encrypts what it keeps; CloudWatch cannot write to a topic under the key that AWS has for SNS, and one of our own costs",
}
"""Beside those, where everything is set up that an app may ask for."""
