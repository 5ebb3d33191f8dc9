"""Amazon SNS: the topic through which people hear of alarms, and the addresses that hear.

SNS encrypts what it keeps. A topic under AWS's own key of KMS would be one that CloudWatch cannot write to, and a key of one's own costs by the month
and takes the right to delete keys. Sources: SNS Developer Guide, "Data encryption" and "Example cases for access control"; CloudWatch User Guide,
"Notify users on alarm changes".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from deep.provision.release import Release, logical
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Resource, ref

TOPIC = "AlarmTopic"


def told_to(release: Release) -> dict[str, Any]:
    """What an alarm says of whom it tells; nothing where nobody wants to hear."""
    return {"AlarmActions": [ref(TOPIC)], "OKActions": [ref(TOPIC)]} if release.monitoring.notify else {}


def alarm_topic(release: Release) -> Iterator[Resource]:
    """The topic, who may write to it, and a subscription for each address, whose owner AWS asks first."""
    if not release.monitoring.notify:
        return
    names, name = release.names, f"{release.stem}-alarms"
    arn = f"arn:{names.partition}:sns:{names.region}:{names.account_id}:{name}"
    yield Resource(TOPIC, "AWS::SNS::Topic", {"Tags": tag_list(release), "TopicName": name})
    document = {"Version": "2012-10-17", "Statement": [_alarms_only(release, arn), _encrypted_only(arn)]}
    yield Resource(f"{TOPIC}Policy", "AWS::SNS::TopicPolicy", {"PolicyDocument": document, "Topics": [ref(TOPIC)]})
    for address in release.monitoring.notify:
        digest = sha256(address.encode()).hexdigest()[:12]
        yield Resource(logical("AlarmMail", digest), "AWS::SNS::Subscription", {"Endpoint": address, "Protocol": "email", "TopicArn": ref(TOPIC)})


def asked_by_mail(made: Iterable[Mapping[str, Any]]) -> list[str]:
    """The addresses among newly made resources of a template: AWS asks their owners whether they want to hear."""
    return sorted(one["Properties"]["Endpoint"] for one in made if one["Type"] == "AWS::SNS::Subscription")


def _alarms_only(release: Release, arn: str) -> dict[str, Any]:
    names = release.names
    alarms = f"arn:{names.partition}:cloudwatch:{names.region}:{names.account_id}:alarm:{release.stem}-*"
    return {
        "Sid": "AlarmsOfThisAppPublish",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": alarms}, "StringEquals": {"aws:SourceAccount": names.account_id}},
    }


def _encrypted_only(arn: str) -> dict[str, Any]:
    return {
        "Sid": "EncryptedConnectionsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
