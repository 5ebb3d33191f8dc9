"""Where an app is bundled for."""

from __future__ import annotations

from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """The environment that a bundle is made for. `deploy_id` versions assets and cache keys; `development` lets error answers tell their stack."""

    env: str
    deploy_id: str
    region: str
    account_id: str
    development: bool = False
