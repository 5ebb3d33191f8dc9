"""A plan with its price: `provision` says what changes, `cost` what a month of it costs, and neither knows the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.frozen import dataclass

if TYPE_CHECKING:
    from deep.cost.asking import Answer
    from deep.provision.account.cloud import Cloud
    from deep.provision.changes import Templates
    from deep.provision.compiled import Compiled
    from deep.provision.deploying.migrating import Foreseen
    from deep.provision.planning.data_effects import DataEffect
    from deep.provision.planning.plan import Plan
    from deep.provision.release import Release
    from deep.wiring.choosing import Narrowed


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """What a deploy would do, and what the app costs a month at three loads once it is done."""

    plan: Plan
    price: Answer
    migrations: tuple[Foreseen, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.plan.is_empty and not any(one.is_known for one in self.migrations)

    @property
    def text(self) -> str:
        """The plan in words, and the migrations; the price where anything changes."""
        from deep.provision.planning.plan_text import plan_lines

        lines = list(plan_lines(self.plan))
        if self.migrations:
            lines += ["", "Migrations:", *(f"  ~ {one}" for one in self.migrations)]
        if not self.plan.is_empty:
            lines += ["", "Price of a month (`deepify cost` tells what of):", *(f"  {line}" for line in self.price.brief.splitlines())]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        price = self.price.as_json()
        migrations = [one.as_json() for one in self.migrations]
        return {**self.plan.as_json(), "migrations": migrations, "price": {key: price[key] for key in ("bills", "differences", "remarks")}}


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agrees to: by answering when they have seen the plan, by naming what may be lost, or by a plan that they saved and looked at."""

    asked: Callable[[PricedPlan], bool]
    losses: Collection[str] = ()
    saved: Path | None = None


def priced(compiled: Compiled, before: Templates, note: Path, also: Sequence[DataEffect] = ()) -> PricedPlan:
    """The plan of a deploy of a release to an account that is as `before` says. `note`: beside which `keep_bills` left those of `before`, perhaps.

    `also` are effects on what stands in the account outside of the app's stacks.
    """
    from deep.bundle.cache_folder import kept
    from deep.provision.planning.plan import plan

    path = _bills(note, before)
    earlier = kept(path)
    made = plan(compiled, before)
    price = price_of(compiled, None if earlier is None else (str(path), earlier))
    return PricedPlan(replace(made, data=(*made.data, *also)), price, _foreseen(compiled.release))


def planned(cloud: Cloud, narrowed: Narrowed, note: Path) -> PricedPlan:
    """The plan of a deploy to the account, with what becomes of tables that are in none of its stacks, and what it tells of migrations."""
    from deep.provision.rows.kept import in_the_way

    made = priced(narrowed.compiled, narrowed.before, note, in_the_way(cloud, narrowed.compiled, narrowed.before))
    return replace(made, migrations=_foreseen(narrowed.compiled.release, cloud))


def plan_begun(narrowed: Narrowed, made: PricedPlan, before: Mapping[str, str]) -> tuple[PricedPlan, Collection[str]]:
    """What is left of a deploy that was planned when stacks of these digests stood, and the stacks that are on their way.

    `made` is its plan of now.
    """
    from deep.provision.planning.midway import begun
    from deep.provision.planning.plan import plan

    found = begun(narrowed.compiled, narrowed.before, before)
    rest = plan(narrowed.compiled, found.since)
    in_the_way = (effect for effect in made.plan.data if effect.deletes)
    return replace(made, plan=replace(rest, data=(*rest.data, *in_the_way))), found.on_their_way


def _foreseen(release: Release, cloud: Cloud | None = None) -> tuple[Foreseen, ...]:
    """The migrations that will run; what tells is loaded where there are any."""
    if not any(microapp.migrations for microapp in release.app.microapps):
        return ()
    from deep.provision.deploying.migrating import foreseen

    return foreseen(release, cloud)


def price_of(compiled: Compiled, earlier: tuple[str, bytes] | None = None) -> Answer:
    """What a month costs of the release: what its app does, and everything its stacks set up."""
    from datetime import UTC, datetime

    from deep.cost.asking import Question, answer
    from deep.cost.standing import standing_of

    release, templates = compiled.release, compiled.templates.values()
    standing = standing_of(resource for template in templates for resource in template["Resources"].values())
    return answer(release.app, Question(region=release.target.region, earlier=earlier), datetime.now(UTC).date(), standing)


def keep_bills(note: Path, deployed: Templates, price: Answer) -> None:
    """Leaves the bills of what was deployed, so that the next plan can tell what a change of just that costs."""
    from deep.bundle.cache_folder import keep

    for old in note.parent.glob(f"{note.stem}-*.bills.json"):
        old.unlink()
    keep(_bills(note, deployed), json.dumps(price.as_json()).encode())


def _bills(note: Path, templates: Templates) -> Path:
    from deep.provision.planning.plan import digest_of

    return note.with_name(f"{note.stem}-{digest_of(templates)[:16]}.bills.json")
