"""`deepify generate`: files of a property, and those that its repository needs besides it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deep.errors import Problem, UsageError
from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.model import App
    from deep.model.app import Microapp
    from deep.provision.pipeline import Host, Pipeline


def generate_pipeline(project: Path, host: Host, env: str | None, *, force: bool) -> Path:
    """Writes the file that lets `host` test and deploy the property, and answers its path. Raises UsageError rather than overwrite another's."""
    from deep.provision.pipeline import pipeline_path, pipeline_text

    app = app_of(project)
    repository = _repository(app.path)
    pipeline = _pipeline(app, repository, env)
    path, text = repository / pipeline_path(host, pipeline), pipeline_text(host, pipeline)
    if path.exists() and path.read_text(encoding="utf-8") != text and not force:
        raise UsageError(Problem("not-overwritten", f"{path} is there, and differs from what would be written", help="--force overwrites it"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


_MIGRATION = '''\
"""What this migration changes, in a sentence."""


def up(kernel):
    """Runs once in each environment, and again where it was cut off: so ask for the rows that are not done yet."""
    raise NotImplementedError("this migration is not written yet")


def down(kernel):
    """Takes it back. Delete this function where that cannot be done."""
    raise NotImplementedError("this migration is not written yet")
'''


def generate_migration(project: Path, microapp: str | None) -> Path:
    """Writes the next migration of a microapplication, and answers its path.

    Raises UsageError where it is not said of which of several, DeepError where there is none of that name.
    """
    import time

    from deep.wiring.projects import app_of

    app = app_of(project)
    owner = app.microapp(microapp) if microapp else _only_microapp(app)
    newest = owner.migrations[-1].version if owner.migrations else 0
    path = _migration_folder(owner) / f"version{max(time.time_ns() // 1_000_000, newest + 1)}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_MIGRATION, encoding="utf-8")
    return path


def _only_microapp(app: App) -> Microapp:
    others = [one for one in app.microapps if not one.is_root] or [app.root]
    if len(others) > 1:
        known = ", ".join(one.identifier for one in others)
        raise UsageError(Problem("which-microapp", "the web app has several microapplications", help=f"name one with --microapp: {known}"))
    return others[0]


def _migration_folder(microapp: Microapp) -> Path:
    """Where it is, or belongs: beside the models, spelt as they are."""
    if microapp.folders.migration is not None:
        return microapp.folders.migration
    data = microapp.folders.models.parent if microapp.folders.models else microapp.path / "Data"
    return data / ("migration" if data.name == "data" else "Migration")


def _pipeline(app: App, repository: Path, env: str | None) -> Pipeline:
    import sys
    from importlib.metadata import version

    from deep.provision.pipeline import Pipeline

    own = app.property
    return Pipeline(
        env=env or own.env,
        region=own.region,
        folder=app.path.relative_to(repository).as_posix(),
        tests=[folder.relative_to(app.path).as_posix() for folder in _test_folders(app)],
        version=version("deep-framework"),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def _repository(path: Path) -> Path:
    """The Git repository that holds `path`; `path` itself when there is none yet."""
    return next((folder for folder in (path, *path.parents) if (folder / ".git").exists()), path)


def _test_folders(app: App) -> list[Path]:
    """Folders of pytest, without those of the root, which `deepify install` brings."""
    folders = [microapp.folders.tests for microapp in app.microapps if not microapp.is_root]
    return [backend for tests in folders if tests for backend in (tests / "Backend", tests / "backend") if any(backend.glob("**/test_*.py"))]
