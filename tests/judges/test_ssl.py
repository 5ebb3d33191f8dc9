"""A domain gets its certificate in an account that nobody here wrote, and is what the deployed app answers at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.judges.ministack import running_ministack

APPS = Path(__file__).parents[2] / "apps"
DEEPIFY = str(Path(sys.executable).with_name("deepify"))
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
DOMAIN = "hello.example.com"


def test_a_domain_is_enabled_deployed_and_disabled(tmp_path: Path) -> None:
    """Parity 26, 124."""
    app = Path(shutil.copytree(APPS / "hello-world", tmp_path / "hello", ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot")))
    with running_ministack(tmp_path) as account:

        def deepify(*arguments: str) -> Any:
            done = subprocess.run([DEEPIFY, *arguments, str(app), "--json"], env={**os.environ, **KEYS}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        there = ("--endpoint-url", account.url)
        zone = account.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"].rpartition("/")[2]
        enabled = deepify("ssl", "enable", "--domain", DOMAIN, *there)
        assert (enabled["domain"], enabled["hostedZone"]) == (DOMAIN, zone)
        assert deepify("ssl", "enable", "--domain", DOMAIN, *there) == enabled, "a second time there is nothing to ask for"
        assert len(account.client("acm").list_certificates()["CertificateSummaryList"]) == 1
        deepify("deploy", "--yes", *there)
        records = account.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        assert {record["Type"] for record in records if record["Name"].rstrip(".") == DOMAIN} == {"A", "AAAA"}
        assert deepify("ssl", "disable")["disabled"] == DOMAIN
        deepify("deploy", "--yes", *there)
        records = account.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        assert [record for record in records if record["Name"].rstrip(".") == DOMAIN] == []
