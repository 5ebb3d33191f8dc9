"""One distribution as CloudFront carries it out: which behaviour a path has, what its origin is sent, and what becomes of the answer.

What the configuration leaves open fails as it fails on AWS. A policy that is not known here is an error and not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

Headers = list[tuple[str, str]]

ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_OWN_FORMS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "ContentSecurityPolicy": lambda form: ("content-security-policy", form["ContentSecurityPolicy"]),
    "ContentTypeOptions": lambda _: ("x-content-type-options", "nosniff"),
    "FrameOptions": lambda form: ("x-frame-options", form["FrameOption"]),
    "ReferrerPolicy": lambda form: ("referrer-policy", form["ReferrerPolicy"]),
    "StrictTransportSecurity": lambda form: ("strict-transport-security", f"max-age={form['AccessControlMaxAgeSec']}"),
    "XSSProtection": lambda form: ("x-xss-protection", "1" if form["Protection"] else "0"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `target` is path and query as they were sent, header names are in lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    is_secure: bool

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names are in lower case."""

    status: int
    headers: Headers
    body: bytes


PassOn = Callable[[Asked], Answer]


class Distribution:
    """Reads the configuration anew for each request: what is deployed meanwhile counts at once."""

    def __init__(self, cloudfront: Any, identifier: str, pass_on: PassOn) -> None:
        self._cloudfront = cloudfront
        self._config = cloudfront.get_distribution_config(Id=identifier)["DistributionConfig"]
        self._pass_on = pass_on

    def answer(self, asked: Asked) -> Answer:
        behaviour = self._behaviour(asked.path)
        return _refused(behaviour, asked) or self._with_error_page(asked, self._fetch(behaviour, asked))

    def _behaviour(self, path: str) -> Mapping[str, Any]:
        """The first whose pattern the path matches; the default one has none."""
        listed = self._config.get("CacheBehaviors", {}).get("Items", ())
        return next((one for one in listed if _matches(one["PathPattern"], path)), self._config["DefaultCacheBehavior"])

    def _fetch(self, behaviour: Mapping[str, Any], asked: Asked) -> Answer:
        origin = next((one for one in self._config["Origins"]["Items"] if one["Id"] == behaviour["TargetOriginId"]), None)
        if origin is None:
            return _error(502)
        if "S3OriginConfig" in origin:
            return self._pass_on(replace(asked, headers={**asked.headers, "x-forwarded-proto": "https"}))
        answer = self._pass_on(_for_origin(behaviour, origin, asked))
        return replace(answer, headers=self._headers(behaviour.get("ResponseHeadersPolicyId"), answer.headers))

    def _headers(self, policy: str | None, sent: Headers) -> Headers:
        if policy is None:
            return sent
        found = self._cloudfront.get_response_headers_policy(Id=policy)["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
        for name, value, override in _policy_headers(found):
            has_it = name in dict(sent)
            if override or not has_it:
                sent = [*((known, kept) for known, kept in sent if known != name), (name, value)]
        return sent

    def _with_error_page(self, asked: Asked, answer: Answer) -> Answer:
        """Error pages are of the whole distribution, whichever origin failed."""
        listed = self._config.get("CustomErrorResponses", {}).get("Items", ())
        page = next((one for one in listed if one["ErrorCode"] == answer.status and one.get("ResponsePagePath")), None)
        if page is None:
            return answer
        path = page["ResponsePagePath"]
        shown = self._fetch(self._behaviour(path), replace(asked, method="GET", target=path, body=b""))
        return replace(shown, status=int(page["ResponseCode"]))


def _matches(pattern: str, path: str) -> bool:
    """`*` is any characters, `?` one; case counts, and a leading slash may be left out."""
    told = re.escape("/" + pattern.removeprefix("/")).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(told, path, re.DOTALL) is not None


def _refused(behaviour: Mapping[str, Any], asked: Asked) -> Answer | None:
    if not asked.is_secure and behaviour["ViewerProtocolPolicy"] == "redirect-to-https":
        return Answer(301, [("location", f"https://{asked.host}{asked.target}")], b"")
    insecure = not asked.is_secure and behaviour["ViewerProtocolPolicy"] == "https-only"
    bodied_get = asked.method == "GET" and bool(asked.body)
    refused = insecure or bodied_get or asked.method not in behaviour["AllowedMethods"]["Items"]
    return _error(403) if refused else None


def _for_origin(behaviour: Mapping[str, Any], origin: Mapping[str, Any], asked: Asked) -> Asked:
    """The origin's own name as host; of the viewer's headers and query what the origin request policy lets through, which is nothing without one."""
    policy = behaviour.get("OriginRequestPolicyId")
    if policy not in (None, ALL_VIEWER_EXCEPT_HOST):
        raise NotImplementedError(f"the edge does not know the origin request policy {policy}")
    host = origin["DomainName"]
    target = origin.get("OriginPath", "") + asked.target
    if policy is None:
        kept = {name: value for name, value in asked.headers.items() if name.startswith("content-")}
        return replace(asked, host=host, target=target.partition("?")[0], headers=kept)
    return replace(asked, host=host, target=target)


def _policy_headers(config: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Name, value, and whether it wins over what the origin sent."""
    own = config.get("SecurityHeadersConfig", {})
    custom = config.get("CustomHeadersConfig", {}).get("Items", ())
    told = [(*make(own[form]), bool(own[form]["Override"])) for form, make in _OWN_FORMS.items() if form in own]
    return told + [(one["Header"].lower(), one["Value"], one["Override"]) for one in custom]


def _error(status: int) -> Answer:
    return Answer(status, [("content-type", "text/html"), ("x-cache", "Error from cloudfront")], b"ERROR: The request could not be satisfied")
