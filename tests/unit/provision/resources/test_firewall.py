"""A firewall stands before an app that wants one, where CloudFront takes it from; anywhere else that is said in the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deep.bundle.target import Target
from deep.cost.asking import Question, answer
from deep.cost.standing import standing_of
from deep.errors import UsageError
from deep.model import App
from deep.provision.compiled import compile_release
from deep.provision.deployer.policy import deployer_documents
from deep.security.iam import Statement
from tests.fakes.apps import action_of, app_of
from tests.unit.provision.test_stacks import TARGET, release

ARN = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/6a2a1e1c-1b2c-4d5e-8f90-a1b2c3d4e5f6"
EUROPE = replace(TARGET, region="eu-west-1")


def behind(waf: bool | str) -> App:
    app = app_of(action_of("create"))
    return replace(app, property=replace(app.property, waf={"dev": waf}))


def root(app: App, target: Target = TARGET) -> Mapping[str, Any]:
    made: Mapping[str, Any] = compile_release(release(app, target)).templates["app"]["Resources"]
    return made


def web_acl_of(made: Mapping[str, Any]) -> Any:
    return made["Distribution"]["Properties"]["DistributionConfig"].get("WebACLId")


def rights(app: App, target: Target = TARGET) -> Statement | None:
    statements = [one for document in deployer_documents(compile_release(release(app, target))) for one in document.statements]
    return next((one for one in statements if one.sid == "WebAcls"), None)


def test_there_is_none_unless_the_environment_asks_for_it() -> None:
    for app, target in ((app_of(action_of("create")), TARGET), (behind(waf=True), replace(TARGET, env="test")), (behind(waf=False), EUROPE)):
        made = root(app, target)
        assert "WebAcl" not in made
        assert web_acl_of(made) is None
        assert rights(app, target) is None


def test_it_limits_what_one_address_may_ask_for_and_refuses_what_attacks_look_like() -> None:
    made = root(behind(waf=True))
    assert web_acl_of(made) == {"Fn::GetAtt": ["WebAcl", "Arn"]}
    properties = made["WebAcl"]["Properties"]
    assert (properties["Scope"], properties["DefaultAction"]) == ("CLOUDFRONT", {"Allow": {}})
    limit, common, bad = properties["Rules"]
    assert limit["Statement"]["RateBasedStatement"] == {"AggregateKeyType": "IP", "EvaluationWindowSec": 300, "Limit": 2000}
    assert limit["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429
    overridden = common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert overridden == [{"ActionToUse": {"Count": {}}, "Name": "SizeRestrictions_BODY"}]
    assert [rule["Priority"] for rule in (limit, common, bad)] == [0, 1, 2]
    assert all(rule["VisibilityConfig"]["CloudWatchMetricsEnabled"] for rule in (limit, common, bad, properties["Rules"][0]))


def test_elsewhere_than_where_cloudfront_takes_it_from_one_has_to_be_named() -> None:
    with pytest.raises(UsageError) as caught:
        root(behind(waf=True), EUROPE)
    problem = caught.value.problems[0]
    assert problem.code == "waf-region"
    assert '"waf": {"dev": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/..."}' in (problem.help or "")
    made = root(behind(ARN), EUROPE)
    assert web_acl_of(made) == ARN
    assert "WebAcl" not in made


def test_who_deploys_may_make_this_one_or_take_the_one_that_is_named() -> None:
    making, taking = rights(behind(waf=True)), rights(behind(ARN), EUROPE)
    assert making is not None
    assert "wafv2:CreateWebACL" in making.actions
    begin = "arn:aws:wafv2:us-east-1:123456789012:global"
    assert making.resources == (f"{begin}/managedruleset/*/*", f"{begin}/webacl/DeepDevc962e927-us-east-1/*")
    assert taking is not None
    assert (taking.actions, taking.resources) == (("wafv2:GetWebACL",), (ARN,))


@pytest.mark.parametrize(("waf", "standing_usd"), [(True, Decimal(8)), (ARN, Decimal(0))])
def test_its_price_is_told_to_the_cent(waf: bool | str, standing_usd: Decimal) -> None:
    """5 USD for the ACL, 1 for each of three rules, and 0.60 for a million requests, be the ACL the app's or another."""
    app = behind(waf)
    made = compile_release(release(app)).templates.values()
    standing = standing_of(resource for template in made for resource in template["Resources"].values())
    bill = answer(app, Question("busy", region="us-east-1", free="none"), date(2025, 8, 15), standing).bills[0]
    requests = sum(line.quantity for line in bill.lines if line.dimension == "cloudfront.requests")
    assert requests == Decimal("21.6")
    assert bill.by_service()["waf"].known == standing_usd + Decimal("12.96")
