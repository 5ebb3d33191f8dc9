"""The hooks of microapplications: listed, approved, and run at their moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deep.errors import Problem, UsageError
from deep.wiring.installing import install
from deep.wiring.projects import property_of

if TYPE_CHECKING:
    from deep.packages.hooks import Consent, HookRun, PackageHook
    from deep.wiring import Progress

HookTold = Callable[["HookRun"], None]


def hooks(project: Path) -> list[tuple[PackageHook, Consent]]:
    """Every hook of the property and whether it may run."""
    from deep.packages.hooks import consent_to, hooks_of, read_approvals
    from deep.packages.manifest import find_microapps

    property_path = property_of(project)
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

    approve(property_of(project), approved)


def hooks_are_confined() -> bool:
    """Whether a hook is truly shut in on this machine."""
    from deep.packages.sandbox import is_confining

    return is_confining()


def run_hooks(project: Path, moment: str, told: HookTold, *, is_before: bool = True) -> None:
    """Runs the approved hooks of a moment, telling of each; raises ProjectError for the first that fails."""
    from deep.packages.hooks import run_hooks as run

    run(property_of(project), moment, told, is_before=is_before)


def hooks_before(moments: Sequence[str], project: Path, told: HookTold, progress: Progress) -> None:
    """Runs the hooks of `moments`, which come before the server, a plan or a deploy.

    Raises ProjectError, running none, when the project has mistakes.

    A hook that writes into the root needs one inside the property, so DEEP's own is installed there first.
    """
    from deep.model import load_app
    from deep.packages.hooks import writes_into_missing_root

    property_path = property_of(project)
    load_app(project)
    for moment in moments:
        if writes_into_missing_root(property_path, moment):
            install(None, property_path, progress)
        run_hooks(project, moment, told)
