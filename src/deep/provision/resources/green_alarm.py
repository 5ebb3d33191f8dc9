"""Amazon CloudWatch: an alarm on errors of a function's new version, for as long as it shares the calls with the old one.

Source: AWS Lambda Developer Guide, "Types of metrics for Lambda functions": calls by a weighted alias have the dimension ExecutedVersion.
"""

from __future__ import annotations

from deep.names import ALIAS
from deep.provision.resources.versions import version_number
from deep.provision.template import Resource

PERIOD_S = 60


def green_alarm_name(function_name: str) -> str:
    return f"{function_name}-new-version"


def green_alarm_id(alias_id: str) -> str:
    return f"{alias_id}NewVersionAlarm"


def green_alarm(alias_id: str, function_name: str, version_id: str) -> Resource:
    """Raised by a single error in a minute."""
    dimensions = {"ExecutedVersion": version_number(version_id), "FunctionName": function_name, "Resource": f"{function_name}:{ALIAS}"}
    properties = {
        "AlarmDescription": f"The new version of {function_name} fails",
        "AlarmName": green_alarm_name(function_name),
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": PERIOD_S,
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
    }
    return Resource(green_alarm_id(alias_id), "AWS::CloudWatch::Alarm", properties)
