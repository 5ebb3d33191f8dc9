"""API keys of a property: shown once, kept as digests. Parity 62."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path

import pytest

from deep.cli._screen import Screen
from deep.cli.main import run
from deep.errors import ExitCode, ProjectError, UsageError
from deep.model import load_app
from deep.packages.keys import KEY_PREFIX, add_key, read_keys, remove_key
from deep.runtime.keys import opens
from tests.fakes.packages import below, microapp, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path, {**below("Shop", microapp()), "deeploy.json": '{"appIdentifier": "shop", "x-note": {"kept": true}}'})


def test_a_key_is_256_random_bits_and_only_its_digest_is_kept(shop: Path) -> None:
    keys = [add_key(shop, f"partner-{number}") for number in range(10)]
    assert len(set(keys)) == 10
    assert all(key.startswith(KEY_PREFIX) and len(key) == len(KEY_PREFIX) + 43 for key in keys)
    text = (shop / "deeploy.json").read_text()
    assert not any(key in text for key in keys)
    assert list(read_keys(shop).values()) == [f"sha256-{sha256(key.encode()).hexdigest()}" for key in keys]
    assert all(opens(key, read_keys(shop).values()) for key in keys)


def test_everything_else_in_the_file_stays(shop: Path) -> None:
    add_key(shop, "partner")
    document = json.loads((shop / "deeploy.json").read_text())
    assert (document["appIdentifier"], document["x-note"]) == ("shop", {"kept": True})
    assert load_app(shop, environ={}).property.api_keys == read_keys(shop)


def test_a_removed_key_is_forgotten(shop: Path) -> None:
    key = add_key(shop, "partner")
    remove_key(shop, "partner")
    assert read_keys(shop) == {}
    assert not opens(key, read_keys(shop).values())


def test_a_property_without_the_file_gets_one_that_changes_nothing_else(shop: Path) -> None:
    (shop / "deeploy.json").unlink()
    before = load_app(shop, environ={}).property
    add_key(shop, "partner")
    after = load_app(shop, environ={}).property
    assert (after.app_identifier, after.env, after.app_name) == (before.app_identifier, before.env, before.app_name)


def test_names_are_taken_once_and_are_names(shop: Path) -> None:
    add_key(shop, "partner")
    for name in ("partner", "", "a b", "../x", "x" * 65):
        with pytest.raises(UsageError):
            add_key(shop, name)
    with pytest.raises(UsageError, match="partnr") as caught:
        remove_key(shop, "partnr")
    assert caught.value.problems[0].help == 'did you mean "partner"?'


def test_keys_of_another_shape_are_told(shop: Path) -> None:
    (shop / "deeploy.json").write_text('{"apiKeys": ["x"]}')
    with pytest.raises(ProjectError):
        read_keys(shop)


def deep(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, Screen(out, err, {})), out.getvalue(), err.getvalue()


def test_from_the_command_line(shop: Path) -> None:
    code, key, told = deep("key", "add", "partner", str(shop))
    assert (code, opens(key.strip(), read_keys(shop).values())) == (ExitCode.OK, True)
    assert "only time" in told
    assert json.loads(deep("key", "list", str(shop), "--json")[1]) == dict(read_keys(shop))
    assert key.strip() not in "".join(deep("key", "list", str(shop))[1:])
    assert deep("key", "remove", "partner", str(shop))[0] == ExitCode.OK
    assert deep("key", "list", str(shop))[1] == "no keys\n"
    assert deep("key", "remove", "partner", str(shop))[0] == ExitCode.USAGE
