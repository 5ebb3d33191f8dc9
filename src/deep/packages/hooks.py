"""Hooks: files of a microapplication that run at certain moments, on the developer's machine, and only with the developer's consent.

Consent is given per microapplication, version and content: `deeploy.json` of the property records `sha256-<hex>` of each approved hook file, and a
file that changed by a single byte asks again. An approved hook runs in a child process (`deep.packages.sandbox`) that may write its own
microapplication's folder and the places its `deepkg.json` declares, and that reaches no network.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from deep.errors import EnvironmentProblem, Problem, ProjectError, UsageError
from deep.frozen import dataclass
from deep.packages.deeploy import FILE_NAME as DEEPLOY
from deep.packages.deeploy import read_deeploy, write_deeploy
from deep.packages.manifest import FILE_NAME, Manifest, find_microapps
from deep.packages.sandbox import Confinement, Finished, run_confined

MOMENTS = ("init", "pre-deploy", "post-deploy", "post-install", "post-root-fetch", "server", "build")
"""When hooks run (`deep-2016` 3.7); the file is called `hook.<moment>.py` or `hook.<moment>.js`."""

_RUNNERS = {".py": "hook_runner.py", ".js": "hook_runner.js"}
_LAST_LINES = 20

Consent = Literal["approved", "changed", "waiting"]
Approvals = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PackageHook:
    """A hook file of a microapplication; `digest` is what consent is bound to."""

    microapp: Manifest
    moment: str
    path: Path
    digest: str

    @property
    def package(self) -> str:
        """`deep.todo@0.1.0`, the key of its approvals."""
        return f"{self.microapp.identifier}@{self.microapp.version}"

    def __str__(self) -> str:
        return f"{self.package} {self.moment}"

    def as_json(self, consent: Consent) -> dict[str, Any]:
        where = {"package": self.package, "moment": self.moment, "file": str(self.path), "digest": self.digest}
        return {**where, "writes": list(self.microapp.writes), "consent": consent}


@dataclass(frozen=True, slots=True)
class HookRun:
    """What became of one hook at a moment: it ran (`finished`), or it was passed over for `consent` other than `approved`."""

    hook: PackageHook
    consent: Consent
    finished: Finished | None = None


def hooks_of(microapps: Iterable[Manifest]) -> tuple[PackageHook, ...]:
    """Every hook file of the microapplications, in the order of `MOMENTS`; a Python hook hides a JavaScript one of the same moment."""
    found = []
    for microapp in microapps:
        for moment in MOMENTS:
            files = (microapp.folder / f"hook.{moment}{suffix}" for suffix in _RUNNERS)
            if (path := next((file for file in files if file.is_file() and not file.is_symlink()), None)) is not None:
                found.append(PackageHook(microapp, moment, path, f"sha256-{sha256(path.read_bytes()).hexdigest()}"))
    return tuple(found)


def consent_to(hook: PackageHook, approvals: Approvals) -> Consent:
    """Whether `hook`, as it is on the disk now, was approved; `changed` if another content of it was."""
    recorded = approvals.get(hook.package, {}).get(hook.moment)
    if recorded is None:
        return "waiting"
    return "approved" if recorded == hook.digest else "changed"


def read_approvals(property_path: Path) -> Approvals:
    """The approvals recorded in the property's `deeploy.json`; none if there is no such file. Raises ProjectError for another shape."""
    approved = read_deeploy(property_path).get("hooks", {})
    approved = approved.get("approved", {}) if isinstance(approved, dict) else None
    if not isinstance(approved, dict) or not all(isinstance(moments, dict) for moments in approved.values()):
        expected = '{"approved": {"deep.todo@0.1.0": {"init": "sha256-..."}}}'
        raise ProjectError(Problem("bad-approvals", "the approvals of hooks cannot be read", file=DEEPLOY, expected=expected))
    return approved


def approve(property_path: Path, hooks: Iterable[PackageHook]) -> None:
    """Records consent to `hooks` as they are now, beside whatever else `deeploy.json` holds; older versions' approvals go."""
    config = read_deeploy(property_path)
    approved = {package: dict(moments) for package, moments in read_approvals(property_path).items()}
    for hook in hooks:
        older = [package for package in approved if package.partition("@")[0] == hook.microapp.identifier and package != hook.package]
        for package in older:
            del approved[package]
        approved.setdefault(hook.package, {})[hook.moment] = hook.digest
    config["hooks"] = {**config.get("hooks", {}), "approved": approved}
    write_deeploy(property_path, config)


