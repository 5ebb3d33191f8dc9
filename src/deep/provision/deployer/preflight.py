"""Whether whoever deploys has every right that the deploy will need, asked of IAM before the first call that changes something."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deep.errors import Problem, RefusedError
from deep.provision.cloud import Cloud
from deep.security.iam import Document

_REMEDY = "`deepify plan --deploy-policy` prints the policy that suffices"


def refuse_missing_rights(cloud: Cloud, documents: Sequence[Document], step: Callable[[str], None]) -> None:
    """Raises RefusedError with every action that is lacking, by what it is needed on. Where IAM may not be asked, that is told."""
    asked = [statement for document in documents for statement in document.statements]
    step("asking IAM whether this deploy has every right it needs")
    denied = cloud.denied(asked)
    if denied is None:
        step("rights were not checked: iam:SimulatePrincipalPolicy is not allowed")
        return
    by_resource: dict[str, list[str]] = {}
    for action, resource in denied:
        by_resource.setdefault(resource, []).append(action)
    if by_resource:
        raise RefusedError(
            *(
                Problem("missing-right", f"{', '.join(actions)} on {resource} is not allowed", help=_REMEDY)
                for resource, actions in by_resource.items()
            )
        )
