"""What costs money whether anybody comes or not: tables, files, logs that are kept, and what a deploy sets up besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from deep.cost.load import Load
from deep.cost.units import Owner, Tally, Units, Usage, totals
from deep.frozen import dataclass
from deep.model import App, Model
from deep.wire.migrations import RECORD

HOURS = 730
"""A month, as AWS's own calculators have it."""
ITEM_OVERHEAD_BYTES = 100
"""What DynamoDB's storage counts for each item, in the table and in each index, beside its attributes."""
CACHE_BYTES = 100 * 1024 * 1024
"""The least that a serverless Valkey cache is billed for."""
KEPT_LOG_PERCENT = 15
"""Kept logs are compressed; AWS bills what is left, and reckons with this much of what was written."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a deploy sets up beside what the app declares, counted over the whole app. `is_recoverable`: tables can be set back by up to 35 days.

    `alarms` are counted by the metrics that they watch; `inspected` are distributions with a web ACL, be it the app's or another.
    """

    is_recoverable: bool = True
    alarms: int = 0
    dashboards: int = 0
    web_acls: int = 0
    waf_rules: int = 0
    inspected: int = 0
    caches: int = 0
    nat_gateways: int = 0
    secrets: int = 0
    certificates: int = 0

    def counted(self) -> tuple[Units, ...]:
        """A month of it."""
        return (
            Units("cloudwatch", "alarms", self.alarms),
            Units("cloudwatch", "dashboards", self.dashboards),
            Units("waf", "acls", self.web_acls),
            Units("waf", "rules", self.waf_rules),
            Units("elasticache", "storage", self.caches * CACHE_BYTES * HOURS),
            Units("nat", "hours", self.nat_gateways * HOURS),
            Units("nat", "addresses", self.nat_gateways * HOURS),
            Units("secrets", "secrets", self.secrets),
            Units("acm", "certificates", self.certificates),
        )


_COUNTED = {
    "AWS::CloudWatch::Dashboard": "dashboards",
    "AWS::ElastiCache::ServerlessCache": "caches",
    "AWS::EC2::NatGateway": "nat_gateways",
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::CertificateManager::Certificate": "certificates",
}


def standing_of(resources: Iterable[Mapping[str, Any]]) -> Standing:
    """What stands there by the resources of CloudFormation's templates; those that cost by use alone do not count.

    An alarm costs by the metrics that it watches (Amazon CloudWatch pricing, "Standard resolution alarms").
    """
    counted: Counter[str] = Counter()
    for resource in resources:
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::CloudWatch::Alarm":
                counted["alarms"] += sum("MetricStat" in one for one in properties.get("Metrics", ())) or 1
            case "AWS::CloudFront::Distribution" if "WebACLId" in properties["DistributionConfig"]:
                counted["inspected"] += 1
            case "AWS::WAFv2::WebACL":
                counted["web_acls"] += 1
                counted["waf_rules"] += len(properties.get("Rules", ()))
            case type_ if type_ in _COUNTED:
                counted[_COUNTED[type_]] += 1
            case _:
                pass
    numbers: dict[str, Any] = counted
    return replace(Standing(), **numbers)


def with_standing(app: App, load: Load, standing: Standing, happened: Usage) -> Usage:
    """`happened` and what stands beside it for a month."""
    tally, root = Tally(), Owner(app.root.identifier)
    for owner, units in happened.items():
        tally.add(owner, units)
        tally.add(owner, _kept_logs(units, load))
    for model in app.models:
        if model.name == RECORD:  # a row for each migration costs nothing that one could name
            continue
        tally.add(_owner(app, model), _table(model, load, standing))
    tally.add(root, standing.counted())
    tally.add(root, _site(load))
    tally.add(root, [Units("waf", "requests", totals(happened).get("cloudfront.requests", 0) * standing.inspected)])
    for microapp in app.microapps:
        secret = sum(parameter.secret and parameter.value is not None for parameter in microapp.parameters)
        tally.add(Owner(microapp.identifier), [Units("ssm", "parameters", secret)])
    return tally.usage()


def _table(model: Model, load: Load, standing: Standing) -> Iterator[Units]:
    """Indexes hold whole items, so each is a table more; backups are of the table alone."""
    stored = load.items_per_table * (load.item_bytes + ITEM_OVERHEAD_BYTES)
    yield Units("dynamodb", "storage", stored * (1 + len(model.indexes)))
    if standing.is_recoverable:
        yield Units("dynamodb", "pitr", stored)


def _owner(app: App, model: Model) -> Owner:
    """The first microapplication that declares the model; a table is one, however many do."""
    return next(Owner(microapp.identifier) for microapp in app.microapps if any(one.name == model.name for one in microapp.models))


def _kept_logs(units: tuple[Units, ...], load: Load) -> Iterator[Units]:
    written = sum(one.quantity for one in units if one.key == "logs.ingested")
    yield Units("logs", "stored", written * load.log_retention_days * KEPT_LOG_PERCENT // 3000)


def _site(load: Load) -> tuple[Units, ...]:
    return (Units("s3", "storage", load.site_bytes),)
