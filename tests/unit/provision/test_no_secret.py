"""The value of a secret parameter is in nothing that is made of an app: no bundle, page, description or template. Threat D10, parity 90."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from deep.bundle.frontend import frontend_config
from deep.bundle.function import function_config
from deep.bundle.headers import security_headers
from deep.bundle.openapi import openapi_document
from deep.bundle.pages import render_page
from deep.bundle.site import site_files
from deep.bundle.target import Target
from deep.bundle.validators import compile_validators
from deep.errors import RefusedError
from deep.model import App, app_as_json, load_app
from deep.provision.account.cloud import Cloud
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.release import Package, release_of
from deep.provision.stacks import compile_stacks

PLANTED = "planted-5d1e77-value"
FILES = {
    "Shop/deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "0.1.0"},
    "Shop/parameters.json": {"backend": {"stripe|key": {"secret": True}, "shown": {"default": "visible-value"}}},
    "Shop/.parameters.json": {"backend": {"stripe|key": PLANTED}},
    "Shop/Backend/resources.json": {"cart": {"pay": {"type": "lambda", "methods": ["POST"], "source": "src/Pay", "validationSchema": "Cart"}}},
    "Shop/Backend/src/Pay/handler.py": "from deep import Runtime\n\n\nclass Handler(Runtime):\n    pass\n",
    "Shop/Data/Models/Cart.json": {"Title": "string"},
    "Shop/Frontend/index.html": "<deep-config/><deep-version/>",
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return load_app(tmp_path, environ={})


def made_of(app: App) -> Iterator[tuple[str, str]]:
    """Everything that leaves the machine or is kept beside the app, as text."""
    target = Target("prod", "0badcafe", "us-east-1", "123456789012")
    yield "the browser's configuration", json.dumps(frontend_config(app, target))
    yield "a page", render_page(str(FILES["Shop/Frontend/index.html"]), app, target)
    yield "the description", json.dumps(openapi_document(app))
    yield "headers", str(security_headers(app, target))
    yield "validators", compile_validators(app)
    yield "what inspect prints", json.dumps(app_as_json(app))
    yield "what a debugger prints", repr(app)
    for action in app.actions:
        yield f"the configuration of {action.identifier}", json.dumps(function_config(app, action, target))
    for url, file in site_files(app).items():
        yield url, file.path.read_text(errors="replace")
    stacks = compile_stacks(release_of(app, target, {action.identifier: Package("x.zip") for action in app.actions}))
    for template in (*(stack.template for stack in stacks.in_order), *stacks.nested.values()):
        yield "a template", template.text()


class Untouched:
    """A cloud that may be asked who we are and nothing else."""

    def account(self) -> str:
        return "123456789012"

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"{name} was called")


@pytest.mark.parametrize("file", ["Shop/Frontend/js/pay.js", "Shop/parameters.json", "deeploy.json"])
def test_a_deploy_with_a_key_in_a_file_is_refused_before_anything_is_done(app: App, file: str) -> None:
    """Threat D10; the key is made here, so that it lies in no file of ours."""
    path = app.path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"x-key": "sk_live_" + "a1B2" * 6}))
    release = release_of(app, Target("prod", "0badcafe", "us-east-1", "123456789012"), {action.identifier: Package("x") for action in app.actions})
    with pytest.raises(RefusedError) as caught:
        Deployer(cast(Cloud, Untouched()), lambda text: None).deploy(compile_release(release), [], lambda outputs: [])
    assert [(problem.code, problem.place and problem.place.file) for problem in caught.value.problems] == [("looks-like-secret", file)]


def test_a_secret_is_in_nothing_that_is_made_of_the_app(app: App) -> None:
    made = list(made_of(app))
    assert [what for what, text in made if PLANTED in text] == []
    assert [what for what, text in made if "visible-value" in text], "a search that finds nothing proves nothing"
    assert len(made) >= 12
