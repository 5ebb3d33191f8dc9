"""`deeploy.json`: the web app as a whole. Without the file, defaults that stay the same from run to run; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deep.model.app import Microapp, Monitoring, Property, Quotas, Ssl
from deep.model.checks import complete
from deep.model.document import Document
from deep.model.formats import DEEPLOY
from deep.model.reading import Reading

FILE = "deeploy.json"
CREDENTIALS = ("accessKeyId", "secretAccessKey", "sessionToken")
LOCAL_ACCOUNT = "123456789012"
"""The account that names are made from until one is given; the original's own fallback, and AWS's account of documentation."""


def load_property(reading: Reading, path: Path) -> Property:
    """The property at `path`. Credentials in its file are never taken over; a warning asks to remove them."""
    found = reading.optional(path / FILE, DEEPLOY)
    if found is None:
        return _property(path, complete(DEEPLOY), is_generated=True)
    document, value = found
    _warn_of_credentials(reading, document)
    return _property(path, value, is_generated=False)


def check_keys(reading: Reading, property_: Property, microapps: Iterable[Microapp]) -> None:
    """Warns of actions that require a key when the property has none, for then nobody at all is let in."""
    for action in (action for microapp in microapps for action in microapp.actions):
        if action.key_required and not property_.api_keys:
            message = f"{action.identifier} requires an API key, and the property has none: every call is refused"
            reading.warn("no-api-key", message, action.place, "make one with `deepify key add NAME`, or take keyRequired away")


def generated_deeploy(path: Path) -> dict[str, str]:
    """What `deepify install` writes into a property that has no `deeploy.json`: the values that `load_property` assumes without it."""
    assumed = _property(path, complete(DEEPLOY), is_generated=True)
    return {"appName": assumed.app_name, "appIdentifier": assumed.app_identifier, "env": assumed.env}


def _property(path: Path, value: dict[str, Any], *, is_generated: bool) -> Property:
    identifier = value["appIdentifier"] or re.sub(r"[^a-z0-9]+", "-", path.name.lower()).strip("-")[:64] or "deep-app"
    account = value["awsAccountId"]
    return Property(
        path=path,
        app_name=value["appName"] or f"My Custom Web App {identifier}",
        app_identifier=identifier,
        env=value["env"],
        account_id=LOCAL_ACCOUNT if account is None else f"{int(account):012d}",
        region=value["aws"]["region"],
        domain=value["domain"],
        domain_aliases=tuple(value["domainAliases"]),
        api_alias=value["apiAlias"],
        api_version=value["apiVersion"],
        website=value["website"],
        hook_approvals=value["hooks"]["approved"],
        is_generated=is_generated,
        cors=tuple(value["cors"]),
        api_keys=value["apiKeys"],
        monitoring={env: _monitoring(told) for env, told in value["monitoring"].items()},
        waf=value["waf"],
        quotas=Quotas(value["quotas"]["routes"], value["quotas"]["cacheBehaviors"]),
        ssl={env: Ssl(told["domain"], told["certificate"], told["hostedZone"]) for env, told in value["ssl"].items()},
    )


def _monitoring(told: dict[str, Any]) -> Monitoring:
    alarms = told["alarms"]
    return Monitoring(told["dashboard"], alarms is not None, tuple(alarms["notify"]) if alarms else ())


def _warn_of_credentials(reading: Reading, document: Document) -> None:
    aws = document.value.get("aws")
    for key in CREDENTIALS:
        if isinstance(aws, dict) and key in aws:
            message = f'"{key}" is not read from this file: credentials come from the AWS chain (environment, profile, SSO)'
            help_ = "remove it here and from the file's history, and replace the key: it may have been seen"
            reading.warn("credential-in-file", message, document.key_place(("aws", key)), help_)
