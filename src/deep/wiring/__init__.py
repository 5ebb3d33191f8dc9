"""The composition root: the one place that knows which concrete parts do each of the command line's jobs, and puts them together.

Parts are imported inside the functions, so that a command pays for what it uses and for nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import EnvironmentProblem, Problem, ProjectError, UsageError

if TYPE_CHECKING:
    from deep.cost.asking import Answer, Question
    from deep.local.accounts import AccountBook
    from deep.local.reporter import Reporter
    from deep.model import App
    from deep.names import CloudNames
    from deep.packages.hooks import Consent, HookRun, PackageHook
    from deep.packages.install import Installed, Installer
    from deep.security.explain import Explanation
    from deep.security.overview import Overview
    from deep.security.proof import Proof
    from deep.wire.invocation import Fault

Progress = Callable[[str], None]
HookTold = Callable[["HookRun"], None]

_HELLO_WORLDS = (Path(__file__).parents[1] / "packages" / "hello-world", Path(__file__).parents[3] / "apps" / "hello-world")
"""In a wheel, and in a clone of the repository."""


@dataclass(frozen=True, slots=True)
class Invoked:
    """What a function answered, as JSON values, and how long it took: `init_ms` to start it, `duration_ms` of its own."""

    payload: Any
    init_ms: float
    duration_ms: float


def install(source: str | None, target: Path | None, progress: Progress, *, replace: bool = False) -> Installed:
    """Installs `source` (as typed; None for whatever is lacking) into the property at `target`, which is made if it does not exist.

    Without a target it is the working folder; unless that is no property and `source` is one in a folder, which is then completed where it stands.
    """
    from deep.packages.install import Order
    from deep.packages.sources import FolderSource, parse_source

    parsed = parse_source(source, Path.cwd()) if source is not None else None
    if target is None and isinstance(parsed, FolderSource) and _holder(parsed.path) and not _holder(Path.cwd()):
        target, parsed = parsed.path, None
    return _installer(progress).install(Order(_property_at(target or Path.cwd()), parsed, replace))


def hello_world(target: Path, progress: Progress) -> Installed:
    """Makes a copy of the sample property, with a root of its own, in `target`. Raises UsageError if anything is there already."""
    from deep.packages.install import Order
    from deep.packages.sources import FolderSource

    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        help_ = "name a new folder: deepify helloworld my-app"
        raise UsageError(Problem("not-empty", f"{target} is not empty, and nothing of it shall be overwritten", help=help_))
    sample = next((folder for folder in _HELLO_WORLDS if folder.is_dir()), None)
    if sample is None:
        raise EnvironmentProblem(
            Problem("incomplete-installation", "the sample web app is missing from this installation", help="install DEEP again")
        )
    return _installer(progress).install(Order(target, FolderSource(sample)))


def serve(project: Path, reporter: Reporter, **options: Any) -> None:
    """Runs the local platform for the property or microapplication at `project` until it is interrupted; `options` are `ServeOptions`'s."""
    from deep.local.platform import ServeOptions, run

    _property_of(project)
    run(project, ServeOptions(**options), reporter)


def invoke(function: str, project: Path, event: bytes, reporter: Reporter) -> Invoked:
    """Runs one action once. `function` is its identifier, or the folder of its code (then `project` does not matter).

    Raises ProjectError with the function's own words when it fails.
    """
    import asyncio

    from deep.local.functions.outcome import Failure
    from deep.local.invoke import invoke_once

    folder = Path(function).expanduser().absolute()
    identifier, where = _action_in(folder) if folder.is_dir() else (function, project)
    _property_of(where)
    outcome = asyncio.run(invoke_once(where, identifier, event, reporter))
    if isinstance(outcome, Failure):
        raise ProjectError(_told(identifier, outcome.fault))
    return Invoked(json.loads(outcome.payload), outcome.init_ms or 0.0, outcome.duration_ms)


