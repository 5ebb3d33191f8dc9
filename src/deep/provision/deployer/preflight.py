"""Whether an account is ready for a deploy: rights, room and names, read before the first call that changes something, and told all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.provision.account.cloud import Cloud
from deep.provision.account.room import AT_ONCE, CODE, POLICIES, ROLES, STACKS
from deep.provision.changes import Change
from deep.provision.checks.finding import TOP
from deep.provision.checks.references import PHYSICAL
from deep.provision.compiled import Compiled
from deep.provision.deployer.handlers import LOOKING
from deep.provision.deployer.policy import deployer_documents
from deep.provision.planning.plan import Plan
from deep.provision.release import Release
from deep.provision.states.moves import Move
from deep.security.iam import Document

Step = Callable[[str], None]
FEW_AT_ONCE = 10
"""Functions that a new account runs at once, where AWS gives others a thousand."""
_REMEDY = "`deepify plan --deploy-policy` prints the policy that suffices"
_CONSOLE = "https://console.aws.amazon.com/servicequotas/home/services"
_READ: Mapping[str, tuple[str, str]] = {
    "AWS::IAM::Role": ("roles", "aws iam delete-role --role-name"),
    "AWS::Lambda::Function": ("functions", "aws lambda delete-function --function-name"),
    "AWS::Logs::LogGroup": ("log groups", "aws logs delete-log-group --log-group-name"),
    "AWS::S3::Bucket": ("buckets", "aws s3 rb --force s3://"),
}
"""Types whose names are looked for in the account, what they are called, and what deletes one that nobody needs."""


@dataclass(frozen=True, slots=True)
class Intended:
    """What a deploy is going to do: `sizes` are those of the functions' packages, by their keys, in bytes; `moves` are of rows."""

    compiled: Compiled
    plan: Plan
    sizes: Mapping[str, int]
    moves: Sequence[Move] = ()


def refuse_unready(cloud: Cloud, intended: Intended, step: Step) -> None:
    """Raises RefusedError with everything that stands in the way. What the account does not let anybody look at is said and passed over."""
    step("looking whether the account is ready: rights, quotas and names")
    rights = missing_rights(cloud, deployer_documents(intended.compiled, intended.moves), step)
    found = [*rights, *_lacking_room(cloud, intended, step), *_taken_names(cloud, intended, step)]
    if found:
        raise RefusedError(*found)


def missing_rights(cloud: Cloud, documents: Sequence[Document], step: Step) -> Iterator[Problem]:
    """Every action that is lacking, by what it is needed on; but for those that it takes to look."""
    denied = cloud.denied([statement for document in documents for statement in document.statements])
    if denied is None:
        step("rights were not checked: iam:SimulatePrincipalPolicy is not allowed")
        return
    by_resource: dict[str, list[str]] = {}
    for action, resource in denied:
        if action not in LOOKING:
            by_resource.setdefault(resource, []).append(action)
    for resource, actions in by_resource.items():
        yield Problem("missing-right", f"{', '.join(actions)} on {resource} is not allowed", help=_REMEDY)


def _lacking_room(cloud: Cloud, intended: Intended, step: Step) -> Iterator[Problem]:
    needed = {what: count for what, count in _needed(intended).items() if count}
    there = cloud.rooms(needed.keys())
    if unread := sorted(needed.keys() - there.keys()):
        step(f"not looked at, because the account does not tell: how many {', '.join(unread)} there may be")
    at_once = there.get(AT_ONCE)
    if at_once is not None and at_once.most <= FEW_AT_ONCE:
        step(f"the account runs {at_once.most} functions at once and turns further calls away: ask for more at {_CONSOLE}/{at_once.quota}")
    for what, count in needed.items():
        room = there.get(what)
        if room is not None and room.used + count > room.most:
            message = f"the account has {room.used:,} of at most {room.most:,} {what}, and this deploy needs {count:,} more"
            yield Problem("account-quota", message, help=f"ask AWS for more at {_CONSOLE}/{room.quota}, or delete what nobody needs")


def _needed(intended: Intended) -> Mapping[str, int]:
    """How much more of everything there will be."""
    made = [change.type for change in intended.plan.changes if change.doing == "create"]
    return {
        ROLES: made.count("AWS::IAM::Role"),
        POLICIES: made.count("AWS::IAM::ManagedPolicy"),
        STACKS: len(intended.plan.after.keys() - intended.plan.before.keys()),
        CODE: sum(_code_bytes(intended, change) for change in intended.plan.changes),
    }


def _code_bytes(intended: Intended, change: Change) -> int:
    """A package counts for every function that has it; the one before is kept where there are versions."""
    if change.type != "AWS::Lambda::Function" or change.doing == "delete":
        return 0
    code = intended.compiled.templates[change.stack]["Resources"][change.logical_id]["Properties"]["Code"]
    return intended.sizes.get(code["S3Key"], 0)


def _taken_names(cloud: Cloud, intended: Intended, step: Step) -> Iterator[Problem]:
    """Names of resources to be made that something outside the app's stacks bears: creating them would fail half-way."""
    for type_, names in _to_be_made(cloud, intended).items():
        what, deleting = _READ[type_]
        taken: set[str] = set()
        for begin in _begins(type_, names, intended.compiled.release):
            found = cloud.named(type_, begin)
            if found is None:
                step(f"not looked at, because the account does not tell: {what} of the same names")
            taken |= names & (found or frozenset())
        if taken:
            told = ", ".join(sorted(taken))
            help_ = f"delete them if nobody needs them ({deleting} ...), or give the app another appIdentifier"
            yield Problem("name-taken", f"there are {what} already that no stack of this app made: {told}", help=help_)


def _to_be_made(cloud: Cloud, intended: Intended) -> Mapping[str, set[str]]:
    """Type -> names. A stack that is not as its template says is mended first, and what it made until then is its own."""
    release = intended.compiled.release
    states = {kind: cloud.stack(release.stem if kind == "app" else f"{release.stem}-{kind}") for kind in TOP}
    sound = {kind for kind, state in states.items() if state is None or state.is_whole}
    names: dict[str, set[str]] = {}
    for change in intended.plan.changes:
        if change.doing == "create" and change.type in _READ and (change.stack if change.stack in TOP else "app") in sound:
            properties = intended.compiled.templates[change.stack]["Resources"][change.logical_id]["Properties"]
            names.setdefault(change.type, set()).add(properties[PHYSICAL[change.type]])
    return names


def _begins(type_: str, names: set[str], release: Release) -> set[str]:
    """What to ask for, so that few calls find them all: buckets by their whole names, others by what all names of the environment begin with."""
    if type_ == "AWS::S3::Bucket":
        return names
    begin = release.stem.removesuffix(release.names.hash)
    return {f"{name[: name.rfind('/') + 1]}{begin}" for name in names}
