"""A certificate for the app's domain: found, or asked for and proved by a record in the domain's zone. CloudFront takes those of us-east-1 alone.

Every step looks whether it is done, so `deepify ssl enable` may be interrupted. Source: AWS Certificate Manager User Guide, "DNS validation".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.model.app import Ssl

REGION = "us-east-1"
LONGEST_WAIT_S = 900.0
POLL_S = 5.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and the names it is for. `proof` is the record, name to value, that shows the domain to be ours; empty while AWS makes it up."""

    arn: str
    status: str
    names: tuple[str, ...]
    proof: Mapping[str, str]

    def covers(self, domain: str) -> bool:
        return domain in self.names or f"*.{domain.partition('.')[2]}" in self.names


class Certificates(Protocol):
    """What enabling a domain needs of a cloud."""

    def certificates(self) -> tuple[Certificate, ...]: ...

    def request_certificate(self, domain: str) -> None:
        """Asks for one, proved by DNS. Doing it twice makes one."""

    def hosted_zones(self) -> Mapping[str, str]:
        """Public zones of the account: name without the last dot -> id."""

    def put_record(self, zone: str, name: str, value: str) -> None:
        """A CNAME of the zone, made or changed."""


def zone_of(domain: str, zones: Mapping[str, str]) -> str | None:
    """The id of the closest zone that the domain is in."""
    holding = [name for name in zones if domain == name or domain.endswith(f".{name}")]
    return zones[max(holding, key=len)] if holding else None


class Enabler:
    """Gets a domain its certificate. `step` is told what happens; `sleep` is the machine's own, but in tests."""

    def __init__(self, cloud: Certificates, step: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> None:
        self._cloud = cloud
        self._step = step
        self._sleep = sleep

    def enable(self, domain: str) -> Ssl:
        """Raises RefusedError with the record that somebody has to make where the zone is not in the account, or when AWS takes too long."""
        zone = zone_of(domain, self._cloud.hosted_zones())
        found = self._best(domain)
        if found is None:
            self._step(f"asking for a certificate for {domain}")
            self._cloud.request_certificate(domain)
        if found is None or found.status != "ISSUED":
            found = self._proved(domain, zone)
        return Ssl(domain, found.arn, zone)

    def _best(self, domain: str) -> Certificate | None:
        """An issued one before one that waits for its proof."""
        covering = [one for one in self._cloud.certificates() if one.covers(domain) and one.status in ("ISSUED", "PENDING_VALIDATION")]
        return min(covering, key=lambda one: (one.status != "ISSUED", one.arn), default=None)

    def _proved(self, domain: str, zone: str | None) -> Certificate:
        told: set[str] = set()
        for _ in range(int(LONGEST_WAIT_S / POLL_S)):
            found = self._best(domain)
            if found is not None and found.status == "ISSUED":
                return found
            for name, value in found.proof.items() if found else ():
                if zone is None:
                    raise _unproved(domain, name, value)
                if name not in told:
                    self._step(f"proving that {domain} is yours: {name} in its hosted zone")
                    self._cloud.put_record(zone, name, value)
                    told.add(name)
            self._sleep(POLL_S)
        help_ = "AWS goes on by itself; run the command again later"
        raise RefusedError(Problem("not-in-time", f"the certificate of {domain} was not issued after {LONGEST_WAIT_S / 60:.0f} minutes", help=help_))


def _unproved(domain: str, name: str, value: str) -> RefusedError:
    message = f"AWS has to see that {domain} is yours, and its zone is not in this account"
    return RefusedError(Problem("unproved-domain", message, help=f"make this record where the domain is kept, then run again: {name} CNAME {value}"))
