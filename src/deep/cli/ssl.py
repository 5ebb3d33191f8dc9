"""`deepify ssl enable|disable`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen


@click.group("ssl", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """Let the web app answer at a domain of your own. The next deploy takes it into use, and its plan shows it."""


@command.command("enable", cls=ExamplesCommand)
@_options.path
@_options.domain
@_options.env
@_options.account
@_options.everywhere
@click.pass_obj
def enable(screen: Screen, /, path: Path, domain: str | None, **options: Any) -> None:
    """Find the domain's certificate in your account, or get one, and note it in deeploy.json."""
    from deep.wiring.account import where
    from deep.wiring.ssl import enable_ssl

    found = enable_ssl(path, where(options), domain, screen.step)
    told = {"domain": found.domain, "certificate": found.certificate, "hostedZone": found.hosted_zone}
    screen.result(f"{found.domain} has the certificate {found.certificate}", told)
    by_hand = "" if found.hosted_zone else f"; then make {found.domain} a CNAME of the address that it tells"
    screen.note(f"next: deepify deploy{by_hand}")


@command.command("disable", cls=ExamplesCommand)
@_options.path
@_options.env
@_options.everywhere
@click.pass_obj
def disable(screen: Screen, path: Path, env: str | None) -> None:
    """Forget the domain: from the next deploy on the web app answers at CloudFront's own address alone."""
    from deep.wiring.ssl import disable_ssl

    gone = disable_ssl(path, env)
    screen.result(f"forgot {gone}" if gone else "there was no domain", {"disabled": gone})
