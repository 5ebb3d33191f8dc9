"""What functions can import: what Lambda's image has, and nothing of the toolchain."""

from __future__ import annotations

from pathlib import Path

import pytest

from deep.local.functions.layer import build_layer
from tests.fakes.sandboxes import function, running

IMPORT = "import importlib\ndef handler(event, context):\n    importlib.import_module(event)\n    return 'imported'"


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_layer(tmp_path_factory.mktemp("layers"))


@pytest.mark.parametrize("module", ["deep", "deep.names", "deep.wire.frames", "deep.runtime", "boto3", "botocore", "six", "dateutil", "sqlite3"])
async def test_a_function_can_import(tmp_path: Path, layer: Path, module: str) -> None:
    async with running(function(tmp_path / "f", IMPORT), layer) as app:
        assert await app.call(module) == "imported"


@pytest.mark.parametrize("module", ["click", "uvicorn", "rich", "pytest", "deep.model", "deep.local", "deep.errors", "deep.bundle", "deep.cli"])
async def test_a_function_cannot_import(tmp_path: Path, layer: Path, module: str) -> None:
    async with running(function(tmp_path / "f", IMPORT), layer) as app:
        failure = await app.fail(module)
        assert failure.fault["errorType"].endswith("ModuleNotFoundError")


async def test_an_authors_module_does_not_keep_the_runtime_from_loading(tmp_path: Path, layer: Path) -> None:
    spec = function(tmp_path / "f", "def handler(event, context): return 'well'")
    for name in ("click", "deep", "struct", "traceback", "json", "socket", "typing"):
        (tmp_path / "f" / f"{name}.py").write_text("raise RuntimeError('shadow')", encoding="ascii")
    async with running(spec, layer) as app:
        assert await app.call() == "well"


def test_a_second_build_reuses_the_first(tmp_path: Path) -> None:
    first = build_layer(tmp_path)
    made = first.stat().st_ctime_ns
    assert build_layer(tmp_path) == first
    assert first.stat().st_ctime_ns == made


def test_layers_of_other_distributions_and_broken_builds_are_removed(tmp_path: Path) -> None:
    (tmp_path / "0123456789abcdef" / "deep").mkdir(parents=True)
    (tmp_path / "fedcba.building").mkdir()
    layer = build_layer(tmp_path)
    assert list(tmp_path.iterdir()) == [layer]
