"""What is deployed: an app, for a target, with the packages of its functions. Everything in this room is a function of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deep.bundle.target import Target
from deep.frozen import dataclass
from deep.model import App
from deep.model.app import Monitoring
from deep.names import CloudNames, app_hash, studly
from deep.security.grants import Grants, grants_of

if TYPE_CHECKING:
    from deep.provision.parts import Keeping


@dataclass(frozen=True, slots=True)
class Package:
    """A function's package in the artefact bucket: its key, named by its content, and the handler Lambda starts."""

    key: str
    handler: str = "deep.runtime.entry.handler"


@dataclass(frozen=True, slots=True)
class Release:
    """One state of an app for one place. `packages` are by action identifier; `grants` is the app's one decision about who may do what.

    `keeping` is what stays as it stands, of a release that brings only some functions up to date.
    """

    app: App
    target: Target
    packages: Mapping[str, Package]
    grants: Grants
    keeping: Keeping | None = None

    @property
    def names(self) -> CloudNames:
        target = self.target
        return CloudNames(target.env, app_hash(target.account_id, self.app.property.app_identifier), target.account_id, target.region)

    @property
    def stem(self) -> str:
        """What all names of this app in this environment begin with or are made of: `DeepDev1234abcd`."""
        return f"Deep{studly(self.target.env)}{self.names.hash}"

    @property
    def bucket_stem(self) -> str:
        """The same for buckets, whose names are lower case and unique in the world."""
        return f"{self.stem.lower()}-{self.target.account_id}-{self.target.region}"

    @property
    def worldwide_stem(self) -> str:
        """The same for what is the account's and no region's, such as CloudFront's policies."""
        return f"{self.stem}-{self.target.region}"

    @property
    def monitoring(self) -> Monitoring:
        """What of this environment is watched."""
        return self.app.property.monitoring.get(self.target.env, Monitoring())

    @property
    def waf(self) -> bool | str:
        """Whether this environment has a web application firewall, or the ARN of the web ACL that it is."""
        return self.app.property.waf.get(self.target.env, False)

    @property
    def tags(self) -> dict[str, str]:
        """On every resource (parity 115)."""
        return {"deep:app": self.app.property.app_identifier, "deep:env": self.target.env, "deep:hash": self.names.hash}


def release_of(app: App, target: Target, packages: Mapping[str, Package]) -> Release:
    return Release(app, target, packages, grants_of(app))


def logical(*words: str) -> str:
    """A logical id: letters and digits of the words, each begun with a capital."""
    return "".join(studly(word) for word in words)


def nested_id(microapp: str) -> str:
    """The logical id of a microapplication's stack, by its identifier."""
    return logical("Microapp", microapp)
