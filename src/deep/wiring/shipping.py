"""What ships: packages of functions, and the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from deep.frozen import dataclass
from deep.wiring.account import target_of

if TYPE_CHECKING:
    from deep.bundle.frontend import Endpoints
    from deep.bundle.package import FunctionPackage
    from deep.model import App
    from deep.provision.account.cloud import StoredObject
    from deep.provision.release import Release
    from deep.wiring import Progress
    from deep.wiring.account import Where


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release and the objects that it needs in the artefact bucket."""

    release: Release
    packages: tuple[FunctionPackage, ...]

    @property
    def objects(self) -> list[StoredObject]:
        from deep.provision.account.cloud import StoredObject

        unique = {package_key(one): one for one in self.packages}
        return [StoredObject(key, one.path.read_bytes(), one.sha256, {"ContentType": "application/zip"}) for key, one in unique.items()]


def prepare(app: App, place: Where, progress: Progress, account: str | None) -> Prepared:
    """Builds what is not built yet. `account` is that of the credentials, None where nobody was asked."""
    from deep.local.compiling import build_pages, package_with_requirements
    from deep.provision.release import Package, release_of

    build_pages(app, progress)
    target = target_of(app, place, account)
    packages = package_with_requirements(app, target, progress)
    return Prepared(release_of(app, target, {one.action: Package(package_key(one), one.handler) for one in packages}), packages)


def package_key(package: FunctionPackage) -> str:
    """Where a package lies in the artefact bucket: named by its content."""
    return f"functions/{package.key}.zip"


def pages_of(release: Release, place: Where) -> Callable[[Mapping[str, str]], list[StoredObject]]:
    """The site's objects, once the outputs of the stacks are known."""
    from deep.bundle.upload import site_upload
    from deep.provision.account.cloud import StoredObject

    def pages(outputs: Mapping[str, str]) -> list[StoredObject]:
        objects = site_upload(release.app, release.target, deployed_endpoints(release, outputs, place.endpoint_url))
        return [StoredObject(one.key, one.body, one.digest, one.headers, one.turn) for one in objects]

    return pages


def site_digest(release: Release, place: Where) -> str:
    """SHA-256, hex, of all pages, but for what only an account can tell."""
    from collections import defaultdict
    from hashlib import sha256

    pages = pages_of(release, place)(defaultdict(str))
    return sha256("\n".join(f"{one.key} {one.digest}" for one in pages).encode()).hexdigest()


def deployed_endpoints(release: Release, outputs: Mapping[str, str], endpoint_url: str | None = None) -> Endpoints:
    """Where browsers reach the deployed app: actions at the page's own origin, identities and users at Amazon Cognito (or at `endpoint_url`)."""
    from deep.bundle.frontend import Endpoints
    from deep.provision.resources.apis import API_ID, apis_of, numbered

    def host(api: str) -> str:
        return outputs[numbered("ApiUrl", api)].removeprefix("https://")

    region = release.target.region
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{outputs['UserPool']}"
    users: Any = {
        "id": outputs["UserPool"],
        "clientId": outputs["UserPoolClient"],
        "endpoint": endpoint_url or f"https://cognito-idp.{region}.amazonaws.com/",
        "issuer": issuer,
    }
    names = release.names
    return Endpoints(
        identity_endpoint=endpoint_url or f"https://cognito-identity.{region}.amazonaws.com/",
        identity_pool_id=outputs["IdentityPool"],
        function_arns={action.identifier: names.entry_arn(action.identifier) for action in release.app.actions if action.type == "lambda"},
        user_pool=users,
        api_host=host(API_ID),
        api_hosts={microapp: host(api) for microapp, api in apis_of(release).serving.items() if api != API_ID},
    )
