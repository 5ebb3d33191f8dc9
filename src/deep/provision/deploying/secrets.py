"""Secret parameters on their way to AWS Systems Manager: what a deploy puts there as SecureStrings, which only the functions that need them may read.

Values are the developer's own answers. They are in no template, bundle, log or stack parameter: functions know where each is kept, and ask.
"""

from __future__ import annotations

import json
from dataclasses import field
from typing import Any

from deep.frozen import dataclass
from deep.provision.release import Release

_TEXTS = ("string", "date", "file")
"""Types whose values are kept as they are; others as JSON (`deep.runtime.secrets` reads them so)."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A parameter's name in SSM and its value."""

    name: str
    value: str = field(repr=False)


def secrets_for(release: Release) -> tuple[Secret, ...]:
    """Of every microapplication, those that have a value."""
    return tuple(
        Secret(release.names.parameter(microapp.identifier, parameter.name), _text(parameter.type, parameter.value))
        for microapp in release.app.microapps
        for parameter in microapp.parameters
        if parameter.secret and parameter.value is not None
    )


def secret_arns(release: Release) -> tuple[str, ...]:
    """Where secrets of the app can be, with or without a value on this machine."""
    return tuple(
        release.names.parameter_arn(microapp.identifier, parameter.name)
        for microapp in release.app.microapps
        for parameter in microapp.parameters
        if parameter.secret
    )


def _text(kind: str, value: Any) -> str:
    return str(value) if kind in _TEXTS else json.dumps(value)
