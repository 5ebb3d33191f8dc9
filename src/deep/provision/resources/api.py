"""Amazon API Gateway: the HTTP APIs of the app, and a route for each method of each action that is not private.

An API is made once and changed in place, so that its address outlives every deploy. Source: API Gateway Developer Guide, "Working with HTTP APIs".
"""

from __future__ import annotations

import json
from typing import Any

from deep.bundle.cors import EXPOSED, MAX_AGE_S, REQUEST_HEADERS, CorsRule, cors_rule
from deep.model import Action
from deep.provision.release import Release, logical
from deep.provision.resources.apis import API_ID, api_host, apis_of, numbered
from deep.provision.resources.buckets import tag_list
from deep.provision.resources.functions import LOGS_DAYS, permission
from deep.provision.template import Fragment, Resource, get_att, ref, sub
from deep.security.identity_policy import route_methods

STAGE = "$default"
BURST, RATE = 1000, 500
"""Calls at once, and a second, that a whole API takes before it answers 429: a limit to what a flood can cost."""
_LOGGED = ("requestId", "httpMethod", "routeKey", "status", "integrationErrorMessage", "responseLatency", "protocol")


def http_apis(release: Release) -> Fragment:
    """All that the app has: one as a rule."""
    made = [http_api(release, one) for one in apis_of(release).ids]
    return Fragment(tuple(part for one in made for part in one.resources), {name: value for one in made for name, value in one.outputs.items()})


def http_api(release: Release, api_id: str) -> Fragment:
    """An API, its only stage, and the log of who asked what (never bodies, never credentials)."""
    name, logs_id = numbered(release.stem, api_id, "-"), numbered("ApiLogs", api_id)
    properties: dict[str, Any] = {"Name": name, "ProtocolType": "HTTP", "Tags": release.tags}
    if (rule := cors_rule(release.app)) is not None:
        properties["CorsConfiguration"] = _cors(rule)
    logged = {"LogGroupName": f"/aws/apigateway/{name}", "RetentionInDays": LOGS_DAYS, "Tags": tag_list(release)}
    logs = Resource(logs_id, "AWS::Logs::LogGroup", logged)
    stage = Resource(
        numbered("ApiStage", api_id),
        "AWS::ApiGatewayV2::Stage",
        {
            "AccessLogSettings": {"DestinationArn": get_att(logs_id, "Arn"), "Format": json.dumps({name: f"$context.{name}" for name in _LOGGED})},
            "ApiId": ref(api_id),
            "AutoDeploy": True,
            "DefaultRouteSettings": {"ThrottlingBurstLimit": BURST, "ThrottlingRateLimit": RATE},
            "StageName": STAGE,
            "Tags": release.tags,
        },
    )
    endpoint = sub(f"https://{api_host(api_id, release.target.region)}")
    return Fragment((Resource(api_id, "AWS::ApiGatewayV2::Api", properties), logs, stage), {numbered("ApiUrl", api_id): endpoint})


def routes(release: Release, action: Action) -> Fragment:
    """The routes of one action, how they reach its function, and leave for this API alone to call it. Private actions have none."""
    if action.scope == "private":
        return Fragment()
    integration_id = logical("Integration", action.resource, action.name)
    route_arns = release.names.invoke_arn(f"${{{API_ID}}}", "*", action.path).replace("/$default/", "/*/")
    leave = permission(release, action, "apigateway", sub(route_arns))
    integration = Resource(
        integration_id,
        "AWS::ApiGatewayV2::Integration",
        {
            "ApiId": ref(API_ID),
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": release.names.entry_arn(action.identifier),
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": min(action.timeout_s * 1000, 30_000),
        },
        depends_on=(leave.logical_id,),
    )
    made = tuple(_route(action, method, integration_id) for method in route_methods(action))
    return Fragment((integration, leave, *made))


def _route(action: Action, method: str, integration_id: str) -> Resource:
    properties = {
        "ApiId": ref(API_ID),
        "AuthorizationType": "NONE" if action.authorization == "NONE" else "AWS_IAM",
        "RouteKey": f"{method} {action.path}",
        "Target": sub(f"integrations/${{{integration_id}}}"),
    }
    return Resource(logical("Route", action.resource, action.name, method.lower()), "AWS::ApiGatewayV2::Route", properties)


def _cors(rule: CorsRule) -> dict[str, Any]:
    """What the local gateway grants; credentials are never part of it."""
    return {
        "AllowHeaders": list(REQUEST_HEADERS),
        "AllowMethods": list(rule.methods),
        "AllowOrigins": sorted(rule.origins),
        "ExposeHeaders": list(EXPOSED),
        "MaxAge": MAX_AGE_S,
    }
