"""A domain of one's own: its certificate, what is noted of it, and what becomes of that in the templates."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from deep.bundle.target import Target
from deep.errors import RefusedError
from deep.model import load_app
from deep.model.app import App, Ssl
from deep.provision.account.ssl import Certificate, Enabler, zone_of
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployed
from deep.provision.planning.plan import plan
from deep.provision.release import Package, Release, release_of
from deep.provision.stacks import compile_stacks
from deep.wiring.ssl import disable_ssl

TODO = Path(__file__).parents[4] / "apps" / "todo"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0badcafe"
DOMAIN = "todo.example.com"
ZONES = {"example.com": "Z1", "example.org": "Z2"}


class Names:
    """A cloud whose certificates are issued once their proof was written."""

    def __init__(self, *certificates: Certificate, zones: Mapping[str, str] = ZONES) -> None:
        self.made = list(certificates)
        self.zones = zones
        self.asked: list[str] = []

    def certificates(self) -> tuple[Certificate, ...]:
        return tuple(self.made)

    def request_certificate(self, domain: str) -> None:
        self.asked.append(domain)
        self.made.append(Certificate(ARN, "PENDING_VALIDATION", (domain,), {f"_proof.{domain}.": "_value."}))

    def hosted_zones(self) -> Mapping[str, str]:
        return self.zones

    def put_record(self, zone: str, name: str, value: str) -> None:
        self.asked.append(f"{zone} {name} {value}")
        self.made = [replace(one, status="ISSUED") for one in self.made]


def enable(names: Names) -> Ssl:
    return Enabler(names, lambda text: None, lambda seconds: None).enable(DOMAIN)


def release(ssl: Ssl | None, app: App | None = None) -> Release:
    app = app or load_app(TODO, environ={})
    app = replace(app, property=replace(app.property, ssl={"prod": ssl} if ssl else {}))
    target = Target("prod", "0badcafe", "us-east-1", "123456789012")
    return release_of(app, target, {action.identifier: Package(f"functions/{action.name}.zip") for action in app.actions})


def test_an_issued_certificate_is_used_as_it_is() -> None:
    """Parity 26."""
    wildcard = Certificate(ARN, "ISSUED", ("*.example.com",), {})
    waiting = Certificate("arn:0", "PENDING_VALIDATION", (DOMAIN,), {})
    names = Names(waiting, wildcard, Certificate("arn:1", "ISSUED", ("example.com",), {}))
    assert enable(names) == Ssl(DOMAIN, ARN, "Z1")
    assert names.asked == []


def test_one_is_asked_for_and_proved_in_the_zone() -> None:
    """Parity 26, 124."""
    names = Names()
    assert enable(names) == Ssl(DOMAIN, ARN, "Z1")
    assert names.asked == [DOMAIN, f"Z1 _proof.{DOMAIN}. _value."]


def test_interrupted_it_goes_on_with_the_one_it_asked_for() -> None:
    names = Names()
    names.request_certificate(DOMAIN)
    enable(names)
    assert names.asked.count(DOMAIN) == 1


def test_without_the_zone_it_says_which_record_to_make() -> None:
    with pytest.raises(RefusedError) as refused:
        enable(Names(zones={"example.org": "Z2"}))
    (problem,) = refused.value.problems
    assert (problem.code, f"_proof.{DOMAIN}. CNAME _value." in (problem.help or "")) == ("unproved-domain", True)


def test_the_closest_zone_is_taken() -> None:
    zones = {"example.com": "Z1", "a.example.com": "Z2", "xample.com": "Z3"}
    assert [zone_of(name, zones) for name in ("b.a.example.com", "a.example.com", "b.example.com", "notexample.com")] == ["Z2", "Z2", "Z1", None]


def test_the_distribution_answers_at_the_domain_and_records_lead_there() -> None:
    """Parity 124."""
    resources = compile_stacks(release(Ssl(DOMAIN, ARN, "Z1"))).app.template.as_json()["Resources"]
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    assert config["Aliases"] == [DOMAIN]
    assert config["ViewerCertificate"] == {"AcmCertificateArn": ARN, "MinimumProtocolVersion": "TLSv1.2_2021", "SslSupportMethod": "sni-only"}
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    records = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Route53::RecordSet"]
    assert sorted(record["Type"] for record in records) == ["A", "AAAA"]
    assert {(record["Name"], record["HostedZoneId"], record["AliasTarget"]["HostedZoneId"]) for record in records} == {
        (DOMAIN, "Z1", "Z2FDTNDATAQYW2")
    }


def test_the_app_is_opened_at_the_domain_and_the_distribution_is_told_beside_it() -> None:
    """Parity 124."""
    assert compile_stacks(release(Ssl(DOMAIN, ARN))).app.template.outputs["Address"] == f"https://{DOMAIN}"
    assert compile_stacks(release(None)).app.template.outputs["Address"] == {"Fn::Sub": "https://${Distribution.DomainName}"}
    own = Deployed({"Address": "https://d1.cloudfront.net", "SiteDomain": "d1.cloudfront.net"}, 0)
    assert (own.url, own.text) == ("https://d1.cloudfront.net", "CloudFront Distribution: https://d1.cloudfront.net")
    named = replace(own, outputs={**own.outputs, "Address": f"https://{DOMAIN}"})
    assert (named.url, named.text.splitlines()[1:]) == (f"https://{DOMAIN}", [f"Domain: https://{DOMAIN}"])


def test_a_zone_elsewhere_has_no_records_of_ours() -> None:
    resources = compile_stacks(release(Ssl(DOMAIN, ARN))).app.template.as_json()["Resources"].values()
    assert not any(one["Type"] == "AWS::Route53::RecordSet" for one in resources)


def test_the_plan_shows_it_coming_and_going() -> None:
    plain, named = release(None), release(Ssl(DOMAIN, ARN, "Z1"))
    coming = {(change.logical_id, change.doing) for change in plan(compile_release(named), compile_release(plain).templates).changes}
    going = {(change.logical_id, change.doing) for change in plan(compile_release(plain), compile_release(named).templates).changes}
    assert coming == {("Distribution", "update"), ("DomainA", "create"), ("DomainAaaa", "create")}
    assert going == {("Distribution", "update"), ("DomainA", "delete"), ("DomainAaaa", "delete")}


def test_other_environments_keep_their_own_address() -> None:
    staged = release(Ssl(DOMAIN, ARN, "Z1"))
    staged = replace(staged, target=replace(staged.target, env="stage"))
    assert compile_stacks(staged).app.template.text() == compile_stacks(replace(release(None), target=staged.target)).app.template.text()


def test_disabling_forgets_the_domain_and_nothing_else(tmp_path: Path) -> None:
    """Parity 26."""
    shutil.copytree(TODO, tmp_path / "todo", ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot", "Frontend"))
    path = tmp_path / "todo" / "deeploy.json"
    before = json.loads(path.read_text())
    path.write_text(json.dumps({**before, "ssl": {"dev": {"domain": DOMAIN, "certificate": ARN}}}))
    assert load_app(tmp_path / "todo").property.ssl == {"dev": Ssl(DOMAIN, ARN)}
    assert (disable_ssl(tmp_path / "todo", "prod"), disable_ssl(tmp_path / "todo", None)) == (None, DOMAIN)
    assert json.loads(path.read_text()) == before
    assert disable_ssl(tmp_path / "todo", None) is None
