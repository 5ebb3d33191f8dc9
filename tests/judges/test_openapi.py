"""The API as it is described, judged by programs that know nothing of DEEP: the description is valid, and the running app keeps to it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from deep.bundle.openapi import openapi_document
from deep.model import load_app
from tests.browser.serving import APPS, copy_app, serving
from tests.judges.conversation import must_exist
from tests.judges.judge import VENVS

BIN = VENVS / "http" / "bin"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
    "allow_header_conformance",
)
NAMES = ("hello-world", "todo")


def validate(document: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    program = BIN / "openapi-spec-validator"
    must_exist(program)
    (folder / "openapi.json").write_text(json.dumps(document))
    return subprocess.run([program, "--schema", "3.1", folder / "openapi.json"], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", NAMES)
def test_the_description_is_valid(tmp_path: Path, name: str) -> None:
    document = openapi_document(load_app(APPS / name, environ={}))
    judged = validate(document, tmp_path)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    canary = deepcopy(document)
    del canary["info"]["version"]
    assert validate(canary, tmp_path).returncode != 0, "a validator that finds nothing validates nothing"


@pytest.fixture(scope="module", params=NAMES)
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """A served app and its own description; unsigned requests are let in, which the description does not know of."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DEEP_ACT_AS", "unauthenticated")
        environment.setenv("DEEP_SKIP_FRONTEND_BUILD", "1")
        with serving(copy_app(request.param, tmp_path_factory.mktemp("property"))) as url:
            with urlopen(f"{url}/_/openapi.json") as answer:
                document = json.load(answer)
            for path in document["paths"].values():
                for operation in path.values():
                    operation["security"] = [{}]
            yield url, document


def schemathesis(url: str, document: dict[str, Any], folder: Path) -> tuple[int, str]:
    """(exit code, what it told)."""
    program, described = BIN / "schemathesis", folder / "openapi.json"
    must_exist(program)
    described.write_text(json.dumps(document))
    options = ["--phases", "examples,coverage,fuzzing", "-n", "40", "--seed", "1", "--continue-on-failure", "--warnings", "off"]
    command = [str(program), "run", str(described), "-u", url, "-c", ",".join(CHECKS), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=110)
    return done.returncode, done.stdout + done.stderr


def test_the_running_app_keeps_to_its_description(described: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    """No 5xx, nothing invalid accepted, nothing valid refused, 405 with Allow, every status documented: hundreds of requests."""
    url, document = described
    code, told = schemathesis(url, document, tmp_path)
    assert code == 0, told
    assert re.search(r"[1-9]\d* generated, [1-9]\d* passed", told), told


def test_a_description_that_is_untrue_is_found_out(described: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    """The canary: were a status not documented, the judge would say so."""
    url, document = described
    untrue = deepcopy(document)
    for path in untrue["paths"].values():
        for operation in path.values():
            del operation["responses"]["400"]
    code, told = schemathesis(url, untrue, tmp_path)
    assert (code, "Undocumented status code" in told) == (1, True), told
