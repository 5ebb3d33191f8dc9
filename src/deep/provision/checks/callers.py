"""Who calls what: every route and schedule reaches a function that lets it in, and every request an origin that there is.

Lambda answers a caller without permission with 403, API Gateway then its client with 500; neither is seen before somebody calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deep.provision.checks.finding import Finding, Found, Templates, resources, text
from deep.provision.resources.apis import API_ID, given_apis


def routes_to_nowhere(templates: Templates) -> Iterator[Finding]:
    """A route's integration must be of the same template, and its function must let this API call it on this path."""
    for route in resources(templates, "AWS::ApiGatewayV2::Route"):
        target = text(route.properties.get("Target", ""))
        integration = templates[route.stack]["Resources"].get(target.removeprefix("integrations/${").removesuffix("}"))
        if integration is None or integration["Type"] != "AWS::ApiGatewayV2::Integration":
            yield route.finding(f"leads to {target or 'nothing'}, which is no integration")
            continue
        function, path = _function(templates, integration["Properties"]["IntegrationUri"]), route.properties["RouteKey"].partition(" ")[2]
        if function is None:
            yield route.finding("reaches a function that the app has not")
        elif not any(_lets_in(permission, path, integration) for permission in _permissions(templates, function, "apigateway.amazonaws.com")):
            yield route.finding(f"calls {function.logical_id}, which has no permission for this API to call it at {path}")


def schedules_to_nowhere(templates: Templates) -> Iterator[Finding]:
    """A rule's function must let that rule call it."""
    for rule in resources(templates, "AWS::Events::Rule"):
        for target in rule.properties.get("Targets", ()):
            function = _function(templates, target["Arn"])
            if function is None:
                yield rule.finding("reaches a function that the app has not")
                continue
            permissions = _permissions(templates, function, "events.amazonaws.com")
            if not any(text(one.properties.get("SourceArn", "")).endswith(f":rule/{rule.properties['Name']}") for one in permissions):
                yield rule.finding(f"calls {function.logical_id}, which has no permission for this rule")


def unknown_stages(templates: Templates) -> Iterator[Finding]:
    """ARNs of the routes of an API of the app's name a stage that it has; the stage goes live by itself, for nothing else deploys it."""
    stages = {f"${{{api.logical_id}}}": {"*"} for api in resources(templates, "AWS::ApiGatewayV2::Api")}
    for stage in resources(templates, "AWS::ApiGatewayV2::Stage"):
        stages.setdefault(text(stage.properties["ApiId"]), set()).add(str(stage.properties["StageName"]))
        if stage.properties.get("AutoDeploy") is not True:
            yield stage.finding("is never deployed: AutoDeploy is off, and there is no deployment")
    given = dict(given_apis(templates["app"]))
    for found in resources(templates, "AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::Lambda::Permission"):
        named = {stage for api, stage, *_ in _called(given, found) if stage not in stages.get(api, {stage})}
        yield from (found.finding(f"names the stage {stage}, which the API has not") for stage in sorted(named))


