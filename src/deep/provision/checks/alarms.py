"""Alarms watch what there is, and whom they tell lets them: CloudWatch says nothing of one that never hears of anything, or that nobody hears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from deep.provision.checks.finding import Finding, Found, Templates, listed, resources, text

_WATCHED = {
    "FunctionName": ("AWS::Lambda::Function", "FunctionName"),
    "QueueName": ("AWS::SQS::Queue", "QueueName"),
    "TableName": ("AWS::DynamoDB::Table", "TableName"),
}
"""Dimension of a metric -> the type that it names, and the property that is its name."""


def alarms_of_nothing(templates: Templates) -> Iterator[Finding]:
    """Every metric is one of something that the app makes."""
    for alarm in resources(templates, "AWS::CloudWatch::Alarm"):
        for dimension in _dimensions(alarm.properties):
            type_, named = _WATCHED.get(dimension["Name"], ("", ""))
            name = text(dimension["Value"])
            if type_ and all(one.properties[named] != name for one in resources(templates, type_)):
                yield alarm.finding(f"watches the {dimension['Name']} {name}, which the app has not")


def alarms_unheard(templates: Templates) -> Iterator[Finding]:
    """Every topic that an alarm tells lets this alarm write to it."""
    for alarm in resources(templates, "AWS::CloudWatch::Alarm"):
        told = {text(topic) for key in ("AlarmActions", "OKActions") for topic in alarm.properties.get(key, ())}
        for topic in sorted(told):
            if not any(_lets_in(policy, topic, alarm) for policy in resources(templates, "AWS::SNS::TopicPolicy")):
                yield alarm.finding(f"tells {topic}, which does not let it write")


def _dimensions(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    metrics = [one["MetricStat"]["Metric"] for one in properties.get("Metrics", ()) if "MetricStat" in one]
    for one in (properties, *metrics):
        yield from one.get("Dimensions", ())


def _lets_in(policy: Found, topic: str, alarm: Found) -> bool:
    if topic not in map(text, policy.properties["Topics"]):
        return False
    allowed = [one for one in policy.properties["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    return any(
        "cloudwatch.amazonaws.com" in listed(one["Principal"].get("Service"))
        and fnmatchcase(alarm.properties["AlarmName"], text(one["Condition"]["ArnLike"]["aws:SourceArn"]).rpartition(":alarm:")[2])
        for one in allowed
    )
