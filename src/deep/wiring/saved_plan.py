"""A plan that was saved is carried out exactly as it was shown, or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import Problem, ProjectError, RefusedError

if TYPE_CHECKING:
    from deep.wiring.planning import PricedPlan

VERSION = 1
_OF = {"app": "the app", "env": "the environment", "account": "the account", "region": "the region"}
_HELP = "make the plan anew, and look at it"


def save_plan(path: Path, made: PricedPlan, site: str) -> None:
    """Writes the plan, whole or not at all. It holds no secret: templates are not in it, only digests of them; `site` is that of the pages."""
    from deep.bundle.cache_folder import keep

    keep(path, json.dumps({"savedPlan": VERSION, "site": site, **made.as_json()}, indent=2).encode())


def refuse_other_plan(path: Path, saved: Mapping[str, Any], made: PricedPlan, site: str, midway: Collection[str] = ()) -> None:
    """Raises RefusedError where `made`, the plan of now, is another than the one that `read_plan` found at `path`.

    The file is not trusted: what it tells of resources, rights and data is held against `made`, because who agreed has read the file. A deploy of it
    that was interrupted goes on: each stack then stands as it did before, as it is to be, or on the way there if `midway` names it.
    """
    now = {**json.loads(json.dumps(made.plan.as_json())), "site": site}
    for key, what in _OF.items():
        if saved[key] != now[key]:
            help_ = "make the plan with --live and the credentials, --env and app it is for" if key != "app" else "name the app that the plan is of"
            raise RefusedError(Problem("other-plan", f"{what} of {path} is {saved[key]}, and this is {now[key]}", help=help_))
    if since := list(_since(saved, now, midway)):
        raise RefusedError(Problem("old-plan", f"since {path} was made, {' and '.join(since)}", help=_HELP))
    begun = midway or saved["before"] != now["before"]
    if not _is_rest(saved, now) if begun else any(saved.get(key) != told for key, told in now.items()):
        message = f"{path} tells other changes, rights or data effects than a deploy would have: it was edited"
        raise RefusedError(Problem("altered-plan", message, help=_HELP))


def _is_rest(saved: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether all that is still to be done was told: of a resource that is on its way, fewer properties may differ than did."""
    told = {(one["stack"], one["logical_id"]): one for one in saved["changes"]}
    for change in now["changes"]:
        known = told.get((change["stack"], change["logical_id"]), {"properties": ()})
        if {**known, "properties": ()} != {**change, "properties": ()} or not set(change["properties"]) <= set(known["properties"]):
            return False
    return all(effect in saved["data"] for effect in now["data"] if effect["loses"])


def _since(saved: Mapping[str, Any], now: Mapping[str, Any], midway: Collection[str]) -> Iterator[str]:
    """What has changed since, in words."""
    if sources := _differing(saved["after"], now["after"]):
        yield f"the app has changed ({', '.join(sources)})"
    if saved["site"] != now["site"]:
        yield "pages have changed"
    others = (name for name in _differing(saved["before"], now["before"]) if name not in midway)
    if standing := [name for name in others if now["before"].get(name) != saved["after"].get(name)]:
        yield f"what stands in the account has changed ({', '.join(standing)})"


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {**one, **other} if one.get(name) != other.get(name))


def read_plan(path: Path) -> Mapping[str, Any]:
    """What `save_plan` wrote, as far as it can be told. Raises ProjectError (`not-a-plan`)."""
    try:
        saved = json.loads(path.read_bytes())
        texts = [saved["site"], *(saved[key] for key in _OF), *saved["before"].values(), *saved["after"].values()]
        if saved["savedPlan"] == VERSION and isinstance(saved["changes"], list) and all(isinstance(text, str) for text in texts):
            return dict(saved)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise ProjectError.of("not-a-plan", "this is no saved plan", file=str(path), help="write one with `deepify plan --live --out FILE`")
