"""An app's actions as functions: their files and their environment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deep.bundle.target import Target
from deep.local.functions.launching import FunctionSpec
from deep.local.functions.specs import function_specs, local_actions
from deep.model import App, load_app

TODO = Path(__file__).parents[4] / "apps" / "todo"
TARGET = Target("dev", "0badcafe", "eu-west-1", "123456789012", development=True)
AWS = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
CREATE = "deep.todo:task:create"


@pytest.fixture(scope="module")
def app() -> App:
    return load_app(TODO)


def specs(app: App, folder: Path, requirements: dict[Path, Path] | None = None) -> dict[str, FunctionSpec]:
    return function_specs(app, TARGET, folder, requirements or {}, lambda identifier: AWS)


def test_every_action_with_code_becomes_a_function(app: App, tmp_path: Path) -> None:
    assert specs(app, tmp_path).keys() == {action.identifier for action in app.actions if action.type == "lambda"}


def test_configuration_and_validators_lie_side_by_side(app: App, tmp_path: Path) -> None:
    create = specs(app, tmp_path)[CREATE]
    assert create.config_path == tmp_path / "deep.todo-task-create.json"
    config = json.loads(create.config_path.read_text(encoding="utf-8"))
    assert config["action"] == CREATE
    assert config["development"] is True
    compile((create.config_path.parent / "_validators.py").read_text(encoding="utf-8"), "_validators.py", "exec")


def test_files_are_written_when_their_content_changes_only(app: App, tmp_path: Path) -> None:
    first = specs(app, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert specs(app, tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    other = function_specs(app, replace(TARGET, deploy_id="other"), tmp_path, {}, lambda identifier: AWS)
    assert other[CREATE].revision != first[CREATE].revision


def test_the_environment_is_lambdas_and_holds_nothing_of_the_developers(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """L9: real credentials, profiles and home are out of reach."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "real-secret")
    create = specs(app, tmp_path)[CREATE]
    environment = create.environment
    assert "real-secret" not in environment.values()
    assert "AWS_PROFILE" not in environment
    assert environment["HOME"] != str(Path.home())
    assert environment["AWS_REGION"] == "eu-west-1"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == create.arn.rpartition(":")[2]
    assert environment.items() >= AWS.items()


def test_installed_requirements_reach_their_functions(app: App, tmp_path: Path) -> None:
    source = next(action.source for action in app.actions if action.identifier == CREATE)
    assert source is not None
    made = specs(app, tmp_path, {source: tmp_path / "installed"})
    assert made[CREATE].requirements == tmp_path / "installed"
    assert [spec.requirements for name, spec in made.items() if name != CREATE] == [None] * (len(made) - 1)


def test_functions_in_other_languages_are_not_among_them(app: App) -> None:
    todo = app.microapp("deep.todo")
    foreign = replace(app.actions[0], runtime="nodejs22.x")
    mixed = replace(todo, resources=(replace(todo.resources[0], actions=(foreign,)),))
    assert local_actions(replace(app, microapps=(mixed,))) == ()
