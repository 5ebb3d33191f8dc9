"""The deploys that can be gone back to: one manifest each, in the artefact bucket, naming the template and the pages by their content.

A manifest's key is `deploys/<number>-<id>.json`. Numbers give the order; the id is of the content, so a deploy that changes nothing writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from deep.frozen import dataclass
from deep.provision.account.cloud import Cloud, StoredObject

FOLDER = "deploys/"
KEPT = 20
"""How many deploys can be gone back to. Their packages and templates stay in the bucket; replaced pages do for `buckets.KEEP_OLD_DAYS`."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a deploy made seen: the key of the app stack's template, the site's objects, the versions of its microapplications.

    `site` maps keys to digests, in the order to write them.
    """

    template: str
    site: Mapping[str, str]
    microapps: Mapping[str, str]

    def text(self) -> str:
        return json.dumps({"manifestVersion": 1, "template": self.template, "site": dict(self.site), "microapps": dict(self.microapps)})

    @property
    def id(self) -> str:
        return sha256(self.text().encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Deploy:
    """A deploy of the history: its id, its manifest's key, and when it was made (ISO 8601)."""

    id: str
    key: str
    at: str

    def as_json(self) -> dict[str, str]:
        return {"id": self.id, "at": self.at}


def history(cloud: Cloud, bucket: str) -> tuple[Deploy, ...]:
    """The deploys that can be gone back to, the newest first: that is the one which stands."""
    found = sorted(cloud.listed(bucket, FOLDER).items(), reverse=True)
    return tuple(Deploy(key.removesuffix(".json").rpartition("-")[2], key, at) for key, at in found)


def read(cloud: Cloud, bucket: str, deploy: Deploy) -> Manifest:
    told = json.loads(cloud.get(bucket, deploy.key))
    return Manifest(told["template"], told["site"], told["microapps"])


def record(cloud: Cloud, bucket: str, manifest: Manifest) -> None:
    """Makes a deploy the newest of the history, and forgets those that are too old to be gone back to."""
    known = history(cloud, bucket)
    if known and known[0].id == manifest.id:
        return
    number = int(known[0].key.removeprefix(FOLDER).partition("-")[0]) + 1 if known else 1
    body = manifest.text().encode()
    key = f"{FOLDER}{number:06d}-{manifest.id}.json"
    cloud.put(bucket, StoredObject(key, body, sha256(body).hexdigest(), {"ContentType": "application/json"}))
    if old := [deploy.key for deploy in known[KEPT - 1 :]]:
        cloud.remove_objects(bucket, old)
