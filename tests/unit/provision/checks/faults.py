"""One-line faults in the templates of a small app: what a slip in `provision/resources` would send to AWS."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from deep.bundle.target import Target
from deep.model import Model, Role, Statement, Uses
from deep.model.app import Quotas
from deep.provision.changes import Templates
from deep.provision.compiled import compile_release
from deep.provision.release import Package, release_of
from tests.fakes.apps import HERE, action_of, app_of, beside, opted_in

GONE = object()
"""In place of a value: there is none."""
APP, NESTED, DATA = "app", "MicroappDeepTodo", "data"
_REGION, _ACCOUNT, _HASH = "us-east-1", "123456789012", "c962e927"
_FUNCTION = f"arn:aws:lambda:{_REGION}:{_ACCOUNT}:function:"


@dataclass(frozen=True, slots=True)
class Fault:
    """In `stack`, the resource's value at `path` (steps by `/`) is `value` instead. `found` is a part of what the check says."""

    stack: str
    path: str
    value: Any
    found: str

    def made_in(self, templates: Mapping[str, Any]) -> dict[str, Any]:
        """Templates with this fault and no other. Raises KeyError where the path leads nowhere."""
        faulty: dict[str, Any] = copy.deepcopy(dict(templates))
        *steps, last = [int(step) if step.isdigit() else step.replace("|", "/") for step in self.path.split("/")]
        place: Any = faulty[self.stack]["Resources"]
        for step in steps:
            place = place[step]
        if self.value is GONE:
            del place[last]
        else:
            place[last]  # a slip changes what is there
            place[last] = self.value
        return faulty


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


_CREATE = "FunctionTaskCreate/Properties"
_PERMISSION = "ApigatewayPermissionTaskCreate"
_SOURCE = f"arn:aws:execute-api:{_REGION}:{_ACCOUNT}:${{Api}}"
_GRANTED = "RoleTaskCreate/Properties/Policies/0/PolicyDocument/Statement"
_VISITOR = "IdentityRoleUnauthenticated/Properties/Policies/0/PolicyDocument/Statement"
_EDGE = "Distribution/Properties/DistributionConfig"

