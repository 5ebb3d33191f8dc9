"""AWS itself, as everything else asks for it: each question is one call, or a row of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from deep.bundle.migrations import Reply
from deep.bundle.table_rows import Row
from deep.provision.account.answers import change_set_of, denied_of, drift_of, event_of, policy_source, reply_of, settled, simulation, state_of
from deep.provision.account.calls import Calls
from deep.provision.account.cloud import ChangeSet, Event, LogLine, StackState, StoredObject, Submission
from deep.provision.account.drift import Drift
from deep.provision.account.refusals import Answer, code_of, is_absence, is_denial
from deep.provision.account.removal import remove
from deep.provision.account.room import Names, Rooms, named, rooms
from deep.provision.account.row_calls import holds_rows, pages, write
from deep.provision.parallel import in_parallel
from deep.security.iam import Statement

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
DIGEST = "deep-sha256"
"""The metadata of objects that says what they hold."""


class Aws(Calls):
    """An account in a region, as `Cloud`."""

    def account(self) -> str:
        return str(self._call("sts", "get_caller_identity")["Account"])

    def stack(self, name: str) -> StackState | None:
        found = self._unless_absent("cloudformation", "describe_stacks", StackName=name)
        stacks = found["Stacks"] if found else []
        return state_of(stacks[0]) if stacks and stacks[0]["StackStatus"] != "DELETE_COMPLETE" else None

    def stacks(self) -> tuple[StackState, ...]:
        """All that there are."""
        return tuple(map(state_of, self._listed("cloudformation", "describe_stacks", "Stacks")))

    def template(self, name: str) -> str:
        body = self._call("cloudformation", "get_template", StackName=name, TemplateStage="Original")["TemplateBody"]
        if isinstance(body, str):
            return body
        return json.dumps(body)

    def nested(self, name: str) -> Mapping[str, str]:
        found = self._call("cloudformation", "describe_stack_resources", StackName=name)["StackResources"]
        stacks = [one for one in found if one["ResourceType"] == "AWS::CloudFormation::Stack" and one.get("PhysicalResourceId")]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in stacks}

    def submit(self, submission: Submission) -> None:
        template = {"TemplateURL": submission.template_url} if submission.template_url else {"TemplateBody": submission.template}
        self._unless(
            lambda answer: code_of(answer) == "AlreadyExistsException" and self.change_set(submission.stack, submission.name) is not None,
            "cloudformation",
            "create_change_set",
            StackName=submission.stack,
            ChangeSetName=submission.name,
            ChangeSetType="CREATE" if submission.is_new else "UPDATE",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(submission.parameters.items())],
            Tags=_tags(submission.tags),
            Capabilities=CAPABILITIES,
            ClientToken=submission.name,
            IncludeNestedStacks=True,
            ImportExistingResources=submission.adopts,
            **template,
        )

    def change_set(self, stack: str, name: str) -> ChangeSet | None:
        found = self._unless_absent("cloudformation", "describe_change_set", StackName=stack, ChangeSetName=name)
        return change_set_of(name, found) if found else None

    def execute(self, stack: str, name: str) -> None:
        call = ("cloudformation", "execute_change_set")
        self._unless(lambda answer: self._is_begun(answer, stack, name), *call, StackName=stack, ChangeSetName=name, ClientRequestToken=name)

    def _is_begun(self, answer: Answer, stack: str, name: str) -> bool:
        """The refusal of a call that was made again because the first one's answer was lost."""
        change = self.change_set(stack, name) if code_of(answer) == "InvalidChangeSetStatus" else None
        return change is not None and change.state in ("executing", "done")

    def continue_rollback(self, stack: str) -> None:
        self._call("cloudformation", "continue_update_rollback", StackName=stack)

    def discard(self, stack: str, name: str) -> None:
        self._unless_absent("cloudformation", "delete_change_set", StackName=stack, ChangeSetName=name)

    def events(self, stack: str) -> Iterator[Event]:
        found = self._unless_absent("cloudformation", "describe_stack_events", StackName=stack)
        for event in found["StackEvents"] if found else ():
            yield event_of(event)

    def protect(self, stack: str, *, on: bool) -> None:
        self._call("cloudformation", "update_termination_protection", StackName=stack, EnableTerminationProtection=on)

    def begin_drift(self, stack: str) -> str:
        return str(self._call("cloudformation", "detect_stack_drift", StackName=stack)["StackDriftDetectionId"])

    def drift(self, stack: str, detection: str) -> tuple[Drift, ...] | None:
        looked = self._call("cloudformation", "describe_stack_drift_detection_status", StackDriftDetectionId=detection)
        if looked["DetectionStatus"] == "DETECTION_IN_PROGRESS":
            return None
        wanted = {"StackName": stack, "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
        found: list[Drift] = []
        token: dict[str, str] = {}
        while True:
            page = self._call("cloudformation", "describe_stack_resource_drifts", **wanted, **token)
            found += [drift_of(one) for one in page["StackResourceDrifts"]]
            if "NextToken" not in page:
                return tuple(found)
            token = {"NextToken": page["NextToken"]}

    def delete_stack(self, name: str) -> None:
        self._call("cloudformation", "delete_stack", StackName=name)

    def digests(self, bucket: str, keys: Iterable[str]) -> Mapping[str, str]:
        wanted = list(keys)
        heads = in_parallel(lambda key: self._unless(self._is_not_there, "s3", "head_object", Bucket=bucket, Key=key), wanted)
        told = {key: head.get("Metadata", {}) for key, head in zip(wanted, heads, strict=True) if head is not None}
        return {key: str(metadata[DIGEST]) for key, metadata in told.items() if DIGEST in metadata}

    def _is_not_there(self, answer: Answer) -> bool:
        """Answers to HEAD have no body that says why: the account is asked, which refuses with words what is wrong with credentials or clock."""
        if code_of(answer) in ("400", "403"):
            self.account()
        return is_absence(answer)

    def put(self, bucket: str, stored: StoredObject) -> None:
        self._call("s3", "put_object", Bucket=bucket, Key=stored.key, Body=stored.body, Metadata={DIGEST: stored.digest}, **stored.headers)

    def secret(self, name: str) -> str | None:
        found = self._unless_absent("ssm", "get_parameter", Name=name, WithDecryption=True)
        return str(found["Parameter"]["Value"]) if found else None

    def keep_secret(self, name: str, value: str, tags: Mapping[str, str] | None) -> None:
        told = {"Tags": _tags(tags)} if tags is not None else {"Overwrite": True}
        self._call("ssm", "put_parameter", Name=name, Value=value, Type="SecureString", Tier="Intelligent-Tiering", **told)

    def listed(self, bucket: str, prefix: str) -> Mapping[str, str]:
        if self._unless(self._is_not_there, "s3", "head_bucket", Bucket=bucket) is None:
            return {}
        found = self._listed("s3", "list_objects_v2", "Contents", Bucket=bucket, Prefix=prefix)
        return {one["Key"]: one["LastModified"].isoformat() for one in found}

    def get(self, bucket: str, key: str) -> bytes:
        return bytes(self._call("s3", "get_object", Bucket=bucket, Key=key)["Body"].read())

    def remove_objects(self, bucket: str, keys: Iterable[str]) -> None:
        self._call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})

    def restore(self, bucket: str, key: str, digest: str) -> bool:
        versions = self._call("s3", "list_object_versions", Bucket=bucket, Prefix=key).get("Versions", ())
        for version in (one["VersionId"] for one in versions if one["Key"] == key):
            head = self._call("s3", "head_object", Bucket=bucket, Key=key, VersionId=version)
            if head.get("Metadata", {}).get(DIGEST) == digest:
                self._call("s3", "copy_object", Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": key, "VersionId": version})
                return True
        return False

    def empty(self, bucket: str) -> None:
        while found := self._unless_absent("s3", "list_object_versions", Bucket=bucket, MaxKeys=1000):
            listed = (found.get("Versions", ()), found.get("DeleteMarkers", ()))
            objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for part in listed for one in part]
            if not objects:
                return
            self._call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})

    def log_groups(self, prefix: str) -> tuple[str, ...]:
        found = self._listed("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
        return tuple(group["arn"].removesuffix(":*") for group in found)

    def log_lines(self, group: str, since_ms: int) -> tuple[LogLine, ...]:
        """What was written to a log group since then, the oldest first."""
        if not self.log_groups(group):
            return ()
        found = self._listed("logs", "filter_log_events", "events", logGroupName=group, startTime=since_ms)
        return tuple(LogLine(one["eventId"], group, one["timestamp"], one["message"].rstrip("\n")) for one in found)

    def remove(self, arn: str) -> bool:
        return remove(self._unless_absent, arn)

    def raised(self, alarms: Sequence[str]) -> Sequence[str]:
        """CloudWatch takes a hundred names at once."""
        parts = [{"AlarmNames": alarms[start : start + 100], "StateValue": "ALARM"} for start in range(0, len(alarms), 100)]
        return [one["AlarmName"] for part in parts for one in self._call("cloudwatch", "describe_alarms", **part)["MetricAlarms"]]

    def is_settled(self, table: str) -> bool:
        found = self._unless_absent("dynamodb", "describe_table", TableName=table)
        return found is None or settled(found["Table"])

    def pages(self, table: str, part: int, parts: int) -> Iterator[Sequence[Row]]:
        return pages(self._call, table, part, parts)

    def write(self, table: str, rows: Sequence[Row], gone: Sequence[Row]) -> None:
        write(self._call, table, rows, gone)

    def holds_rows(self, table: str) -> bool:
        return holds_rows(self._unless_absent, table)

    def values(self, tag: str, tags: Mapping[str, str]) -> Mapping[str, str]:
        found = self._with_tags([{"Key": tag}, *_filters(tags)])
        return {one["ResourceARN"]: next(told["Value"] for told in one["Tags"] if told["Key"] == tag) for one in found}

    def tagged(self, tags: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(sorted(one["ResourceARN"] for one in self._with_tags(_filters(tags))))

    def _with_tags(self, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return self._listed("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters)

    def rooms(self, wanted: Collection[str]) -> Rooms:
        return rooms(self._ask, wanted)

    def named(self, type_: str, begin: str) -> Names | None:
        return named(self._ask, type_, begin)

    def invoke(self, function: str, event: Mapping[str, Any]) -> Reply | None:
        found = self._unless_absent("lambda", "invoke", FunctionName=function, LogType="Tail", Payload=json.dumps(event).encode())
        return reply_of(found, found["Payload"].read()) if found else None

    def denied(self, asked: Sequence[Statement]) -> tuple[tuple[str, str], ...] | None:
        principal = policy_source(self._call("sts", "get_caller_identity")["Arn"])
        if principal is None:
            return ()
        found: list[tuple[str, str]] = []
        for statement in asked:
            answer = self._unless(is_denial, "iam", "simulate_principal_policy", **simulation(principal, statement))
            if answer is None:
                return None
            found += denied_of(statement, answer)
        return tuple(found)


def _filters(tags: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"Key": key, "Values": [value]} for key, value in sorted(tags.items())]


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
