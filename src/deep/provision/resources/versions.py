"""Versions of functions, and the alias that everybody calls: the API, schedules, pages and other functions. It leads to the version that answers.

A version's logical id is made of what it is a version of, so that a change makes another one and nothing else does: Lambda publishes no version of
what did not change. Source: AWS Lambda Developer Guide, "Manage Lambda function versions" and "Implement canary deployments using a weighted alias".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from deep.model import Action
from deep.names import ALIAS
from deep.provision.release import Release, logical
from deep.provision.resources.functions import entry_id, function_id, lambda_function
from deep.provision.template import Fragment, Resource, plain, ref

ALIAS_TYPE = "AWS::Lambda::Alias"
VERSION_TYPE = "AWS::Lambda::Version"
_UNVERSIONED = frozenset({"Tags", "ReservedConcurrentExecutions"})
"""Properties of a function that its versions do not have."""


def versions(release: Release, action: Action) -> Fragment:
    """The version of the action's function, and the alias that leads to it."""
    properties = {name: value for name, value in lambda_function(release, action).properties.items() if name not in _UNVERSIONED}
    digest = sha256(json.dumps(plain(properties), sort_keys=True).encode()).hexdigest()[:12]
    version = Resource(logical("Version", action.resource, action.name, digest), VERSION_TYPE, {"FunctionName": ref(function_id(action))})
    told = {"FunctionName": ref(function_id(action)), "FunctionVersion": version_number(version.logical_id), "Name": ALIAS}
    return Fragment((version, Resource(entry_id(action), ALIAS_TYPE, told)))


def version_number(version_id: str) -> dict[str, Any]:
    """The last part of the version's ARN. Emulators lose `Fn::GetAtt` of a version that an update leaves as it is, so it is read off the ARN."""
    return {"Fn::Select": [7, {"Fn::Split": [":", ref(version_id)]}]}


def version_of(alias: Mapping[str, Any]) -> str:
    """The logical id of the version that an alias's properties lead to."""
    return str(alias["FunctionVersion"]["Fn::Select"][1]["Fn::Split"][1]["Ref"])
