"""A plan that was saved is carried out exactly as it was shown, or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import Problem, ProjectError, RefusedError

if TYPE_CHECKING:
    from deep.wiring.planning import PricedPlan

VERSION = 1
_OF = {"app": "the app", "env": "the environment", "account": "the account", "region": "the region"}
_SINCE = {"after": "the app has changed", "before": "what stands in the account has changed", "site": "pages have changed"}
"""What must be as it was, in the order in which it is told."""


def save_plan(path: Path, made: PricedPlan, site: str) -> None:
    """Writes the plan, whole or not at all. It holds no secret: templates are not in it, only digests of them; `site` is that of the pages."""
    from deep.bundle.cache_folder import keep

    keep(path, json.dumps({"savedPlan": VERSION, "site": site, **made.as_json()}, indent=2).encode())


def refuse_other_plan(path: Path, made: PricedPlan, site: str) -> None:
    """Raises RefusedError where `made`, the plan of now, is another than the one saved at `path`; ProjectError where there is none.

    The file is not trusted: what it tells of resources, rights and data is held against `made`, because who agreed has read the file.
    """
    saved, now = _read(path), {**made.as_json(), "site": site}
    for key, what in _OF.items():
        if saved[key] != now[key]:
            help_ = "make the plan with --live and the credentials, --env and app it is for" if key != "app" else "name the app that the plan is of"
            raise RefusedError(Problem("other-plan", f"{what} of {path} is {saved[key]}, and this is {now[key]}", help=help_))
    changed = [told for key, told in _SINCE.items() if saved[key] != now[key]]
    if changed:
        raise RefusedError(Problem("old-plan", f"since {path} was made, {' and '.join(changed)}", help="make the plan anew, and look at it"))
    if any(saved.get(key) != told for key, told in json.loads(json.dumps(made.plan.as_json())).items()):
        message = f"{path} tells other changes, rights or data effects than a deploy would have: it was edited"
        raise RefusedError(Problem("altered-plan", message, help="make the plan anew, and look at it"))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        saved = json.loads(path.read_bytes())
        if saved["savedPlan"] == VERSION and all(isinstance(saved[key], str) for key in (*_OF, *_SINCE)):
            return dict(saved)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ProjectError.of("not-a-plan", "this is no saved plan", file=str(path), help="write one with `deepify plan --live --out FILE`")
