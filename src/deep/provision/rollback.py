"""Back to an earlier deploy: its template, which names packages that are still there, and its pages, which are older versions of objects.

Data is never gone back with: tables, users and identities stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from deep.errors import Problem, RefusedError, UsageError
from deep.model.nearest import did_you_mean
from deep.provision.applying import Applier, Pace
from deep.provision.apps import not_deployed
from deep.provision.cloud import Cloud
from deep.provision.history import Deploy, Manifest, history, read, record
from deep.provision.release import Release
from deep.provision.resources.buckets import artefact_bucket_name, site_bucket_name
from deep.provision.stacks import Stack
from deep.provision.template import Template


class Reverter:
    """Takes an app back. Killed anywhere, it is run again."""

    def __init__(self, cloud: Cloud, step: Callable[[str], None], pace: Pace | None = None) -> None:
        self._cloud = cloud
        self._step = step
        self._applier = Applier(cloud, step, pace)

    def choose(self, release: Release, wanted: str | None) -> Deploy:
        """The deploy with this id; without one, the deploy before the one that stands. Raises UsageError, or RefusedError where there is none."""
        if self._cloud.stack(release.stem) is None:
            raise not_deployed(release)
        known = history(self._cloud, artefact_bucket_name(release))
        if wanted is None:
            if len(known) < 2:
                raise RefusedError(Problem("no-earlier-deploy", "there is no deploy before this one", help="deepify status lists the deploys"))
            return known[1]
        found = next((deploy for deploy in known if deploy.id == wanted), None)
        if found is None:
            raise UsageError(Problem("unknown-deploy", f"there is no deploy {wanted}", help=did_you_mean(wanted, [deploy.id for deploy in known])))
        return found

    def back(self, release: Release, deploy: Deploy) -> int:
        """Brings the app to what it was then; how many pages changed."""
        bucket = artefact_bucket_name(release)
        manifest = read(self._cloud, bucket, deploy)
        template = Template.of_json(json.loads(self._cloud.get(bucket, manifest.template)))
        parameters = {name: self._outputs(release)[name] for name in template.parameters}
        url = f"https://s3.{release.target.region}.amazonaws.com/{bucket}/{manifest.template}"
        self._applier.apply(Stack("app", release.stem, template, {}), (parameters, release.tags), url)
        restored = self._restore(site_bucket_name(release), manifest)
        record(self._cloud, bucket, manifest)
        return restored

    def _outputs(self, release: Release) -> Mapping[str, str]:
        stacks = [self._cloud.stack(f"{release.stem}-{kind}") for kind in ("store", "data")]
        return {name: value for stack in stacks if stack is not None for name, value in stack.outputs.items()}

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