def inspect(project: Path) -> tuple[dict[str, Any], Sequence[Problem]]:
    """The whole model as JSON values, and what is doubtful about it."""
    from deep.bundle.leaks import secrets_of
    from deep.model import app_as_json, load_app

    _property_of(project)
    app = load_app(project)
    return app_as_json(app), (*app.warnings, *secrets_of(app))


def openapi(project: Path) -> dict[str, Any]:
    """The API as an OpenAPI document."""
    from deep.bundle.openapi import openapi_document

    return openapi_document(_app_of(project))


def policy(project: Path) -> Overview:
    """Who may do what in the property or microapplication at `project`."""
    from deep.security.grants import grants_of
    from deep.security.overview import Overview

    app = _app_of(project)
    return Overview(app, grants_of(app))


def explain_policy(project: Path, action: str, role: str) -> Explanation:
    """Why `role` may or may not call `action`. Raises UsageError for an unknown role, DeepError for an unknown action."""
    from deep.security.explain import check_role, explain
    from deep.security.grants import grants_of

    app = _app_of(project)
    grants = grants_of(app)
    check_role(grants, role)
    return explain(app, grants, role, action)


def explain_function(project: Path, iam_action: str, function: str) -> Explanation:
    """Whether the function of the action `function` may do `iam_action`, such as `dynamodb:PutItem`, and by which use."""
    from deep.security.explain import explain_function as explain

    app = _app_of(project)
    return explain(app, _names_of(app), function, iam_action)


def price(project: Path, question: Question) -> Answer:
    """What the property costs a month, by today's book of prices. Raises UsageError and ProjectError for a load that is none."""
    from datetime import UTC, datetime

    from deep.cost.asking import answer

    return answer(_app_of(project), question, datetime.now(UTC).date())


def prove_policy(project: Path, command: Sequence[str], progress: Progress) -> Proof:
    """Runs the app's tests and takes every part of its functions' policies away in turn. Raises DeepError when nothing can be proved."""
    from deep.local.proving import gather
    from deep.security.proof import prove

    app = _app_of(project)
    return prove(app, _names_of(app), gather(app, command, progress))


def hooks(project: Path) -> list[tuple[PackageHook, Consent]]:
    """Every hook of the property and whether it may run."""
    from deep.packages.hooks import consent_to, hooks_of, read_approvals
    from deep.packages.manifest import find_microapps

    property_path = _property_of(project)
    approvals = read_approvals(property_path)
    return [(hook, consent_to(hook, approvals)) for hook in hooks_of(find_microapps(property_path))]


def hooks_to_approve(package: str, project: Path) -> list[PackageHook]:
    """The hooks of `package` (`deep.todo` or `deep.todo@0.1.0`) that may not run yet. Raises UsageError when it has none at all."""
    found = hooks(project)
    meant = [(hook, consent) for hook, consent in found if package in (hook.package, hook.microapp.identifier)]
    if not meant:
        known = ", ".join(sorted({hook.package for hook, _ in found})) or "no microapplication"
        raise UsageError(Problem("no-hooks", f"{package} has no hooks here", help=f"{known} has some"))
    return [hook for hook, consent in meant if consent != "approved"]


def approve_hooks(project: Path, approved: Sequence[PackageHook]) -> None:
    """Records consent to the hooks as they are now."""
    from deep.packages.hooks import approve

    approve(_property_of(project), approved)


def hooks_are_confined() -> bool:
    """Whether a hook is truly shut in on this machine."""
    from deep.packages.sandbox import is_confining

    return is_confining()


def run_hooks(project: Path, moment: str, told: HookTold, *, is_before: bool = True) -> None:
    """Runs the approved hooks of a moment, telling of each; raises ProjectError for the first that fails."""
    from deep.packages.hooks import run_hooks as run

    run(_property_of(project), moment, told, is_before=is_before)


