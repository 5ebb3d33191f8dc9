"""What lets anybody in as anybody on a developer's machine never reaches a cloud: it is in no bundle, and no deployed service believes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from deep.bundle.function import function_config
from deep.bundle.target import Target
from deep.local.identity.web_tokens import Expected, TokenRefused, verified_claims
from deep.model import load_app
from tests.fakes.accounts import House
from tests.house.tree import ROOT, files, imported_modules, parsed, relative

SHIPS = ("runtime", "wire", "names.py", "__init__.py")
MAKES_WHAT_SHIPS = ("provision", "bundle", "security", "packages", "model")


def test_what_ships_and_what_makes_it_know_nothing_of_the_local_platform() -> None:
    knowing = [
        relative(path)
        for path in files("src/deep", ".py")
        if path.relative_to(ROOT / "src" / "deep").parts[0] in (*SHIPS, *MAKES_WHAT_SHIPS)
        and any(module.startswith("deep.local") for module, _ in imported_modules(parsed(path)))
    ]
    assert knowing == []


def test_nothing_a_function_loads_belongs_to_the_local_platform() -> None:
    program = "import sys; from deep import *; import deep.runtime.worker; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [module for module in run.stdout.split() if module.startswith("deep.local")] == []


def test_a_function_for_the_cloud_is_told_nothing_of_local_identities() -> None:
    app = load_app(ROOT / "apps" / "todo")
    target = Target("prod", "0badcafe", "us-east-1", "123456789012")
    told = json.dumps([function_config(app, action, target) for action in app.actions if action.type == "lambda"])
    assert "localhost" not in told
    assert "cognito-idp" not in told


def test_a_deployed_authorizer_refuses_a_local_token(tmp_path: Path) -> None:
    """Even one that fetched our keys: the issuer is this machine's."""
    house = House(tmp_path)
    house.add()
    settings, token = house.pool.settings, str(house.sign_in()["IdToken"])
    assert jwt.decode(token, options={"verify_signature": False})["iss"].startswith("http://localhost")
    deployed = Expected((f"https://cognito-idp.us-east-1.amazonaws.com/{settings.pool_id}",), settings.client_id)
    with pytest.raises(TokenRefused, match="another issuer"):
        verified_claims(token, house.pool.parts.keep.key.public, deployed, house.clock())
    house.close()