FAULTS: Mapping[str, Fault] = {
    "Ref of nothing": Fault(NESTED, f"{_CREATE}/Code/S3Bucket", {"Ref": "ArtefactsBucket"}, "refers to ArtefactsBucket"),
    "GetAtt of nothing": Fault(APP, "ApiStage/Properties/AccessLogSettings/DestinationArn/Fn::GetAtt", ["ApiLog", "Arn"], "refers to ApiLog,"),
    "Sub of nothing": Fault(NESTED, "RouteTaskCreatePost/Properties/Target", sub("integrations/${IntegrationTaskMake}"), "IntegrationTaskMake"),
    "DependsOn of nothing": Fault(NESTED, "FunctionTaskCreate/DependsOn", ["RoleTaskMake"], "depends on RoleTaskMake"),
    "a resource left out": Fault(NESTED, "IntegrationTaskCreate", GONE, "refers to IntegrationTaskCreate"),
    "a parameter not passed": Fault(APP, f"{NESTED}/Properties/Parameters/Api", GONE, "does not pass Api"),
    "a parameter nobody declares": Fault(APP, f"{NESTED}/Properties/Parameters", {"Api": 1, "ArtefactBucket": 1, "Stage": 1}, "passes Stage"),
    "a function's name twice": Fault(NESTED, f"{_CREATE}/FunctionName", f"DeepDevDeepTodoTaskKeep{_HASH}", "is called DeepDevDeepTodoTaskKeep"),
    "a role's name twice": Fault(NESTED, "RoleTaskCreate/Properties/RoleName", f"DeepDevDeepTodoTaskKeepUsEast1{_HASH}", "as MicroappDeepTodo/Role"),
    "a table's name twice": Fault(DATA, "TableTodo/Properties/TableName", f"DeepDevNote-own{_HASH}", f"is called DeepDevNote-own{_HASH}"),
    "a bucket's name twice": Fault(
        "store", "SiteBucket/Properties/BucketName", f"deepdev{_HASH}-{_ACCOUNT}-{_REGION}-artefacts", "as store/ArtefactBucket is"
    ),
    "no Lambda permission": Fault(NESTED, _PERMISSION, GONE, "has no permission for this API"),
    "a permission for another path": Fault(
        NESTED, f"{_PERMISSION}/Properties/SourceArn", sub(f"{_SOURCE}/*/*/deep-todo/task/make"), "no permission for"
    ),
    "a permission for another API": Fault(
        NESTED, f"{_PERMISSION}/Properties/SourceArn", f"{_SOURCE.replace('${Api}', 'a1b2c3')}/*/*/deep-todo/task/create", "no permission for"
    ),
    "a permission for another service": Fault(NESTED, f"{_PERMISSION}/Properties/Principal", "events.amazonaws.com", "no permission for this API"),
    "a permission on another function": Fault(
        NESTED, f"{_PERMISSION}/Properties/FunctionName", {"Ref": "FunctionTaskKeep"}, "no permission for this API"
    ),
    "a permission for another stage": Fault(
        NESTED, f"{_PERMISSION}/Properties/SourceArn", sub(f"{_SOURCE}/prod/*/deep-todo/task/create"), "stage prod"
    ),
    "an integration of no function": Fault(
        NESTED, "IntegrationTaskCreate/Properties/IntegrationUri", f"{_FUNCTION}DeepDevTaskCreate", "a function that"
    ),
    "a route to a function": Fault(NESTED, "RouteTaskCreatePost/Properties/Target", sub("${FunctionTaskCreate}"), "which is no integration"),
    "a schedule without leave": Fault(
        NESTED, "EventsPermissionTaskSweep/Properties/SourceArn", f"arn:aws:events:{_REGION}:{_ACCOUNT}:rule/x", "this rule"
    ),
    "a schedule of no function": Fault(
        NESTED, "ScheduleTaskSweep/Properties/Targets/0/Arn", f"{_FUNCTION}DeepDevSweep", "function that the app has not"
    ),
    "a stage left out": Fault(APP, "ApiStage", GONE, "names the stage $default"),
    "a stage of another name": Fault(APP, "ApiStage/Properties/StageName", "prod", "names the stage $default"),
    "a stage never deployed": Fault(APP, "ApiStage/Properties/AutoDeploy", False, "is never deployed"),
    "an origin id": Fault(APP, f"{_EDGE}/CacheBehaviors/0/TargetOriginId", "action", "leads to the origin action"),
    "an origin renamed": Fault(APP, f"{_EDGE}/Origins/0/Id", "site", "leads to the origin pages"),
    "a behaviour to another API": Fault(APP, f"{_EDGE}/CacheBehaviors/0/TargetOriginId", "actions", "leads /acme-a/*/* to the origin actions,"),
    "a visitor's API": Fault(
        APP,
        f"{_VISITOR}/1/Resource/0",
        sub(f"{_SOURCE.replace('${Api}', '${Api2}')}/$default/POST/deep-todo/task/create"),
        "may call /deep-todo of another API than ${Api},",
    ),
    "a stack's API": Fault(APP, "MicroappAcmeB/Properties/Parameters/Api", {"Ref": "Api"}, "leads /acme-b/*/* to the origin actions2,"),
    "an origin unsigned": Fault(APP, f"{_EDGE}/Origins/0/OriginAccessControlId", GONE, "without signing"),
    "a bucket policy left out": Fault(APP, "SitePolicy", GONE, "may not read the bucket"),
    "another function's role": Fault(
        NESTED, f"{_CREATE}/Role", f"arn:aws:iam::{_ACCOUNT}:role/DeepDevDeepTodoTaskKeepUsEast1{_HASH}", "is another function's"
    ),
    "a role of nobody": Fault(NESTED, f"{_CREATE}/Role", f"arn:aws:iam::{_ACCOUNT}:role/DeepDev{_HASH}", "which its stack does not make"),
    "a role for another service": Fault(
        NESTED, "RoleTaskCreate/Properties/AssumeRolePolicyDocument/Statement/0/Principal", {"Service": "edgelambda.amazonaws.com"}, "may not take"
    ),
    "another function's log": Fault(NESTED, f"{_CREATE}/LoggingConfig/LogGroup", {"Ref": "LogsTaskKeep"}, "writes its log to"),
    "a log of another name": Fault(
        NESTED, "LogsTaskCreate/Properties/LogGroupName", f"/aws/lambda/DeepDevTaskCreate{_HASH}", "which its role may not"
    ),
    "a grant on no table": Fault(
        NESTED, f"{_GRANTED}/1/Resource/0", f"arn:aws:dynamodb:{_REGION}:{_ACCOUNT}:table/DeepDevTasks{_HASH}", "the app has not"
    ),
    "a grant on an index": Fault(NESTED, f"{_GRANTED}/1/Resource/0", f"arn:aws:dynamodb:{_REGION}:{_ACCOUNT}:table/A/index/B", "cannot be done on"),
    "a grant on a log, not its streams": Fault(
        NESTED,
        f"{_GRANTED}/0/Resource/0",
        f"arn:aws:logs:{_REGION}:{_ACCOUNT}:log-group:/aws/lambda/DeepDevDeepTodoTaskCreate{_HASH}",
        "cannot be done on",
    ),
    "a grant of another service": Fault(NESTED, f"{_GRANTED}/1/Action/0", "s3:PutObject", "s3:PutObject cannot be done on"),
    "an alarm on another function": Fault(
        APP, "AlarmErrorsDeepTodo/Properties/Metrics/0/MetricStat/Metric/Dimensions/0/Value", f"DeepDevTaskCreate{_HASH}", "watches the FunctionName"
    ),
    "an alarm on another queue": Fault(APP, "AlarmDeadLetters/Properties/Dimensions/0/Value", "dead-letters", "watches the QueueName dead-letters"),
    "an alarm that the topic does not hear": Fault(
        APP, "AlarmApi/Properties/AlarmName", f"deep-dev-{_HASH}-api", "tells ${AlarmTopic}, which does not let it write"
    ),
    "a topic without a policy": Fault(APP, "AlarmTopicPolicy", GONE, "tells ${AlarmTopic}, which does not let it write"),
    "a visitor's stage": Fault(APP, f"{_VISITOR}/1/Resource/0", sub(f"{_SOURCE}/dev/POST/deep-todo/task/create"), "names the stage dev"),
}


def templates() -> Templates:
    """A whole small app with all that one can opt in to: a shared table, one of its users' own, actions behind two APIs, one by schedule."""
    notes, todos = (Model(name, {"Text": "string"}, (), {}, HERE, own=name == "Note") for name in ("Note", "Todo"))
    create, keep = (
        action_of(name, authorization="AWS_IAM", declared_uses=Uses({model: frozenset({"create"})}, (), (), HERE))
        for name, model in (("create", "Todo"), ("keep", "Note"))
    )
    sweep = action_of("sweep", scope="private", cron="0 6 * * ? *")
    visitors = Role("unauthenticated", "2015-10-07", (Statement("Allow", ("deep.todo:task:create",), ("deep.todo:task",), False, HERE),), HERE)
    app = beside(opted_in(app_of(notes, todos, create, keep, sweep, visitors)), "acme.a", "acme.b")
    app = replace(app, property=replace(app.property, quotas=Quotas(routes=2)))
    packages = {action.identifier: Package(f"functions/{action.name}.zip") for action in app.actions}
    return compile_release(release_of(app, Target("dev", "0badcafe", _REGION, _ACCOUNT), packages)).templates
