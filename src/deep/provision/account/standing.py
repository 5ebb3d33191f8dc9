"""What stands: the templates that an app is deployed with, read from the account, or from the note that the last deploy from here left.

The note is a convenience for plans without a network. Nothing depends on it: a deploy asks the account.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.bundle.cache_folder import keep

if TYPE_CHECKING:
    from deep.provision.account.cloud import Cloud
    from deep.provision.changes import Templates
    from deep.provision.release import Release


def standing_templates(cloud: Cloud, release: Release) -> Templates:
    """The templates of the release's app as the account has them, by the names of `changes.Templates`; {} when nothing is deployed."""
    found: dict[str, Any] = {}
    for kind, name in (("store", f"{release.stem}-store"), ("data", f"{release.stem}-data"), ("app", release.stem)):
        state = cloud.stack(name)
        if state is not None and not state.is_stillborn and state.status != "REVIEW_IN_PROGRESS":
            found[kind] = json.loads(cloud.template(name))
    return {**found, **(nested_templates(cloud, release.stem) if "app" in found else {})}


def nested_templates(cloud: Cloud, stack: str) -> Templates:
    """The templates of the stacks nested in a stack, by their logical ids."""
    return {logical_id: json.loads(cloud.template(name)) for logical_id, name in cloud.nested(stack).items()}


def raised_alarms(cloud: Cloud, stack: str) -> tuple[str, ...]:
    """The names of those alarms of a stack that are raised now, sorted."""
    resources = json.loads(cloud.template(stack))["Resources"].values()
    names = [one["Properties"]["AlarmName"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    return tuple(sorted(cloud.raised(names))) if names else ()


def write_note(path: Path, templates: Templates) -> None:
    """Leaves the note of what was deployed; whole or not at all."""
    keep(path, json.dumps(templates, sort_keys=True).encode())


def read_note(path: Path) -> Templates | None:
    """What the last deploy from here left; None without a readable note."""
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else None
    return None
