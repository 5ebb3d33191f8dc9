"""A cloud in memory: stacks that go through CloudFormation's documented states, one step a look, and that can be told to fail.

It keeps the contract that an account keeps (`tests/judges/test_clouds.py`).

Source of the states: CloudFormation User Guide, "Understand CloudFormation stack creation events" and "Stack status codes".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deep.bundle.migrations import Reply
from deep.bundle.table_rows import Row
from deep.provision.account.cloud import ChangeSet, Event, StackState, StoredObject, Submission
from deep.provision.account.drift import Drift
from deep.provision.account.room import Names, Rooms
from deep.security.iam import Statement


class FakeCloud:
    """`stacks`, `buckets` and `rows` (of each table) may be set up beforehand. Deleting a stack fails while it is in `undeletable`, which maps it to
    why; likewise an update does by `failing`, and going back by `unrecoverable`. `forbidden` are actions that the caller may not, None where nobody
    says. `outside` are names that something bears, by type, None where nobody says; `told_rooms` is what there is room for,
    `alarmed` are alarms that are raised.
    """

    def __init__(self, account: str = "123456789012") -> None:
        self.stacks: dict[str, StackState] = {}
        self.templates: dict[str, str] = {}
        self.buckets: dict[str, dict[str, StoredObject]] = {}
        self.undeletable: dict[str, str] = {}
        self.unrecoverable: dict[str, str] = {}
        self.forbidden: frozenset[str] | None = frozenset()
        self.told_rooms: Rooms = {}
        self.alarmed: frozenset[str] = frozenset()
        self.outside: dict[str, Names | None] = {}
        self.failing: dict[str, str] = {}
        self.rows: dict[str, list[Row]] = {}
        self.table_tags: dict[str, dict[str, str]] = {}
        self.secrets: dict[str, str] = {}
        self.drifts: tuple[Drift, ...] = ()
        self.functions: dict[str, Callable[[Mapping[str, Any]], Reply]] = {}
        self.calls: list[str] = []
        self.removed: list[str] = []
        self._account = account
        self._versions: dict[tuple[str, str], list[StoredObject]] = {}
        self._sets: dict[tuple[str, str], tuple[Submission, ChangeSet]] = {}
        self._ends: dict[str, StackState | None] = {}
        self._events: dict[str, list[Event]] = {}

    def account(self) -> str:
        return self._account

    def stack(self, name: str) -> StackState | None:
        """What is being done is seen once as it goes on, and is then over."""
        seen = self.stacks.get(name)
        if seen is not None and name in self._ends:
            self._settle(name, self._ends.pop(name))
        return seen

    def template(self, name: str) -> str:
        return self.templates[name]

    def nested(self, name: str) -> Mapping[str, str]:
        prefix = f"{name}/"
        return {stack.removeprefix(prefix): stack for stack in self.templates if stack.startswith(prefix)}

    def submit(self, submission: Submission) -> None:
        self.calls.append(f"submit {submission.stack}")
        same = self.templates.get(submission.stack) == submission.template and not submission.is_new
        made = ChangeSet(submission.name, "failed", reason="The submitted information didn't contain changes.") if same else None
        self._sets[submission.stack, submission.name] = (submission, made or ChangeSet(submission.name, "ready"))
        if submission.is_new:
            self.stacks.setdefault(submission.stack, StackState(submission.stack, "REVIEW_IN_PROGRESS"))

    def change_set(self, stack: str, name: str) -> ChangeSet | None:
        found = self._sets.get((stack, name))
        return found[1] if found else None

    def execute(self, stack: str, name: str) -> None:
        self.calls.append(f"execute {stack}")
        submission, change = self._sets[stack, name]
        self._sets[stack, name] = (submission, replace(change, state="done"))
        doing = "CREATE" if submission.is_new else "UPDATE"
        template = json.loads(submission.template)
        outputs = {key: key.lower() for key in template.get("Outputs", {})}
        if stack in self.failing:
            self._begin(stack, "UPDATE_IN_PROGRESS", replace(self.stacks[stack], status="UPDATE_ROLLBACK_COMPLETE", reason=self.failing[stack]))
            return
        self.templates = {name: text for name, text in self.templates.items() if not name.startswith(f"{stack}/")}
        self.templates[stack] = submission.template
        self._make(stack, template)
        self._begin(stack, f"{doing}_IN_PROGRESS", StackState(stack, f"{doing}_COMPLETE", "", submission.parameters, outputs, submission.tags))

    def _make(self, stack: str, template: Mapping[str, Any]) -> None:
        """Nested stacks, whose templates are in a bucket, and tables."""
        for logical_id, one in template["Resources"].items():
            properties = one.get("Properties", {})
            if one["Type"] == "AWS::CloudFormation::Stack":
                key = f"templates/{properties['TemplateURL'].rpartition('/')[2]}"
                self.templates[f"{stack}/{logical_id}"] = next(there[key] for there in self.buckets.values() if key in there).body.decode()
            elif one["Type"] == "AWS::DynamoDB::Table":
                self.rows.setdefault(properties["TableName"], [])
                self.table_tags[properties["TableName"]] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())}

    def continue_rollback(self, stack: str) -> None:
        self.calls.append(f"continue {stack}")
        why = self.unrecoverable.get(stack)
        end = "UPDATE_ROLLBACK_FAILED" if why else "UPDATE_ROLLBACK_COMPLETE"
        self._begin(stack, "UPDATE_ROLLBACK_IN_PROGRESS", replace(self.stacks[stack], status=end, reason=why or ""))

    def discard(self, stack: str, name: str) -> None:
        self._sets.pop((stack, name), None)

    def events(self, stack: str) -> Iterator[Event]:
        return reversed(self._events.get(stack, []))

    def protect(self, stack: str, *, on: bool) -> None:
        self.stacks[stack] = replace(self.stacks[stack], is_protected=on)

    def delete_stack(self, name: str) -> None:
        self.calls.append(f"delete {name}")
        if name not in self.stacks:
            return
        why = self.undeletable.get(name)
        self._begin(name, "DELETE_IN_PROGRESS", replace(self.stacks[name], status="DELETE_FAILED", reason=why) if why else None)

    def digests(self, bucket: str, keys: Iterable[str]) -> Mapping[str, str]:
        there = self.buckets.get(bucket, {})
        return {key: there[key].digest for key in keys if key in there}

    def put(self, bucket: str, stored: StoredObject) -> None:
        self.buckets.setdefault(bucket, {})[stored.key] = stored
        self._versions.setdefault((bucket, stored.key), []).append(stored)

    def secret(self, name: str) -> str | None:
        return self.secrets.get(name)

    def keep_secret(self, name: str, value: str, tags: Mapping[str, str] | None) -> None:
        assert (tags is None) == (name in self.secrets)
        self.secrets[name] = value

    def listed(self, bucket: str, prefix: str) -> Mapping[str, str]:
        return {key: "2016-02-12T00:00:00+00:00" for key in self.buckets.get(bucket, {}) if key.startswith(prefix)}

    def get(self, bucket: str, key: str) -> bytes:
        return self.buckets[bucket][key].body

    def remove_objects(self, bucket: str, keys: Iterable[str]) -> None:
        for key in keys:
            del self.buckets[bucket][key]

    def restore(self, bucket: str, key: str, digest: str) -> bool:
        version = next((one for one in self._versions.get((bucket, key), ()) if one.digest == digest), None)
        if version is not None:
            self.put(bucket, version)
        return version is not None

    def empty(self, bucket: str) -> None:
        self.calls.append(f"empty {bucket}")
        self.buckets.pop(bucket, None)

    def log_groups(self, prefix: str) -> tuple[str, ...]:
        return ()

    def remove(self, arn: str) -> bool:
        self.removed.append(arn)
        self.rows.pop(arn.rpartition("/")[2], None)
        self.table_tags.pop(arn.rpartition("/")[2], None)
        return True

    def is_settled(self, table: str) -> bool:
        return True

    def pages(self, table: str, part: int, parts: int) -> Iterator[Sequence[Row]]:
        yield list(self.rows[table][part::parts])

    def write(self, table: str, rows: Sequence[Row], gone: Sequence[Row]) -> None:
        if rows or gone:
            self.calls.append(f"write {table}")
        taken = [*gone, *rows]
        kept = [one for one in self.rows[table] if not any(_is_of(one, key, self._keys(table)) for key in taken)]
        self.rows[table] = [*kept, *rows]

    def _keys(self, table: str) -> list[str]:
        """The fields that a table of a data stack is keyed by."""
        told = (one for text in self.templates.values() for one in json.loads(text)["Resources"].values())
        found = next(one for one in told if one.get("Properties", {}).get("TableName") == table)
        return [key["AttributeName"] for key in found["Properties"]["KeySchema"]]

    def holds_rows(self, table: str) -> bool:
        return bool(self.rows.get(table))

    def values(self, tag: str, tags: Mapping[str, str]) -> Mapping[str, str]:
        found = {name: told for name, told in self.table_tags.items() if tag in told and tags.items() <= told.items()}
        return {f"arn:aws:dynamodb:us-east-1:{self._account}:table/{name}": told[tag] for name, told in found.items()}

    def tagged(self, tags: Mapping[str, str]) -> tuple[str, ...]:
        return ()

    def raised(self, alarms: Sequence[str]) -> Sequence[str]:
        return [name for name in alarms if name in self.alarmed]

    def rooms(self, wanted: Collection[str]) -> Rooms:
        return self.told_rooms

    def named(self, type_: str, begin: str) -> Names | None:
        if type_ == "AWS::S3::Bucket" and begin in self.buckets:
            return frozenset({begin})
        found = self.outside.get(type_, frozenset())
        return None if found is None else frozenset(name for name in found if name.startswith(begin))

    def begin_drift(self, stack: str) -> str:
        self.calls.append(f"drift {stack}")
        return stack

    def drift(self, stack: str, detection: str) -> tuple[Drift, ...] | None:
        return tuple(one for one in self.drifts if one.stack == stack)

    def invoke(self, function: str, event: Mapping[str, Any]) -> Reply | None:
        answer = self.functions.get(function)
        return answer(event) if answer else None

    def denied(self, asked: Sequence[Statement]) -> tuple[tuple[str, str], ...] | None:
        if self.forbidden is None:
            return None
        return tuple((action, one.resources[0]) for one in asked for action in one.actions if action in self.forbidden)

    def _begin(self, name: str, moving: str, end: StackState | None) -> None:
        before = self.stacks.get(name, StackState(name, moving))
        self.stacks[name] = replace(before, status=moving)
        self._ends[name] = end

    def _settle(self, name: str, end: StackState | None) -> None:
        told = self._events.setdefault(name, [])
        if end is None:
            del self.stacks[name]
            self.templates = {stack: text for stack, text in self.templates.items() if stack.partition("/")[0] != name}
            return
        self.stacks[name] = end
        if end.status.endswith("_FAILED"):
            told.append(Event(f"{name}{len(told)}", "Held", "AWS::S3::Bucket", end.status, end.reason))


def _is_of(row: Row, key: Row, fields: Sequence[str]) -> bool:
    return all(row[field] == key[field] for field in fields)
