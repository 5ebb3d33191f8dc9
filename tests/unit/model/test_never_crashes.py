"""Whatever a metadata file holds, the property loads or is refused with problems that can be shown; nothing else is ever raised."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deep.errors import DeepError, render_all
from deep.model import app_as_json, load_app
from deep.model.formats import FORMATS
from deep.model.validations import SCHEMA_OBJECT
from tests.unit.model.conftest import HEALTHY, Bench
from tests.unit.model.test_published import values_of

SHAPES = {format_.name: format_.shape for format_ in FORMATS} | {"schema": SCHEMA_OBJECT}
FILES = {
    "deepkg": "Shop/deepkg.json",
    "deeploy": "deeploy.json",
    "resources": "Shop/Backend/resources.json",
    "parameters": "Shop/parameters.json",
    "answers": "Shop/.parameters.json",
    "model": "Shop/Data/Models/Task.json",
    "role": "Shop/Data/Roles/guest.json",
    "schema": "Shop/Data/Validation/NewTask.json",
}
WHOLE = {"Shop/parameters.json": {"backend": {"Alpha": {"default": "x"}}}, "Shop/Data/Roles/guest.json": {"Version": "2015-10-07", "Statement": []}}


@pytest.mark.parametrize("name", FILES)
def test_a_nearly_right_file(name: str) -> None:
    @settings(max_examples=30, deadline=None)
    @given(values_of(SHAPES[name]))
    def attempt(value: Any) -> None:
        _load_or_refuse(FILES[name], json.dumps(value).encode())

    attempt()


@pytest.mark.parametrize("name", FILES)
def test_a_right_file_with_a_character_spoilt(name: str) -> None:
    right = json.dumps({**HEALTHY, **WHOLE}.get(FILES[name], {}), indent=1)

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, len(right) - 1), st.sampled_from([*'{}[]",:1n \\', "", "NaN", "//"]))
    def attempt(position: int, spoilt: str) -> None:
        _load_or_refuse(FILES[name], (right[:position] + spoilt + right[position + 1 :]).encode())

    attempt()


def _load_or_refuse(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Bench(Path(folder)).write({**WHOLE, name: data})
        try:
            json.dumps(app_as_json(load_app(path, environ={})))
        except DeepError as error:
            json.dumps([problem.as_json() for problem in error.problems])
            assert render_all(error.problems)  # noqa: PT017 - either outcome is right; what is tested is that a refusal can be shown
