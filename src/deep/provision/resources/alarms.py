"""Amazon CloudWatch: a few alarms for an app that wants them. Each says that people are failed, or soon will be.

Of an error it does not matter which function makes it until somebody looks: so there is an alarm for each API, for each microapplication and for all
tables, and none for each function. Sources: CloudWatch User Guide, "Recommended alarms" and "Create an alarm based on a metric math expression"; what
the developer guides of API Gateway, Lambda, DynamoDB and SQS say of metrics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deep.model import Microapp
from deep.provision.release import Release, logical
from deep.provision.resources.alarm_topic import alarm_topic, told_to
from deep.provision.resources.apis import apis_of, numbered
from deep.provision.resources.buckets import tag_list
from deep.provision.resources.dead_letters import dead_letters_arn
from deep.provision.template import Fragment, Resource, ref

PERIOD_S = 300
FEW = 5
"""So many failures in a period are no accident any more."""
PERCENT = 1
"""Of the API's answers."""
MOST_METRICS = 10
"""That one expression of an alarm may name."""


def alarms(release: Release) -> Fragment:
    """All alarms of an app that wants some, and the topic through which people hear of them."""
    if not release.monitoring.alarms:
        return Fragment()
    found = [_api(release, api) for api in apis_of(release).ids]
    if functions := [microapp for microapp in release.app.microapps if function_names(release, microapp)]:
        found += [_throttles(release), _dead_letters(release)]
        found += [alarm for microapp in functions for alarm in _errors(release, microapp)]
    return Fragment((*found, *_tables(release), *alarm_topic(release)))


def function_names(release: Release, microapp: Microapp) -> list[str]:
    return [release.names.function(action.identifier) for action in microapp.actions if action.type == "lambda"]


def table_names(release: Release) -> list[str]:
    return [release.names.table(model.name, own=model.own) for model in release.app.models]


def metric(namespace: str, name: str, **dimensions: Any) -> dict[str, Any]:
    """A metric as CloudFormation has it."""
    told = [{"Name": key, "Value": value} for key, value in sorted(dimensions.items())]
    return {"Namespace": namespace, "MetricName": name, **({"Dimensions": told} if told else {})}


def _api(release: Release, api: str) -> Resource:
    watched = {name: metric("AWS/ApiGateway", kind, ApiId=ref(api)) for name, kind in (("errors", "5xx"), ("requests", "Count"))}
    rate = f"IF(errors >= {FEW}, 100 * errors / requests, 0)"
    return _alarm(release, numbered("api", api, "-"), "The API answers with 5xx: see `deepify logs`", _expression(watched, rate, PERCENT))


def _throttles(release: Release) -> Resource:
    watched = metric("AWS/Lambda", "Throttles")
    about = "Lambda turns calls away: the account's functions run as often at once as they may, or one of them as often as it may"
    return _alarm(release, "throttles", about, {**watched, "Statistic": "Sum", "Threshold": FEW})


def _dead_letters(release: Release) -> Resource:
    name = dead_letters_arn(release).rpartition(":")[2]
    watched = metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=name)
    about = f"Calls that nobody waits for failed at every try, and lie in the queue {name}"
    return _alarm(release, "dead-letters", about, {**watched, "Statistic": "Maximum", "Threshold": 1})


def _errors(release: Release, microapp: Microapp) -> Iterator[Resource]:
    watched = [metric("AWS/Lambda", "Errors", FunctionName=name) for name in function_names(release, microapp)]
    about = f"Functions of {microapp.identifier} fail: see `deepify logs`"
    yield from _sums(release, f"errors-{microapp.identifier.replace('.', '-')}", about, watched)


def _tables(release: Release) -> Iterator[Resource]:
    kinds = ("ReadThrottleEvents", "WriteThrottleEvents")
    watched = [metric("AWS/DynamoDB", kind, TableName=name) for name in table_names(release) for kind in kinds]
    yield from _sums(release, "tables", "Tables turn reads or writes away", watched)


def _sums(release: Release, name: str, about: str, watched: Sequence[Mapping[str, Any]]) -> Iterator[Resource]:
    """Alarms on the sum of all these metrics, as few as may be. A number stands first, for a microapplication's name may end with one."""
    for begin in range(0, len(watched), MOST_METRICS):
        named = {f"m{place}": one for place, one in enumerate(watched[begin : begin + MOST_METRICS])}
        called = f"{begin // MOST_METRICS + 1}-{name}" if begin else name
        yield _alarm(release, called, about, _expression(named, "SUM(METRICS())", FEW))


def _expression(watched: Mapping[str, Mapping[str, Any]], expression: str, threshold: int) -> dict[str, Any]:
    stats = [{"Id": name, "MetricStat": {"Metric": one, "Period": PERIOD_S, "Stat": "Sum"}, "ReturnData": False} for name, one in watched.items()]
    return {"Metrics": [*stats, {"Expression": expression, "Id": "watched", "ReturnData": True}], "Threshold": threshold}


def _alarm(release: Release, name: str, about: str, watched: Mapping[str, Any]) -> Resource:
    properties = {
        "AlarmDescription": f"{about} ({release.app.property.app_identifier}, {release.target.env})",
        "AlarmName": f"{release.stem}-{name}",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": 1,
        "Tags": tag_list(release),
        "TreatMissingData": "notBreaching",
        **told_to(release),
        **({} if "Metrics" in watched else {"Period": PERIOD_S}),
        **watched,
    }
    return Resource(logical("Alarm", *name.split("-")), "AWS::CloudWatch::Alarm", properties)
