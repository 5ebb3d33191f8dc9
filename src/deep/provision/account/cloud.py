"""What deploying needs of a cloud, as a protocol and its values: `aws.py` is the real one, tests have a fake that passes the same contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, Protocol

from deep.bundle.migrations import Reply
from deep.bundle.table_rows import Row
from deep.frozen import dataclass
from deep.provision.account.room import Names, Rooms
from deep.provision.template import Template
from deep.security.iam import Statement

Status = str
"""CloudFormation's own, such as `UPDATE_COMPLETE`; `is_moving`, `is_whole` and `is_stillborn` read them."""


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack as it stands. `reason` says why it is in a failed status, where CloudFormation says so."""

    name: str
    status: Status
    reason: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    is_protected: bool = False
    changed_at: str = ""
    """When it was made or last changed, in ISO 8601."""

    @property
    def is_moving(self) -> bool:
        """Something is being done to it now."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def is_whole(self) -> bool:
        """It is as its template says, or as the one before said."""
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")

    @property
    def is_stillborn(self) -> bool:
        """Its creation failed, so that it can only be deleted."""
        return self.status in ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What a change set would do to one resource. `replaces` is true also where CloudFormation says that it may."""

    logical_id: str
    type: str
    action: Literal["Add", "Modify", "Remove", "Import", "Dynamic"]
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set: `ready` to be executed, `failed` (with why), or still being made. `empty`: there is nothing to change."""

    name: str
    state: Literal["making", "ready", "executing", "done", "failed"]
    changes: tuple[ResourceChange, ...] = ()
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        return self.state == "failed" and ("didn't contain changes" in self.reason or "No updates are to be performed" in self.reason)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a resource of a stack, or of one nested in it."""

    id: str
    logical_id: str
    type: str
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a function wrote. `at_ms` counts from 1970."""

    id: str
    group: str
    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A change set to be made: the template by its text or, where it was uploaded, by its URL."""

    stack: str
    name: str
    is_new: bool
    template: str
    template_url: str | None
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    adopts: bool = False
    """Resources that are there already under their names, and in no stack, become part of this one: what an earlier stack left to people."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object for a bucket. `digest` (SHA-256, hex) is kept with it, so that what is there already is not sent again.

    `turn`: all objects of a lower one are there before one of a higher is sent, such as the page that shows them.
    """

    key: str
    body: bytes
    digest: str
    headers: Mapping[str, str] = field(default_factory=dict)
    turn: int = 0

    @classmethod
    def of_template(cls, template: Template) -> StoredObject:
        """A template as CloudFormation fetches it."""
        return cls(template.key, template.text().encode(), template.digest, {"ContentType": "application/json"})


class Cloud(Protocol):
    """One account in one region. Every method may raise DeepError: refused (exit code 4) or not reachable (3)."""

    def account(self) -> str:
        """The account that the credentials belong to."""

    def stack(self, name: str) -> StackState | None: ...

    def template(self, name: str) -> str:
        """The template that a stack was last made or changed with, as it was given."""

    def nested(self, name: str) -> Mapping[str, str]:
        """The stacks nested in a stack: logical id -> name."""

    def submit(self, submission: Submission) -> None:
        """Makes a change set. Doing it twice makes one."""

    def change_set(self, stack: str, name: str) -> ChangeSet | None: ...

    def execute(self, stack: str, name: str) -> None: ...

    def continue_rollback(self, stack: str) -> None:
        """Lets CloudFormation try once more to go back, of a stack that is in UPDATE_ROLLBACK_FAILED."""

    def discard(self, stack: str, name: str) -> None:
        """Deletes a change set that was not executed."""

    def events(self, stack: str) -> Iterator[Event]:
        """The newest first, of the stack and of stacks nested in it."""

    def protect(self, stack: str, *, on: bool) -> None:
        """Termination protection."""

    def delete_stack(self, name: str) -> None: ...

    def digests(self, bucket: str, keys: Iterable[str]) -> Mapping[str, str]:
        """Key -> digest of those objects that are there and bear one."""

    def put(self, bucket: str, stored: StoredObject) -> None: ...

    def secret(self, name: str) -> str | None:
        """The value of a secret parameter; None where there is none of that name."""

    def keep_secret(self, name: str, value: str, tags: Mapping[str, str] | None) -> None:
        """Writes a secret parameter: a new one with its tags, or, without, over the one that is there."""

    def listed(self, bucket: str, prefix: str) -> Mapping[str, str]:
        """Key -> when it was written (ISO 8601), of objects whose keys begin so; {} where there is no bucket."""

    def get(self, bucket: str, key: str) -> bytes: ...

    def remove_objects(self, bucket: str, keys: Iterable[str]) -> None: ...

    def restore(self, bucket: str, key: str, digest: str) -> bool:
        """Makes the version of an object with this digest the newest; False when there is none any more."""

    def empty(self, bucket: str) -> None:
        """Deletes every version of every object. A bucket that is not there is empty."""

    def log_groups(self, prefix: str) -> tuple[str, ...]:
        """ARNs of all log groups whose names begin so."""

    def remove(self, arn: str) -> bool:
        """Deletes a table, a pool or a log group with all that it holds, whatever protects it; False for any other kind."""

    def is_settled(self, table: str) -> bool:
        """Whether a table and all its indexes can be used and changed; True where there is no such table."""

    def pages(self, table: str, part: int, parts: int) -> Iterator[Sequence[Row]]:
        """The rows of one of so many parts of a table."""

    def write(self, table: str, rows: Sequence[Row], gone: Sequence[Row]) -> None:
        """Puts rows, over what has the same keys, and deletes those that have the keys `gone`."""

    def holds_rows(self, table: str) -> bool:
        """False also where there is no such table."""

    def values(self, tag: str, tags: Mapping[str, str]) -> Mapping[str, str]:
        """ARN -> what the tag says, of all resources that bear it and these tags."""

    def tagged(self, tags: Mapping[str, str]) -> tuple[str, ...]:
        """ARNs of all resources that bear these tags."""

    def raised(self, alarms: Sequence[str]) -> Sequence[str]:
        """Those of these alarms, by their names, that are in the state ALARM."""

    def rooms(self, wanted: Collection[str]) -> Rooms:
        """How much there may be of what is wanted (`deep.provision.account.room`), as far as the account tells."""

    def named(self, type_: str, begin: str) -> Names | None:
        """The names of all resources of a type that begin so, or a bucket of just this name; None where the account does not tell."""

    def invoke(self, function: str, event: Mapping[str, Any]) -> Reply | None:
        """What a function answers to an event; None where there is no such function."""

    def denied(self, asked: Sequence[Statement]) -> tuple[tuple[str, str], ...] | None:
        """Of the actions of each statement on its resources those that the caller may not, by IAM's own simulation: action and resource.

        None where the account does not let the caller ask.
        """
