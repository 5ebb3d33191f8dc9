"""What is deployed says the same as the local platform: headers and sharing, read back from the template. Threat D11: 12 of 12; parity 123."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from deep.bundle.cors import cors_rule
from deep.bundle.headers import security_headers
from deep.bundle.target import Target
from deep.model import App
from deep.provision.release import Package, release_of
from deep.provision.resources.api import http_apis
from deep.provision.resources.headers import MOST_CUSTOM, headers_config
from deep.provision.resources.site import site
from tests.fakes.apps import action_of, app_of

TARGET = Target("prod", "0badcafe", "us-east-1", "123456789012")
APP = app_of(action_of("create", methods=("POST", "PUT")), action_of("list", methods=("GET",)))


def sent(config: Mapping[str, Any]) -> dict[str, str]:
    """The headers that CloudFront sends for a policy, as its developer guide describes each part."""
    own = config["SecurityHeadersConfig"]
    made = {item["Header"]: item["Value"] for item in config.get("CustomHeadersConfig", {}).get("Items", ())}
    if "ContentSecurityPolicy" in own:
        made["content-security-policy"] = own["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if "ContentTypeOptions" in own:
        made["x-content-type-options"] = "nosniff"
    if "FrameOptions" in own:
        made["x-frame-options"] = own["FrameOptions"]["FrameOption"]
    if "ReferrerPolicy" in own:
        made["referrer-policy"] = own["ReferrerPolicy"]["ReferrerPolicy"]
    if "XSSProtection" in own:
        made["x-xss-protection"] = "1" if own["XSSProtection"]["Protection"] else "0"
    if "StrictTransportSecurity" in own:
        transport = own["StrictTransportSecurity"]
        words = [f"max-age={transport['AccessControlMaxAgeSec']}"]
        words += ["includeSubDomains"] * transport["IncludeSubdomains"] + ["preload"] * transport["Preload"]
        made["strict-transport-security"] = "; ".join(words)
    return made


def policies(app: App) -> dict[str, Mapping[str, Any]]:
    release = release_of(app, TARGET, {action.identifier: Package("x.zip") for action in app.actions})
    found = [resource for resource in site(release).resources if resource.type == "AWS::CloudFront::ResponseHeadersPolicy"]
    return {resource.logical_id: resource.properties["ResponseHeadersPolicyConfig"] for resource in found}


def test_pages_have_the_twelve_headers_and_answers_theirs() -> None:
    decided = security_headers(APP, TARGET)
    deployed = {name: sent(config) for name, config in policies(APP).items()}
    assert (len(decided.pages), deployed["ActionsHeaders"]) == (12, decided.api)
    assert deployed["PagesHeaders"].keys() == decided.pages.keys()
    policy, services = (
        "content-security-policy",
        " ".join(f"https://{name}.us-east-1.amazonaws.com" for name in ("cognito-identity", "cognito-idp", "lambda")),
    )
    assert deployed["PagesHeaders"] == {
        **decided.pages,
        policy: decided.pages[policy].replace("connect-src 'self'", f"connect-src 'self' {services}"),
    }


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1"])
def test_pages_may_call_the_services_of_their_region(region: str) -> None:
    release = release_of(APP, replace(TARGET, region=region), {action.identifier: Package("x.zip") for action in APP.actions})
    text = next(
        sent(resource.properties["ResponseHeadersPolicyConfig"]) for resource in site(release).resources if resource.logical_id == "PagesHeaders"
    )
    assert f"https://cognito-idp.{region}.amazonaws.com" in text["content-security-policy"]


def test_cloudfront_takes_them() -> None:
    """Six have a form of their own and are refused as custom headers; of the others a policy holds ten."""
    for config in policies(APP).values():
        custom = config.get("CustomHeadersConfig", {}).get("Items", [])
        assert len(custom) <= MOST_CUSTOM
        assert not {item["Header"] for item in custom} & {
            "content-security-policy",
            "strict-transport-security",
            "x-frame-options",
            "referrer-policy",
        }


@pytest.mark.parametrize("value", ["max-age=1", "max-age=63072000; includeSubDomains", "max-age=5; includeSubDomains; preload"])
def test_transport_security_is_taken_apart_and_back(value: str) -> None:
    assert sent(headers_config("x", {"strict-transport-security": value}, override=True)) == {"strict-transport-security": value}


def test_sharing_is_configured_whole_and_only_where_asked() -> None:
    release = release_of(APP, TARGET, {action.identifier: Package("x.zip") for action in APP.actions})
    (plain,) = [resource for resource in http_apis(release).resources if resource.type == "AWS::ApiGatewayV2::Api"]
    assert "CorsConfiguration" not in plain.properties
    shared = replace(APP, property=replace(APP.property, cors=("https://partner.example",)))
    release = release_of(shared, TARGET, {action.identifier: Package("x.zip") for action in shared.actions})
    (made,) = [resource for resource in http_apis(release).resources if resource.type == "AWS::ApiGatewayV2::Api"]
    cors, rule = made.properties["CorsConfiguration"], cors_rule(shared)
    assert rule is not None
    preflight = rule.preflight("https://partner.example")
    assert cors["AllowOrigins"] == [preflight["access-control-allow-origin"]]
    assert cors["AllowMethods"] == preflight["access-control-allow-methods"].split(",") == ["GET", "POST", "PUT"]
    assert cors["AllowHeaders"] == preflight["access-control-allow-headers"].split(",")
    assert cors["ExposeHeaders"] == rule.answer("https://partner.example")["access-control-expose-headers"].split(",")
    assert (cors["MaxAge"], "AllowCredentials" in cors) == (int(preflight["access-control-max-age"]), False)
