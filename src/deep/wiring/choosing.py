"""Which parts of an app `deepify deploy` was asked for, and all that it would send, written to a folder instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deep.errors import Problem, UsageError
from deep.frozen import dataclass
from deep.provision.parts import Parts

if TYPE_CHECKING:
    from deep.model import App
    from deep.provision.account.cloud import StoredObject
    from deep.provision.changes import Templates
    from deep.provision.compiled import Compiled
    from deep.provision.deploying.gradual import Gradually
    from deep.provision.deploying.missing import Looker, Missing
    from deep.provision.release import Release


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the app is deployed: functions of these microapplications and actions, all of the backend, the pages; by default everything.

    `gradually`: how it takes over from what stands, if not at once.
    """

    microapps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    frontend: bool = False
    backend: bool = False
    gradually: Gradually | None = None

    def parts(self, app: App) -> Parts:
        """Raises UsageError, with the nearest, for every name that the app has not."""
        owned = {microapp.identifier: [action.identifier for action in microapp.actions if action.type == "lambda"] for microapp in app.microapps}
        known = [identifier for identifiers in owned.values() for identifier in identifiers]
        problems = [_unknown("microapp", name, list(owned)) for name in self.microapps if name not in owned]
        problems += [_unknown("action", name, known) for name in self.actions if name not in known]
        if problems:
            raise UsageError(*problems)
        if self.microapps or self.actions:
            return Parts(frozenset([*self.actions, *(action for name in self.microapps for action in owned[name])]), pages=self.frontend)
        if self.frontend and not self.backend:
            return Parts(frozenset(), pages=True)
        return Parts(None, pages=self.frontend or not self.backend)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A release with what stands beside it: `before` is all that does, `missing` what should, `parts` what shall change."""

    compiled: Compiled
    before: Templates
    parts: Parts
    missing: Missing


def narrowed_to(choice: Choice, cloud: Looker, release: Release) -> Narrowed:
    """The release with only what was chosen brought up to date.

    Raises RefusedError where a part is chosen of what does not stand yet, and (`deleted-by-hand`) where what is missing cannot be made anew.
    """
    from deep.provision.account.apps import not_deployed
    from deep.provision.account.standing import standing_templates
    from deep.provision.compiled import compile_release
    from deep.provision.deploying.missing import NOTHING, deleted_by_hand, refuse_in_part, refuse_unmendable, without
    from deep.provision.parts import Keeping
    from deep.provision.resources.tables import tables
    from deep.provision.states.moves import moves, refuse_moves

    parts, standing = choice.parts(release.app), standing_templates(cloud, release)
    missing = deleted_by_hand(cloud, release, standing)
    refuse_unmendable(missing, standing)
    if parts.functions is None:
        return Narrowed(compile_release(release), without(standing, missing), parts, missing)
    if not {"store", "data", "app"} <= set(standing):
        raise not_deployed(release)
    refuse_in_part(missing)
    if parts.functions:
        refuse_moves(moves(standing, tables(release).resources), "a part of its functions cannot go over to another table alone")
    return Narrowed(compile_release(replace(release, keeping=Keeping(parts.functions, standing))), standing, parts, NOTHING)


def dump(compiled: Compiled, objects: Sequence[StoredObject], folder: Path) -> None:
    """Writes what a deploy would send: `stacks/` (a template each), `artefacts/` (as in their bucket) and `site/`."""
    from deep.bundle.dump import dump_site
    from deep.bundle.upload import site_upload

    release, stacks = compiled.release, compiled.stacks
    files = {f"stacks/{stack.kind}.json": stack.template.text().encode() for stack in stacks.in_order}
    files |= {f"artefacts/{key}": template.text().encode() for key, template in stacks.nested.items()}
    files |= {f"artefacts/{one.key}": one.body for one in objects}
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    dump_site(site_upload(release.app, release.target), folder / "site")


def _unknown(kind: str, name: str, known: list[str]) -> Problem:
    from deep.model.nearest import did_you_mean

    return Problem(f"unknown-{kind}", f"the app has no {kind} {name}", help=did_you_mean(name, known))
