"""Making what ships of an app on this machine: requirements are installed, frontends built, and `deep.bundle` puts together the rest.

Most runs find both as they should be, so what makes them is imported where something is missing.
"""

from __future__ import annotations

from collections.abc import Callable

from deep.bundle.cache_folder import cache_folder
from deep.bundle.deployed import deployed_actions
from deep.bundle.package import FunctionPackage, package_functions
from deep.bundle.platform import platform_of
from deep.bundle.target import Target
from deep.errors import Problem
from deep.local.functions.requirements import requirements_of
from deep.local.watching.frontends import built_frontends, is_stale
from deep.model import App

Told = Callable[[str], None]


def package_with_requirements(app: App, target: Target, told: Told) -> tuple[FunctionPackage, ...]:
    """The package of every function that a deploy makes, with its requirements for where it will run. `told` hears of everything that takes long.

    Raises DeepError with every problem of the first step that has any: languages, requirements, files.
    """
    platforms = {action.source: platform_of(action) for action in deployed_actions(app) if action.source is not None}
    required = requirements_of(platforms, cache_folder(app.path, "requirements"), platforms)
    if required.missing:
        import asyncio

        from deep.local.functions.installing import install

        asyncio.run(install(required, told))
    return package_functions(app, target, required.folders, told)


def build_pages(app: App, told: Told) -> tuple[Problem, ...]:
    """Builds the frontends that are older than their sources; problems of those that keep an older result."""
    frontends = built_frontends(app)
    if not any(map(is_stale, frontends)):
        return ()
    import asyncio

    from deep.local.watching.building import build_frontends

    return asyncio.run(build_frontends(frontends, told))