def hooks_before(moments: Sequence[str], project: Path, told: HookTold, progress: Progress) -> None:
    """Runs the hooks of `moments`, which come before the server, a plan or a deploy.

    Raises ProjectError, running none, when the project has mistakes.

    A hook that writes into the root needs one inside the property, so DEEP's own is installed there first.
    """
    from deep.model import load_app
    from deep.packages.hooks import writes_into_missing_root

    property_path = _property_of(project)
    load_app(project)
    for moment in moments:
        if writes_into_missing_root(property_path, moment):
            install(None, property_path, progress)
        run_hooks(project, moment, told)


def api_keys(project: Path) -> Mapping[str, str]:
    """The property's API keys: name -> digest."""
    from deep.packages.keys import read_keys

    return read_keys(_property_of(project))


def add_key(project: Path, name: str) -> str:
    """Makes an API key; the answer is the only copy of it."""
    from deep.packages.keys import add_key as add

    return add(_property_of(project), name)


def remove_key(project: Path, name: str) -> None:
    """Forgets an API key."""
    from deep.packages.keys import remove_key as remove

    remove(_property_of(project), name)


def _app_of(project: Path) -> App:
    from deep.model import load_app

    _property_of(project)
    return load_app(project)


def _names_of(app: App) -> CloudNames:
    """The names that local runs give to tables and functions: those of the property's own environment."""
    from deep.names import CloudNames, app_hash

    own = app.property
    return CloudNames(own.env, app_hash(own.account_id, own.app_identifier), own.account_id, own.region)


def accounts(project: Path) -> AbstractContextManager[AccountBook]:
    """The local users of the property, open while the context is."""
    from deep.local.accounts import open_accounts

    return open_accounts(_property_of(project))


def _installer(progress: Progress) -> Installer:
    from deep.model.discovery import built_in_root
    from deep.packages.install import Installer

    root = built_in_root()
    if root is None:
        raise EnvironmentProblem(
            Problem("incomplete-installation", "the root microapplication is missing from this installation", help="install DEEP again")
        )
    return Installer(root, progress)


def _property_of(project: Path) -> Path:
    """The property that `project` is or belongs to, with an interrupted installation finished. Raises UsageError when there is none."""
    from deep.model.discovery import find_microapps
    from deep.packages.interrupted import finish_interrupted

    property_path = find_microapps(project).property
    finish_interrupted(property_path)
    return property_path


def _property_at(target: Path) -> Path:
    """Where an installation into `target` goes: the property that is there already (perhaps in its `src/`), else `target` itself."""
    return _holder(target) or target


def _holder(folder: Path) -> Path | None:
    """What directly holds microapplications: the folder or its `src/`. None when neither does, or the folder is a microapplication itself."""
    from deep.packages.manifest import FILE_NAME

    if (folder / FILE_NAME).exists():
        return None
    return next((place for place in (folder, folder / "src") if any(place.glob(f"*/{FILE_NAME}"))), None)


def _action_in(folder: Path) -> tuple[str, Path]:
    """The identifier of the action whose code lies in `folder`, and the microapplication to load for it."""
    from deep.model import load_app
    from deep.packages.manifest import FILE_NAME

    microapp = next((parent for parent in (folder, *folder.parents) if (parent / FILE_NAME).exists()), None)
    if microapp is None:
        raise UsageError(Problem("unknown-action", f"{folder} is in no microapplication", help="name an action: deep.todo:task:create"))
    for action in load_app(microapp).actions:
        if action.source == folder.resolve():
            return action.identifier, microapp
    raise UsageError(Problem("unknown-action", f"no action has its code in {folder}", help="`deepify inspect` lists the actions"))


def _told(identifier: str, fault: Fault) -> Problem:
    lines = "".join(fault.get("stackTrace", []))
    trace = "".join(f"\n  | {line}" for line in lines.rstrip().splitlines())
    return Problem("function-failed", f"{identifier} failed: {fault['errorType']}: {fault['errorMessage']}{trace}")
