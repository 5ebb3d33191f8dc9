"""Amazon EventBridge: a rule for each action with a cron."""

from __future__ import annotations

import json

from deep.model import Action
from deep.provision.release import Release, logical
from deep.provision.resources.functions import entry_id, permission
from deep.provision.template import Fragment, Resource


def schedule(release: Release, action: Action) -> Fragment:
    """The rule that calls the action's function when its cron says so, and leave for that rule alone to call it."""
    if action.cron is None:
        return Fragment()
    rule_id = logical("Schedule", action.resource, action.name)
    name = release.names.function(action.identifier)
    target = {"Arn": release.names.entry_arn(action.identifier), "Id": "function"}
    if action.cron_payload is not None:
        target["Input"] = json.dumps(dict(action.cron_payload), sort_keys=True)
    rule = Resource(
        rule_id,
        "AWS::Events::Rule",
        {
            "Description": f"Runs {action.identifier}",
            "Name": name,
            "ScheduleExpression": f"cron({action.cron})",
            "State": "ENABLED",
            "Targets": [target],
        },
        depends_on=(entry_id(action),),
    )
    return Fragment((rule, permission(release, action, "events", release.names.rule_arn(name))))