def run_hooks(property_path: Path, moment: str, told: Callable[[HookRun], None], *, is_before: bool = True, timeout_s: float = 60) -> None:
    """Runs the approved hooks of `moment`, one after the other, telling of each what became of it.

    Raises UsageError for an unknown moment and ProjectError for the first hook that fails, with the last lines it printed.
    """
    if moment not in MOMENTS:
        raise UsageError(Problem("unknown-moment", f"hooks have no moment {moment!r}", help=f"there are {', '.join(MOMENTS)}"))
    microapps = find_microapps(property_path)
    approvals = read_approvals(property_path)
    for hook in hooks_of(microapps):
        if hook.moment != moment:
            continue
        consent = consent_to(hook, approvals)
        finished = _run(hook, property_path, microapps, is_before=is_before, timeout_s=timeout_s) if consent == "approved" else None
        told(HookRun(hook, consent, finished))
        if finished is not None and (finished.timed_out or finished.exit_code):
            raise _failure(hook, finished, timeout_s)


def writes_into_missing_root(property_path: Path, moment: str) -> bool:
    """Whether an approved hook of `moment` writes into a microapplication outside the property: DEEP's own root, used where it lies."""
    microapps = find_microapps(property_path)
    here = {microapp.identifier for microapp in microapps}
    approvals = read_approvals(property_path)
    approved = [hook for hook in hooks_of(microapps) if hook.moment == moment and consent_to(hook, approvals) == "approved"]
    return any(place.partition(":")[0] not in here for hook in approved for place in hook.microapp.writes)


def _run(hook: PackageHook, property_path: Path, microapps: Sequence[Manifest], *, is_before: bool, timeout_s: float) -> Finished:
    runner = Path(__file__).with_name(_RUNNERS[hook.path.suffix])
    context = {
        "hook": str(hook.path.resolve()),
        "moment": hook.moment,
        "isBefore": is_before,
        "microapp": {"identifier": hook.microapp.identifier, "version": hook.microapp.version, "path": str(hook.microapp.folder.resolve())},
        "property": {"path": str(property_path.resolve())},
        "microapps": {microapp.identifier: str(microapp.folder.resolve()) for microapp in microapps},
    }
    program = _program(hook.path.suffix)
    confinement = Confinement(
        writable=(hook.microapp.folder.resolve(), *_declared_places(hook, microapps)),
        readable=(runner, *_beside_system(program)),
        timeout_s=timeout_s,
    )
    flags = ["-I", "-S", "-B"] if hook.path.suffix == ".py" else []
    return run_confined([str(program), *flags, str(runner)], json.dumps(context).encode(), confinement)


def _program(suffix: str) -> Path:
    if suffix == ".py":
        return Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    if (node := shutil.which("node")) is None:
        help_ = "install Node.js, or rewrite the hook as hook.<moment>.py"
        raise EnvironmentProblem(Problem("node-missing", "this hook is JavaScript, and there is no `node` here", help=help_))
    return Path(node).resolve()


def _beside_system(program: Path) -> tuple[Path, ...]:
    """The folder a program is installed in, where the sandbox would not show it anyway."""
    prefix = program.parent.parent
    return () if program.is_relative_to("/usr") or prefix == Path("/") else (prefix,)


def _declared_places(hook: PackageHook, microapps: Sequence[Manifest]) -> list[Path]:
    """The folders of `"hooks": {"write": ["deep.root:Frontend"]}`, which must lie in microapplications of this property."""
    folders = {microapp.identifier: microapp.folder.resolve() for microapp in microapps}
    places, problems = [], []
    for declared in hook.microapp.writes:
        identifier, _, relative = declared.partition(":")
        home = folders.get(identifier)
        place = (home / relative).resolve() if home else None
        if home is None or place is None or not place.is_relative_to(home) or not place.is_dir():
            message = f"{hook} declares to write into {declared!r}, which is no folder of a microapplication in this property"
            help_ = "`deepify install` brings the root microapplication into the property; other ones are installed by name"
            problems.append(Problem("bad-write-place", message, file=f"{hook.microapp.folder.name}/{FILE_NAME}", help=help_))
        else:
            places.append(place)
    if problems:
        raise ProjectError(*problems)
    return places


def _failure(hook: PackageHook, finished: Finished, timeout_s: float) -> ProjectError:
    how = f"was stopped after {timeout_s:g} seconds" if finished.timed_out else f"ended with exit code {finished.exit_code}"
    lines = finished.output.rstrip().splitlines()[-_LAST_LINES:]
    told = "".join(f"\n  | {line}" for line in lines)
    help_ = "mend the hook, or go on without hooks: `--skip-hooks`"
    return ProjectError(Problem("hook-failed", f"hook {hook} {how}{told}", file=f"{hook.microapp.folder.name}/{hook.path.name}", help=help_))
