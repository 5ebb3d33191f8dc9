"""The edge does what a configuration says, and not what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.judges.distribution import ALL_VIEWER_EXCEPT_HOST, Answer, Asked, Distribution

PAGES = {"TargetOriginId": "pages", "AllowedMethods": {"Items": ["GET", "HEAD"]}, "ViewerProtocolPolicy": "redirect-to-https"}
ACTIONS = {
    "PathPattern": "/todo/*/*",
    "TargetOriginId": "actions",
    "AllowedMethods": {"Items": ["GET", "POST"]},
    "ViewerProtocolPolicy": "https-only",
    "OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST,
    "ResponseHeadersPolicyId": "headers",
}
ORIGINS = {"Items": [{"Id": "pages", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {}}, {"Id": "actions", "DomainName": "a.execute-api"}]}
POLICY = {
    "SecurityHeadersConfig": {"FrameOptions": {"FrameOption": "DENY", "Override": False}, "ContentTypeOptions": {"Override": True}},
    "CustomHeadersConfig": {"Items": [{"Header": "X-Mine", "Value": "1", "Override": True}]},
}


class Cloudfront:
    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    def get_distribution_config(self, **_: str) -> dict[str, Any]:
        return {"DistributionConfig": self._config}

    def get_response_headers_policy(self, **_: str) -> dict[str, Any]:
        return {"ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": POLICY}}


def asked(path: str, method: str = "GET", **others: Any) -> Asked:
    return Asked(**{"method": method, "host": "d.cloudfront.net", "target": path, "headers": {"x": "y"}, "body": b"", "is_secure": True, **others})


def answer(request: Asked, **config: Any) -> tuple[Answer, list[Asked]]:
    """Of a distribution whose origins say 200 to all but `/gone`; and what they were asked."""
    seen: list[Asked] = []

    def pass_on(passed: Asked) -> Answer:
        seen.append(passed)
        return Answer(404 if passed.path == "/gone" else 200, [("x-frame-options", "SAMEORIGIN"), ("x-mine", "0")], passed.path.encode())

    whole = {"DefaultCacheBehavior": PAGES, "CacheBehaviors": {"Items": [ACTIONS]}, "Origins": ORIGINS, **config}
    return Distribution(Cloudfront(whole), "E1", pass_on).answer(request), seen


def test_the_first_behaviour_that_matches_decides_where_a_request_goes() -> None:
    assert [one.host for one in answer(asked("/todo/task/create"))[1]] == ["a.execute-api"]
    assert [one.host for one in answer(asked("/todo/task"))[1]] == ["d.cloudfront.net"], "pages are fetched through the emulator's own CloudFront"
    assert [one.host for one in answer(asked("/todo/task/create"), CacheBehaviors={})[1]] == ["d.cloudfront.net"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (asked("/", "POST"), 403),
        (asked("/todo/task/create", "PUT"), 403),
        (asked("/todo/task/create", body=b"x"), 403),
        (asked("/todo/task/create", is_secure=False), 403),
        (asked("/", is_secure=False), 301),
    ],
)
def test_methods_and_protocols_are_those_of_the_behaviour(request_: Asked, status: int) -> None:
    told, seen = answer(request_)
    assert (told.status, seen) == (status, [])


def test_an_origin_that_is_not_there_is_an_error() -> None:
    told, seen = answer(asked("/todo/task/create"), CacheBehaviors={"Items": [{**ACTIONS, "TargetOriginId": "action"}]})
    assert (told.status, seen) == (502, [])


def test_without_a_policy_an_origin_sees_neither_query_nor_headers() -> None:
    request = asked("/todo/task/create?Id=1", headers={"authorization": "x", "content-type": "text/plain"})
    without = {name: value for name, value in ACTIONS.items() if name != "OriginRequestPolicyId"}
    (whole,), (bare,) = answer(request)[1], answer(request, CacheBehaviors={"Items": [without]})[1]
    assert (whole.target, "authorization" in whole.headers) == ("/todo/task/create?Id=1", True)
    assert (bare.target, bare.headers) == ("/todo/task/create", {"content-type": "text/plain"})
    with pytest.raises(NotImplementedError):
        answer(request, CacheBehaviors={"Items": [{**ACTIONS, "OriginRequestPolicyId": "another"}]})


def test_headers_are_added_and_win_only_where_the_policy_says_so() -> None:
    headers = dict(answer(asked("/todo/task/create"))[0].headers)
    assert headers == {"x-frame-options": "SAMEORIGIN", "x-content-type-options": "nosniff", "x-mine": "1"}


def test_error_pages_are_of_all_origins() -> None:
    page = {"Items": [{"ErrorCode": 404, "ResponsePagePath": "/404.html", "ResponseCode": "404"}]}
    told, seen = answer(asked("/gone"), CustomErrorResponses=page)
    assert (told.status, told.body, len(seen)) == (404, b"/404.html", 2)
