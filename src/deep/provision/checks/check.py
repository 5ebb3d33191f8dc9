"""All checks of an app's templates, made before anything is sent to AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deep.errors import Problem, RefusedError
from deep.provision.checks.access import grants_on_nothing, impossible_grants, wrong_roles
from deep.provision.checks.alarms import alarms_of_nothing, alarms_unheard
from deep.provision.checks.callers import requests_to_other_apis, routes_to_nowhere, schedules_to_nowhere, unknown_origins, unknown_stages
from deep.provision.checks.finding import Finding, Templates
from deep.provision.checks.references import names_borne_twice, parameters_not_given, unknown_references

CHECKS: tuple[Callable[[Templates], Iterator[Finding]], ...] = (
    unknown_references,
    parameters_not_given,
    names_borne_twice,
    routes_to_nowhere,
    schedules_to_nowhere,
    unknown_stages,
    unknown_origins,
    requests_to_other_apis,
    impossible_grants,
    grants_on_nothing,
    wrong_roles,
    alarms_of_nothing,
    alarms_unheard,
)


def findings(templates: Templates) -> tuple[Finding, ...]:
    """All that is wrong, sorted."""
    return tuple(sorted({finding for check in CHECKS for finding in check(templates)}))


def refuse_faults(templates: Templates) -> None:
    """Raises RefusedError with every finding. No app can cause one: names and references are DEEP's own."""
    found = findings(templates)
    if found:
        raise RefusedError(
            *(Problem("template-fault", str(one), help="nothing was changed; this is a mistake of DEEP's: please report it") for one in found)
        )
