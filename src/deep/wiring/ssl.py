"""`deepify ssl`: a domain of one's own for an environment, noted in deeploy.json; the next deploy takes it into use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import Problem, UsageError
from deep.packages.deeploy import FILE_NAME, read_deeploy, write_deeploy
from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.model import App
    from deep.model.app import Ssl
    from deep.wiring.account import Where

FIELD = "ssl"


def enable_ssl(project: Path, place: Where, domain: str | None, progress: Callable[[str], None]) -> Ssl:
    """Finds or gets the domain's certificate and notes it. Raises UsageError without a domain, RefusedError when it is not proved to be ours."""
    from deep.provision.account.certificates import AwsNames
    from deep.provision.account.ssl import Enabler

    app = app_of(project)
    wanted = domain or app.property.domain
    if wanted is None:
        raise UsageError(Problem("no-domain", f"{FILE_NAME} names no domain", help="name one: deepify ssl enable --domain app.example.com"))
    found = Enabler(AwsNames(endpoint_url=place.endpoint_url, profile=place.profile), progress).enable(wanted)
    told = {"domain": found.domain, "certificate": found.certificate, **({"hostedZone": found.hosted_zone} if found.hosted_zone else {})}
    _note(app, {**_noted(app), place.env or app.property.env: told})
    return found


def disable_ssl(project: Path, env: str | None) -> str | None:
    """Forgets the environment's domain, and answers which it was. The certificate stays in the account: it costs nothing."""

    app = app_of(project)
    noted = _noted(app)
    gone = noted.pop(env or app.property.env, None)
    if gone is None:
        return None
    _note(app, noted)
    return str(gone["domain"])


def _noted(app: App) -> dict[str, Any]:
    return dict(read_deeploy(app.path).get(FIELD, {}))


def _note(app: App, ssl: dict[str, Any]) -> None:
    from deep.model.property import generated_deeploy

    document = read_deeploy(app.path) or generated_deeploy(app.path)
    write_deeploy(app.path, {**document, FIELD: ssl} if ssl else {key: value for key, value in document.items() if key != FIELD})
