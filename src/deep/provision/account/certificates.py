"""AWS Certificate Manager and Amazon Route 53, as `Certificates`: certificates of CloudFront's region, and zones, which have none."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from deep.provision.account.calls import Calls
from deep.provision.account.ssl import REGION, Certificate

RECORD_TTL_S = 300


class AwsNames(Calls):
    """An account's names. `endpoint_url` and `profile` are those of `Calls`."""

    def __init__(self, *, endpoint_url: str | None = None, profile: str | None = None) -> None:
        super().__init__(REGION, endpoint_url=endpoint_url, profile=profile)

    def certificates(self) -> tuple[Certificate, ...]:
        listed = self._listed("acm", "list_certificates", "CertificateSummaryList", CertificateStatuses=["ISSUED", "PENDING_VALIDATION"])
        return tuple(_certificate(self._call("acm", "describe_certificate", CertificateArn=one["CertificateArn"])["Certificate"]) for one in listed)

    def request_certificate(self, domain: str) -> None:
        token = sha256(domain.encode()).hexdigest()[:32]
        self._call("acm", "request_certificate", DomainName=domain, ValidationMethod="DNS", IdempotencyToken=token)

    def hosted_zones(self) -> Mapping[str, str]:
        zones = self._listed("route53", "list_hosted_zones", "HostedZones")
        return {one["Name"].rstrip("."): one["Id"].rpartition("/")[2] for one in zones if not one.get("Config", {}).get("PrivateZone")}

    def put_record(self, zone: str, name: str, value: str) -> None:
        record = {"Name": name, "ResourceRecords": [{"Value": value}], "TTL": RECORD_TTL_S, "Type": "CNAME"}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        self._call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=batch)


def _certificate(told: Mapping[str, Any]) -> Certificate:
    records = [one["ResourceRecord"] for one in told.get("DomainValidationOptions", ()) if one.get("ResourceRecord")]
    names = (told["DomainName"], *told.get("SubjectAlternativeNames", ()))
    return Certificate(told["CertificateArn"], told["Status"], names, {record["Name"]: record["Value"] for record in records})
