"""What identities stand on and what outlives an edit of the app: the vault, the accounts, the keys of providers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from deep.bundle.frontend import identity_providers, local_identity_pool
from deep.bundle.target import Target
from deep.frozen import dataclass
from deep.local.identity.identity import Identities, Realm
from deep.local.identity.pool.parts import PoolKeep
from deep.local.identity.pool.pool import UserPool
from deep.local.identity.pool.settings import Group, PoolSettings, settings_of
from deep.local.identity.providers import ProviderKeys, Providers
from deep.local.identity.vault import Vault, load_secret
from deep.model import App
from deep.names import CloudNames, app_hash
from deep.security.grants import grants_of

FOLDER = "identity"
SECRET = "identity.key"  # noqa: S105 - a file's name


@dataclass(slots=True)
class IdentityKeep:
    """The files of one property's identities, open. `url` is where its platform answers, `tell` is told what a mail would say."""

    folder: Path
    vault: Vault
    url: str
    tell: Callable[[str], None]
    providers: ProviderKeys = field(default_factory=ProviderKeys)
    _pools: dict[str, UserPool] = field(default_factory=dict)

    @classmethod
    def open(cls, data: Path, url: str, tell: Callable[[str], None]) -> IdentityKeep:
        """Opens what lies in the property's `.deep/` folder `data`, making what is not there."""
        return cls(data / FOLDER, Vault(load_secret(data / SECRET)), url, tell)

    def identities(self, app: App, target: Target) -> Identities:
        """The identities of this state of the app; users and sign-ins under way are those of the state before."""
        realm = Realm(local_identity_pool(app, target), target.account_id, self.users(app), self._trusted(app))
        return Identities(self.vault, realm)

    def users(self, app: App) -> UserPool:
        """The user pool of this state of the app."""
        settings = pool_settings(app, self.url)
        known = self._pools.get(settings.pool_id)
        pool = known.with_settings(settings) if known else UserPool(settings, PoolKeep.open(self.folder, settings.pool_id, self.tell))
        self._pools[settings.pool_id] = pool
        return pool

    def close(self) -> None:
        for pool in self._pools.values():
            pool.parts.keep.store.close()
        self._pools.clear()

    def _trusted(self, app: App) -> Providers:
        return Providers(identity_providers(app), self.providers)


def pool_settings(app: App, url: str) -> PoolSettings:
    """The app's user pool: its groups are the role files other than the two built-in ones, in the order in which they act."""
    owner = app.property
    names = CloudNames(owner.env, app_hash(owner.account_id, owner.app_identifier), owner.account_id, owner.region)
    groups = (Group(group, names.role_arn(f"identity {group}"), place) for place, group in enumerate(grants_of(app).groups))
    return settings_of(owner.region, owner.app_identifier, url, tuple(groups))
