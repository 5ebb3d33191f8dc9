"""Making what ships of an app on this machine: requirements are installed, frontends built, and `deep.bundle` puts together the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from deep.bundle.cache_folder import cache_folder
from deep.bundle.deployed import deployed_actions
from deep.bundle.package import FunctionPackage, package_functions
from deep.bundle.platform import platform_of
from deep.bundle.target import Target
from deep.errors import Problem
from deep.local.functions.requirements import install_requirements
from deep.local.watching.frontends import build_frontends, built_frontends
from deep.model import App

Told = Callable[[str], None]


def package_with_requirements(app: App, target: Target, told: Told) -> tuple[FunctionPackage, ...]:
    """The package of every function that a deploy makes, with its requirements for where it will run. `told` hears of everything that takes long.

    Raises DeepError with every problem of the first step that has any: languages, requirements, files.
    """
    platforms = {action.source: platform_of(action) for action in deployed_actions(app) if action.source is not None}
    installed = asyncio.run(install_requirements(platforms, cache_folder(app.path, "requirements"), told, platforms))
    return package_functions(app, target, installed, told)


def build_pages(app: App, told: Told) -> tuple[Problem, ...]:
    """Builds the frontends that are older than their sources; problems of those that keep an older result."""
    return asyncio.run(build_frontends(built_frontends(app), told))
