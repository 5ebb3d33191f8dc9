"""`deepify compile`: what ships, made and shown without deploying it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deep.frozen import dataclass
from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.bundle.package import FunctionPackage
    from deep.bundle.upload import SiteObject
    from deep.errors import Problem
    from deep.wiring import Progress


@dataclass(frozen=True, slots=True)
class CompiledSite:
    """The site's objects, and what is doubtful about the builds of its frontends."""

    objects: tuple[SiteObject, ...]
    problems: tuple[Problem, ...]


def compile_functions(project: Path, env: str | None, output: Path | None, progress: Progress) -> tuple[FunctionPackage, ...]:
    """The package of every function of the property, for a deploy to `env` (by default its own), also copied to `output` if there is one."""
    from deep.bundle.dump import dump_functions
    from deep.bundle.revision import deploy_target
    from deep.local.compiling import build_pages, package_with_requirements

    app = app_of(project)
    build_pages(app, progress)  # the deploy id, which some functions know, is that of the pages
    packages = package_with_requirements(app, deploy_target(app, env), progress)
    if output is not None:
        dump_functions(packages, output)
    return packages


def compile_frontend(project: Path, env: str | None, output: Path, progress: Progress) -> CompiledSite:
    """The site of the property, written to `output`."""
    from deep.bundle.dump import dump_site
    from deep.bundle.revision import deploy_target
    from deep.bundle.upload import site_upload
    from deep.local.compiling import build_pages

    app = app_of(project)
    problems = build_pages(app, progress)
    objects = site_upload(app, deploy_target(app, env))
    dump_site(objects, output)
    return CompiledSite(objects, problems)
