"""Runs in the linters' environment: parliament and cloudsplaining. Lines of JSON in, lines out: `[document, ...]` -> `[[finding, ...], ...]`."""

from __future__ import annotations

import json
import sys
from typing import Any

from cloudsplaining.scan.policy_document import PolicyDocument
from parliament import analyze_policy_string

RISKS = (
    "infrastructure_modification",
    "allows_privilege_escalation",
    "permissions_management_without_constraints",
    "write_actions_without_constraints",
    "tagging_actions_without_constraints",
    "credentials_exposure",
    "allows_data_exfiltration_actions",
    "service_wildcard",
    "all_allowed_unrestricted_actions",
    "contains_statement_using_not_action",
)
"""What cloudsplaining looks for, by the names of its attributes. One that does not exist any more raises."""


def findings(document: dict[str, Any]) -> list[str]:
    analysed = analyze_policy_string(json.dumps(document))
    found = [f"parliament: {finding}" for finding in analysed.findings]
    if len(analysed.statements) != len(document["Statement"]):
        found.append("parliament: did not look at every statement")
    scanned = PolicyDocument(document)
    return found + [f"cloudsplaining: {risk}: {seen}" for risk in RISKS if (seen := getattr(scanned, risk))]


def main() -> None:
    for line in sys.stdin:
        try:
            answered: object = [findings(document) for document in json.loads(line)]
        except Exception as error:  # noqa: BLE001 - whatever it is, the test hears of it
            answered = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answered) + "\n")
        sys.stdout.flush()


main()