def unknown_origins(templates: Templates) -> Iterator[Finding]:
    """Every behaviour of a distribution has its origin, and every bucket among them lets the distribution read."""
    for found in resources(templates, "AWS::CloudFront::Distribution"):
        config = found.properties["DistributionConfig"]
        origins = {origin["Id"]: origin for origin in config["Origins"]}
        behaviours = [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", ())]
        wanted = {str(behaviour["TargetOriginId"]) for behaviour in behaviours}
        yield from (found.finding(f"leads to the origin {name}, which it has not") for name in sorted(wanted - set(origins)))
        yield from (found.finding(f"never uses its origin {name}") for name in sorted(set(origins) - wanted))
        private = [name for name, origin in origins.items() if "S3OriginConfig" in origin]
        if private and not any(
            f"distribution/${{{found.logical_id}}}" in str(one.properties) for one in resources(templates, "AWS::S3::BucketPolicy")
        ):
            yield found.finding(f"may not read the bucket of its origin {private[0]}: no bucket policy names it")
        yield from (
            found.finding(f"reaches the private origin {name} without signing its requests")
            for name in private
            if "OriginAccessControlId" not in origins[name]
        )


def requests_to_other_apis(templates: Templates) -> Iterator[Finding]:
    """Of what is below a microapplication's path, the distribution asks the API that has its routes, and roles may call them there."""
    serving = dict(_serving(templates))
    for found in resources(templates, "AWS::CloudFront::Distribution"):
        config = found.properties["DistributionConfig"]
        hosts = {origin["Id"]: text(origin["DomainName"]) for origin in config["Origins"]}
        for behaviour in config.get("CacheBehaviors", ()):
            pattern, origin = str(behaviour["PathPattern"]), str(behaviour["TargetOriginId"])
            api = serving.get(pattern.split("/")[1])
            if api and origin in hosts and not hosts[origin].startswith(f"{api}."):
                yield found.finding(f"leads {pattern} to the origin {origin}, and its routes are of {api}")
    for found in resources({"app": templates["app"]}, "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
        wrong = sorted({segment for api, _, _, segment, *_ in _called({}, found) if serving.get(segment, api) != api})
        yield from (found.finding(f"may call /{segment} of another API than {serving[segment]}, which has its routes") for segment in wrong)


def _called(given: Mapping[str, str], found: Found) -> Iterator[Sequence[str]]:
    """API, stage, method and segments of the path of every route that a policy names. `given` are the APIs of nested stacks."""
    for arn in _invoked(found.properties):
        match arn.split(":", 5)[5].split("/"):
            case [api, _, _, _, *_] as parts:
                yield _named(given, found, api), *parts[1:]


def _serving(templates: Templates) -> Iterator[tuple[str, str]]:
    """The first segment of each route's path, and the route's API as the app's template calls it."""
    given = dict(given_apis(templates["app"]))
    for route in resources(templates, "AWS::ApiGatewayV2::Route"):
        yield route.properties["RouteKey"].split("/")[1], _named(given, route, text(route.properties["ApiId"]))


def _named(given: Mapping[str, str], found: Found, api: str) -> str:
    """An API as the app's template calls it: a nested stack calls its own by the parameter that it is given."""
    return f"${{{given[found.stack]}}}" if found.stack in given and api == f"${{{API_ID}}}" else api


def _function(templates: Templates, arn: Any) -> Found | None:
    """The function that an ARN names, or its alias where the ARN names one."""
    name, _, alias = text(arn).rpartition(":function:")[2].partition(":")
    function = next((one for one in resources(templates, "AWS::Lambda::Function") if one.properties["FunctionName"] == name), None)
    return _alias(templates, function, alias) if function and alias else function


def _alias(templates: Templates, function: Found, name: str) -> Found | None:
    aliases = (one for one in resources(templates, "AWS::Lambda::Alias") if one.stack == function.stack and one.properties["Name"] == name)
    return next((one for one in aliases if text(one.properties["FunctionName"]) == f"${{{function.logical_id}}}"), None)


def _permissions(templates: Templates, function: Found, principal: str) -> Iterator[Found]:
    names = (f"${{{function.logical_id}}}", function.properties["FunctionName"])
    for one in resources(templates, "AWS::Lambda::Permission"):
        if one.stack == function.stack and text(one.properties["FunctionName"]) in names and one.properties["Principal"] == principal:
            yield one


def _lets_in(permission: Found, path: str, integration: Mapping[str, Any]) -> bool:
    """`arn:...:API/STAGE/METHOD/PATH`; the wildcard of our permissions is in stage and method alone."""
    api = text(integration["Properties"]["ApiId"])
    source = text(permission.properties.get("SourceArn", "")).split(":", 5)[-1]
    stage_and_method = source.removesuffix(path).split("/")
    return source.endswith(path) and stage_and_method[0] == api and len(stage_and_method) == 3


def _invoked(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) <= {"Fn::Sub"}:
            yield from _invoked(text(value))
        else:
            for child in value.values():
                yield from _invoked(child)
    elif isinstance(value, list):
        for child in value:
            yield from _invoked(child)
    elif isinstance(value, str) and ":execute-api:" in value:
        yield value
