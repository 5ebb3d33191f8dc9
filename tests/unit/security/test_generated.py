"""The generated property is whole, always the same, and has something of everything: else what is proved on it is not proved."""

from __future__ import annotations

from pathlib import Path

import pytest

from deep.model import App, load_app
from deep.security.grants import grants_of
from tests.generated.property import ACTIONS, MICROAPPS, write_property


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    return load_app(write_property(tmp_path_factory.mktemp("made") / "generated"), environ={})


def test_it_is_as_large_as_the_articles_marketplace(app: App) -> None:
    assert (len(app.microapps), len(app.actions), app.warnings) == (MICROAPPS, ACTIONS, ())


def test_it_has_every_verb_scope_and_rule(app: App) -> None:
    statements = [statement for microapp in app.microapps for role in microapp.roles for statement in role.statements]
    assert {verb for uses in app.uses.values() for verbs in uses.models.values() for verb in verbs} == {
        *("create", "get", "list", "find", "update", "delete", "unique")
    }
    assert {(action.scope, action.authorization) for action in app.actions} == {
        *(("public", "AWS_IAM"), ("public", "NONE"), ("protected", "AWS_IAM"), ("private", "AWS_IAM"))
    }
    assert {statement.effect for statement in statements} == {"Allow", "Deny"}
    assert {statement.wide for statement in statements} == {True, False}
    assert {action.declared_uses is None for action in app.actions} == {True, False}
    assert {action.key_required for action in app.actions} == {True, False}
    assert any(uses.aws for uses in app.uses.values())
    assert any(uses.actions for uses in app.uses.values())
    assert {model.own for model in app.models} == {True, False}
    assert grants_of(app).groups == ("admins", "moderators", "editors", "auditors")


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = (write_property(tmp_path / name, seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert _contents(first) == _contents(second) != _contents(other)


@pytest.mark.parametrize("seed", range(12))
def test_every_seed_writes_a_property_without_a_mistake(tmp_path: Path, seed: int) -> None:
    assert load_app(write_property(tmp_path / "generated", seed), environ={}).warnings == ()


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
