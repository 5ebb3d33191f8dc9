"""Brings one stack to where a template says, from whatever state it is in, and as often as one likes.

Everything done is done by CloudFormation, on its side: killed anywhere, this is simply run again. What was begun is recognised by the change set's
name, which is made of what it is to bring about, and attached to rather than begun a second time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import sha256
from typing import TypeVar

from deep.errors import Problem, RefusedError
from deep.provision.account.cloud import ChangeSet, Cloud, Event, StackState, Submission
from deep.provision.pace import Pace
from deep.provision.stacks import Stack

T = TypeVar("T")
LONGEST_WAIT_S = 3600.0
"""CloudFront may take twenty minutes; CloudFormation itself gives up later than this."""
FIRST_POLL_S, LONGEST_POLL_S = 0.05, 5.0


class Applier:
    """Applies stacks to a cloud. `step` is told what happens, in words."""

    def __init__(self, cloud: Cloud, step: Callable[[str], None], pace: Pace | None = None) -> None:
        self._cloud = cloud
        self._step = step
        self._pace = pace or Pace()

    def apply(self, stack: Stack, given: tuple[Mapping[str, str], Mapping[str, str]], template_url: str | None = None) -> StackState:
        """The stack as it stands afterwards. `given` are its parameters and its tags. Changes nothing where it is so already.

        Raises RefusedError, with the first resource that failed and why, when CloudFormation rolled back or something has to be decided first.
        """
        parameters, tags = given
        before = self._ready(stack.name)
        if before is not None and self._is_so(stack, before, parameters):
            return before
        text = stack.template.text()
        name = change_set_name(text, parameters)
        submission = Submission(stack.name, name, before is None, text, template_url, parameters, tags, adopts=stack.kind == "data")
        return self._carry_out(submission, self._change_set(submission))

    def wait(self, stack: str) -> StackState | None:
        """The stack once nothing is being done to it; what happens meanwhile is told. None when it is gone."""
        seen = {event.id for event in self._cloud.events(stack)}
        return self._until_still(stack, seen)

    def settle(self, tables: Iterable[str]) -> None:
        """Waits until nothing is being done to these tables. Those that are not there are not waited for."""
        for table in tables:
            self._until(partial(self._settled, table), f"the table {table}")

    def _settled(self, table: str) -> bool | None:
        return self._cloud.is_settled(table) or None

    def _ready(self, name: str) -> StackState | None:
        """The stack, whole, or None where there is none: what somebody began is waited for, what was born dead is buried."""
        state = self._cloud.stack(name)
        if state is not None and state.is_moving:
            self._step(f"{name} is being changed already ({state.status}); waiting for that to end")
            state = self.wait(name)
        if state is None or state.status == "REVIEW_IN_PROGRESS":
            return None
        if state.is_stillborn:
            self._step(f"{name} could not be created last time; removing what is left of it")
            self._cloud.delete_stack(name)
            state = self.wait(name)
            if state is not None:
                raise _refused(state, list(self._cloud.events(name)))
            return None
        return state if state.is_whole else self._gone_back(state)

    def _gone_back(self, state: StackState) -> StackState:
        """The stack as it was before a change that failed. Raises RefusedError when CloudFormation still cannot get there."""
        if state.status == "UPDATE_ROLLBACK_FAILED":
            self._step(f"{state.name} could not be brought back last time; trying once more")
            seen = {event.id for event in self._cloud.events(state.name)}
            self._cloud.continue_rollback(state.name)
            after = self._until_still(state.name, set(seen))
            if after is not None and after.is_whole:
                return after
            raise _stuck(after or state, [event for event in self._cloud.events(state.name) if event.id not in seen])
        raise _stuck(state, [])

    def _is_so(self, stack: Stack, state: StackState, parameters: Mapping[str, str]) -> bool:
        if state.status == "UPDATE_ROLLBACK_COMPLETE" or dict(state.parameters) != dict(parameters):
            return False
        try:
            deployed = json.loads(self._cloud.template(stack.name))
        except ValueError:
            return False
        return bool(deployed == stack.template.as_json())

    def _change_set(self, submission: Submission) -> ChangeSet:
        known = self._cloud.change_set(submission.stack, submission.name)
        if known is None or known.state in ("failed", "done"):
            if known is not None:
                self._cloud.discard(submission.stack, submission.name)
            self._cloud.submit(submission)
        return self._until(lambda: self._made(submission), f"the change set of {submission.stack}")

    def _made(self, submission: Submission) -> ChangeSet | None:
        change = self._cloud.change_set(submission.stack, submission.name)
        return None if change is None or change.state == "making" else change

    def _carry_out(self, submission: Submission, change: ChangeSet) -> StackState:
        if change.is_empty:
            self._cloud.discard(submission.stack, submission.name)
            return self._standing(submission.stack)
        if change.state == "failed":
            self._cloud.discard(submission.stack, submission.name)
            help_ = "nothing was changed; the template is at fault, or a right is missing"
            raise RefusedError(Problem("change-refused", f"{submission.stack}: {change.reason}", help=help_))
        seen = {event.id for event in self._cloud.events(submission.stack)}
        if change.state == "ready":
            self._cloud.execute(submission.stack, submission.name)
        state = self._until_still(submission.stack, set(seen))
        if state is None or state.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            news = [event for event in self._cloud.events(submission.stack) if event.id not in seen]
            raise _refused(state or StackState(submission.stack, "DELETE_COMPLETE"), news)
        return state

    def _standing(self, name: str) -> StackState:
        state = self._cloud.stack(name)
        if state is None:
            raise RefusedError(Problem("stack-gone", f"the stack {name} has been deleted meanwhile", help="deploy again"))
        return state

    def _until_still(self, name: str, seen: set[str]) -> StackState | None:
        def still() -> tuple[StackState | None] | None:
            state = self._cloud.stack(name)
            self._tell_news(name, seen)
            return None if state is not None and (state.is_moving or state.status == "REVIEW_IN_PROGRESS") else (state,)

        return self._until(still, f"the stack {name}")[0]

    def _tell_news(self, name: str, seen: set[str]) -> None:
        """Events that are new, the oldest first."""
        news = [event for event in self._cloud.events(name) if event.id not in seen]
        for event in reversed(news):
            seen.add(event.id)
            if not event.status.endswith("_IN_PROGRESS"):
                self._step(f"{name}: {event.logical_id} {event.status.lower().replace('_', ' ')}{f': {event.reason}' if event.reason else ''}")

    def _until(self, look: Callable[[], T | None], what: str) -> T:
        deadline, pause_s = self._pace.clock() + LONGEST_WAIT_S, FIRST_POLL_S
        while (found := look()) is None:
            if self._pace.clock() > deadline:
                help_ = "CloudFormation goes on by itself; deploy again to wait for it"
                raise RefusedError(Problem("not-in-time", f"{what} was not ready after {LONGEST_WAIT_S / 60:.0f} minutes", help=help_))
            self._pace.sleep(pause_s)
            pause_s = min(pause_s * 1.6, LONGEST_POLL_S)
        return found


def change_set_name(template: str, parameters: Mapping[str, str]) -> str:
    """Made of what it is to bring about, so that a deploy that is run again finds its own."""
    content = json.dumps([template, dict(parameters)], sort_keys=True)
    return f"deep-{sha256(content.encode()).hexdigest()[:24]}"


def _refused(state: StackState, events: list[Event]) -> RefusedError:
    """The first resource that failed is the cause; what failed after it was cancelled with it."""
    failed = [event for event in reversed(events) if event.status.endswith("_FAILED") and "cancelled" not in event.reason.lower()]
    cause = next((event for event in failed if event.type != "AWS::CloudFormation::Stack"), failed[0] if failed else None)
    why = f"{cause.logical_id} ({cause.type}): {cause.reason}" if cause else state.reason or "CloudFormation says no more"
    kept = "the state before is in place again" if "ROLLBACK_COMPLETE" in state.status else f"the stack is in {state.status}"
    return RefusedError(Problem("deploy-refused", f"{state.name}: {why}", help=f"{kept}; mend the cause and deploy again"))


def _stuck(state: StackState, events: list[Event]) -> RefusedError:
    failed = [event for event in events if event.status.endswith("_FAILED") and event.type != "AWS::CloudFormation::Stack"]
    why = "; ".join(f"{event.logical_id} ({event.type}): {event.reason}" for event in failed) or state.reason or "no reason is given"
    skip = f"aws cloudformation continue-update-rollback --stack-name {state.name} --resources-to-skip ID"
    way = skip if state.status == "UPDATE_ROLLBACK_FAILED" else f"aws cloudformation rollback-stack --stack-name {state.name}"
    help_ = f"mend what is said and deploy again; where that cannot be: {way}, and deploy again"
    return RefusedError(Problem("stack-stuck", f"the stack {state.name} is in {state.status}: {why}", help=help_))
