"""Amazon CloudWatch: one page that shows how an app does, for an app that wants one.

Source: CloudWatch API Reference, "Dashboard body structure and syntax". A graph shows at most 500 metrics; CloudFront's are kept in us-east-1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deep.provision.release import Release
from deep.provision.resources.alarms import PERIOD_S, function_names, table_names
from deep.provision.resources.apis import apis_of, numbered
from deep.provision.resources.buckets import tag_list
from deep.provision.resources.dead_letters import dead_letters_arn
from deep.provision.resources.domain import DISTRIBUTION
from deep.provision.resources.firewall import web_acl_name
from deep.provision.template import Fragment, Resource, sub

MOST_METRICS = 500
WORST = 10
"""Functions that are shown of all there are: the slowest, and those that fail most."""
_WIDTH, _HEIGHT, _COLUMNS = 12, 6, 2
Metric = Sequence[Any]
"""Namespace, name, and each dimension with its value; how it is shown last."""


def dashboard(release: Release) -> Fragment:
    """The app's dashboard, the same byte for byte for the same app."""
    if not release.monitoring.dashboard:
        return Fragment()
    body = json.dumps({"start": "-PT24H", "widgets": [_links(release), *_placed(_graphs(release))]}, sort_keys=True, separators=(",", ":"))
    properties = {"DashboardBody": sub(body), "DashboardName": release.worldwide_stem, "Tags": tag_list(release)}
    return Fragment((Resource("Dashboard", "AWS::CloudWatch::Dashboard", properties),))


def _graphs(release: Release) -> Iterable[Mapping[str, Any]]:
    apis = [("ApiId", f"${{{api}}}") for api in apis_of(release).ids]
    region, edge = release.target.region, ("DistributionId", f"${{{DISTRIBUTION}}}", "Region", "Global")
    functions = [name for microapp in release.app.microapps for name in function_names(release, microapp)][:MOST_METRICS]
    tables = table_names(release)[:MOST_METRICS]
    yield _graph("Requests", region, [("AWS/ApiGateway", name, *api) for api in apis for name in ("Count", "4xx", "5xx")])
    yield _graph("Time of an answer (ms)", region, [("AWS/ApiGateway", "Latency", *api, {"stat": stat}) for api in apis for stat in ("p50", "p99")])
    if functions:
        yield _graph("Slowest functions (ms, all but one call in a hundred)", region, _worst("Duration", "p99", functions))
        yield _graph("Functions that fail most", region, _worst("Errors", "Sum", functions))
        yield _graph("Functions turned away", region, _worst("Throttles", "Sum", functions))
        queue = dead_letters_arn(release).rpartition(":")[2]
        given_up = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, {"stat": "Maximum"})
        yield _graph("Calls given up", region, [given_up])
    if tables:
        for title, name in (("Tables read (units)", "ConsumedReadCapacityUnits"), ("Tables written (units)", "ConsumedWriteCapacityUnits")):
            yield _graph(title, region, [("AWS/DynamoDB", name, "TableName", table) for table in tables])
    yield _graph("Requests at the edge", "us-east-1", [("AWS/CloudFront", "Requests", *edge)])
    rates = [("AWS/CloudFront", name, *edge, {"stat": "Average"}) for name in ("4xxErrorRate", "5xxErrorRate")]
    yield _graph("Errors at the edge (percent)", "us-east-1", rates)
    if release.waf is True:
        blocked = ("AWS/WAFV2", "BlockedRequests", "Rule", "ALL", "WebACL", web_acl_name(release))
        yield _graph("Requests that the firewall refused", "us-east-1", [blocked])
    yield _failed(release)


def _worst(name: str, stat: str, functions: Sequence[str]) -> list[Metric]:
    """The functions that have most of a metric, told by their names."""
    shown = {"expression": f'SORT(METRICS("f"), MAX, DESC, {WORST})', "id": "worst"}
    hidden = [("AWS/Lambda", name, "FunctionName", one, {"id": f"f{place}", "stat": stat, "visible": False}) for place, one in enumerate(functions)]
    return [[shown], *hidden]


def _graph(title: str, region: str, metrics: Sequence[Metric]) -> dict[str, Any]:
    told = {"metrics": [list(one) for one in metrics], "period": PERIOD_S, "region": region, "stat": "Sum", "title": title, "view": "timeSeries"}
    return {"type": "metric", "properties": told}


def _failed(release: Release) -> dict[str, Any]:
    sources = " | ".join(f"SOURCE '/aws/apigateway/{numbered(release.stem, api, '-')}'" for api in apis_of(release).ids)
    query = f"{sources} | filter status >= 500 | sort @timestamp desc | limit 20"
    told = {"query": f"{query} | display @timestamp, routeKey, status, integrationErrorMessage", "region": release.target.region}
    return {"type": "log", "properties": {**told, "title": "Latest requests that failed", "view": "table"}}


def _links(release: Release) -> dict[str, Any]:
    """Where the logs and the alarms are, in the console."""
    region, stem = release.target.region, release.stem
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    begin = stem.removesuffix(release.names.hash)
    logs = [
        f"[{text}]({console}#logsV2:log-groups$3FlogGroupNameFilter$3D{name})"
        for text, name in (("logs of functions", f"$252Faws$252Flambda$252F{begin}"), ("log of the API", f"$252Faws$252Fapigateway$252F{stem}"))
    ]
    line = " · ".join([*logs, f"[alarms]({console}#alarmsV2:?search={stem})"])
    about = f"# {release.app.property.app_name} ({release.target.env})\n{line}"
    return {"type": "text", "x": 0, "y": 0, "width": _WIDTH * _COLUMNS, "height": 2, "properties": {"markdown": about}}


def _placed(graphs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Two beside each other, below the links."""
    return [
        {**graph, "x": place % _COLUMNS * _WIDTH, "y": 2 + place // _COLUMNS * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
        for place, graph in enumerate(graphs)
    ]
