"""Back to an earlier deploy: its template, which names packages that are still there, and its pages, which are older versions of objects.

Data is never gone back with: tables, users and identities stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from deep.errors import Problem, RefusedError, UsageError
from deep.model.nearest import did_you_mean
from deep.names import other_table
from deep.provision.account.apps import not_deployed
from deep.provision.account.cloud import Cloud
from deep.provision.account.history import Deploy, Manifest, history, read, record
from deep.provision.account.standing import standing_templates
from deep.provision.changes import Templates
from deep.provision.deploying.deploy import Deployer, Step
from deep.provision.deploying.gradual import TakingOver, way_to
from deep.provision.pace import Pace
from deep.provision.parts import Keeping
from deep.provision.release import Release
from deep.provision.resources.buckets import artefact_bucket_name, site_bucket_name
from deep.provision.resources.tables import LEFT, TABLE, mark_of
from deep.provision.rights import rights_of
from deep.provision.stacks import Stacks, compile_stacks, nested_keys
from deep.provision.states.moves import is_paused
from deep.provision.template import Template

Root = Mapping[str, Any]
"""The app's own template, as JSON."""


def dropped_indexes(templates: Templates, data: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Table and index of what the roles of `templates` may search by, and tables of `data` have not. Tables that left the app are as they were."""
    tables = {one["Properties"]["TableName"]: one["Properties"] for one in data["Resources"].values() if one["Type"] == TABLE}
    there = {(table, index["IndexName"]) for table, one in tables.items() for index in one.get("GlobalSecondaryIndexes", ())}
    searched = (right.resource.partition(":table/")[2].partition("/index/") for right in rights_of(templates))
    return sorted({(table, index) for table, _, index in searched if index and table in tables} - there)


def moved_tables(templates: Templates, data: Mapping[str, Any]) -> Sequence[str]:
    """Tables that roles of `templates` let their functions use, and whose rows have been moved to other tables of `data`."""
    tables = [one["Properties"] for one in data["Resources"].values() if one["Type"] == TABLE]
    usable = {one["TableName"] for one in tables if not mark_of(one).startswith(LEFT)}
    used = {right.resource.partition(":table/")[2].partition("/")[0] for right in rights_of(templates)}
    return sorted(name for name in used - usable if name and other_table(name) in usable)


def _named(known: Sequence[Deploy], wanted: str) -> Deploy:
    found = next((deploy for deploy in known if deploy.id == wanted), None)
    if found is None:
        raise UsageError(Problem("unknown-deploy", f"there is no deploy {wanted}", help=did_you_mean(wanted, [deploy.id for deploy in known])))
    return found


def _apis(root: Root) -> set[str]:
    return {name for name, one in root["Resources"].items() if one["Type"] == "AWS::ApiGatewayV2::Api"}


class Reverter:
    """Takes an app back. Killed anywhere, it is run again."""

    def __init__(self, cloud: Cloud, step: Step, pace: Pace | None = None) -> None:
        self._cloud = cloud
        self._step = step
        self._deployer = Deployer(cloud, step, pace)
        self._taking_over = TakingOver(cloud, step, pace)

    def choose(self, release: Release, wanted: str | None) -> Deploy:
        """The deploy with this id; without one, the deploy before the one that stands.

        Raises UsageError, or RefusedError where there is none, where rows are being moved (`rows-on-their-way`), or where it uses what there is no
        more (`index-gone`, `rows-moved`, `api-gone`).
        """
        standing = standing_templates(self._cloud, release)
        if "app" not in standing:
            raise not_deployed(release)
        known = history(self._cloud, artefact_bucket_name(release))
        if is_paused(standing):
            help_ = "deepify deploy goes on with it; to give it up, set `own` as it was, and deploy"
            raise RefusedError(Problem("rows-on-their-way", "a deploy that moves rows is not finished, and functions may not write", help=help_))
        deploy = self._earlier(release, known, standing) if wanted is None else _named(known, wanted)
        self._check_tables(release, deploy)
        self._check_apis(release, deploy, chain((standing["app"],), (self._root(release, one) for one in known[: known.index(deploy)])))
        return deploy

    def _earlier(self, release: Release, known: Sequence[Deploy], standing: Templates) -> Deploy:
        """A deploy is of the history once it is done: what stands of one that was interrupted comes after the newest. A way back goes on."""
        newest, earlier = (*known, None, None)[:2]
        is_newest = newest is not None and standing["app"] == self._templates(release, newest)["app"]
        found = earlier if is_newest or (earlier and self._is_on_the_way(release, earlier, standing)) else newest
        if found is None:
            raise RefusedError(Problem("no-earlier-deploy", "there is no deploy before this one", help="deepify status lists the deploys"))
        return found

    def _is_on_the_way(self, release: Release, deploy: Deploy, standing: Templates) -> bool:
        """Whether the app stands in one of the states by which it would go back to this deploy."""
        states = way_to(self._stacks(release, deploy, standing), standing).states
        return standing["app"] in [state.stacks.app.template.as_json() for state in states]

    def _stacks(self, release: Release, deploy: Deploy, standing: Templates) -> Stacks:
        """Those of the app then, on what people keep as it is now."""
        then = {"store": standing["store"], "data": standing["data"], **self._templates(release, deploy)}
        return compile_stacks(replace(release, keeping=Keeping(frozenset(), then)))

    def _check_tables(self, release: Release, deploy: Deploy) -> None:
        """Tables are not gone back with: what was written to one whose rows have been moved since would be lost, a search by a lost index fails."""
        then = self._templates(release, deploy)
        data = json.loads(self._cloud.template(f"{release.stem}-data"))
        if moved := moved_tables(then, data):
            help_ = "set `own` of the model as it was then, and deploy: the rows are moved back"
            message = f"functions of deploy {deploy.id} use {', '.join(moved)}, whose rows have been moved since"
            raise RefusedError(Problem("rows-moved", message, help=help_))
        if gone := [f"{table} by {index}" for table, index in dropped_indexes(then, data)]:
            help_ = f"deploy the model with that index, then: deepify rollback --to {deploy.id}; or check out that version of the app and deploy it"
            message = f"functions of deploy {deploy.id} search {', '.join(gone)}, and that index was dropped since"
            raise RefusedError(Problem("index-gone", message, help=help_))

    def _check_apis(self, release: Release, deploy: Deploy, since: Iterable[Root]) -> None:
        """An API that the app once had not, since then, was deleted: made anew it has another host than that which the pages of then sign for."""
        had = _apis(self._root(release, deploy))
        if len(had) > 1 and not all(had <= _apis(one) for one in since):
            message = f"the pages of deploy {deploy.id} call an API that has been deleted since"
            raise RefusedError(Problem("api-gone", message, help="check out that version of the app and deploy it"))

    def _templates(self, release: Release, deploy: Deploy) -> Templates:
        """Those of the app then."""
        bucket, root = artefact_bucket_name(release), self._root(release, deploy)
        keys = nested_keys(Template.of_json(root))
        return {"app": root, **{name: json.loads(self._cloud.get(bucket, key)) for name, key in keys.items()}}

    def _root(self, release: Release, deploy: Deploy) -> Root:
        bucket = artefact_bucket_name(release)
        root: Root = json.loads(self._cloud.get(bucket, read(self._cloud, bucket, deploy).template))
        return root

    def back(self, release: Release, deploy: Deploy) -> int:
        """Brings the app to what it was then, by way of a state in which what stands now answers; how many pages changed."""
        bucket = artefact_bucket_name(release)
        manifest, standing = read(self._cloud, bucket, deploy), standing_templates(self._cloud, release)
        way = way_to(self._stacks(release, deploy, standing), standing)
        self._taking_over.go(way, lambda made: self._deployer.pass_through(release, made))
        restored = self._restore(site_bucket_name(release), manifest)
        record(self._cloud, bucket, manifest)
        return restored

    def _restore(self, bucket: str, manifest: Manifest) -> int:
        """Writes the pages that differ, in the order that makes them seen last. Raises RefusedError when one is not kept any more."""
        there = self._cloud.digests(bucket, manifest.site)
        changed = [key for key, digest in manifest.site.items() if there.get(key) != digest]
        for key in changed:
            self._step(f"restoring {key}")
            if not self._cloud.restore(bucket, key, manifest.site[key]):
                help_ = "check out that version of the app and deploy it"
                raise RefusedError(Problem("page-gone", f"the version of {key} that belongs to that deploy is not kept any more", help=help_))
        return len(changed)
