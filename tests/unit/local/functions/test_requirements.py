"""Requirements are installed once per content, whole or not at all. Packages here are wheels made on the spot: no network."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from deep.errors import EnvironmentProblem, ProjectError
from deep.local.engines.uv import find_uv
from deep.local.functions.launching import FunctionSpec
from deep.local.functions.requirements import install_requirements, read_requirements
from tests.fakes.sandboxes import FAKE_LAYER, function, ignore, running


def wheel(folder: Path, name: str) -> Path:
    """A wheel with a single module, `VALUE = 42`."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "VALUE = 42\n")
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return path


def source(folder: Path, requirements: str | None) -> Path:
    folder.mkdir()
    if requirements is not None:
        (folder / "requirements.txt").write_text(requirements, encoding="utf-8")
    return folder


async def test_a_function_imports_what_it_requires(tmp_path: Path) -> None:
    package = wheel(tmp_path / "wheels", "answers")
    spec = function(tmp_path / "f", "import answers\ndef handler(event, head): return answers.VALUE")
    (spec.root / "requirements.txt").write_text(f"answers @ {package.as_uri()}\n", encoding="utf-8")
    steps: list[str] = []
    installed = await install_requirements([spec.root], tmp_path / "cache", steps.append)
    assert steps == ["installing f/requirements.txt"]
    given = {**{name: getattr(spec, name) for name in FunctionSpec.__slots__}, "requirements": installed[spec.root]}
    async with running(FunctionSpec(**given), FAKE_LAYER) as app:
        assert await app.call() == 42


async def test_equal_requirements_are_installed_once_and_shared(tmp_path: Path) -> None:
    line = f"answers @ {wheel(tmp_path / 'wheels', 'answers').as_uri()}"
    roots = [source(tmp_path / "a", line), source(tmp_path / "b", f"# the same\n\n  {line}\n")]
    steps: list[str] = []
    installed = await install_requirements(roots, tmp_path / "cache", steps.append)
    assert len(steps) == 1
    assert installed[roots[0]] == installed[roots[1]]


async def test_what_is_installed_needs_neither_network_nor_uv(tmp_path: Path) -> None:
    package = wheel(tmp_path / "wheels", "answers")
    root = source(tmp_path / "a", f"answers @ {package.as_uri()}")
    first = await install_requirements([root], tmp_path / "cache", ignore)
    package.unlink()
    steps: list[str] = []
    assert await install_requirements([root], tmp_path / "cache", steps.append) == first
    assert steps == []


@pytest.mark.parametrize("content", [None, "", "\n\n", "# nothing\n   # more\n"])
async def test_nothing_is_installed_when_nothing_is_required(tmp_path: Path, content: str | None) -> None:
    root = source(tmp_path / "a", content)
    assert read_requirements(root) == ""
    assert await install_requirements([root], tmp_path / "cache", ignore) == {}
    assert not (tmp_path / "cache").exists()


async def test_every_failing_file_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    roots = [source(tmp_path / "a", "not a requirement !!"), source(tmp_path / "b", f"x @ {(tmp_path / 'gone-1.0-py3-none-any.whl').as_uri()}")]
    with pytest.raises(ProjectError) as failed:
        await install_requirements(roots, tmp_path / "cache", ignore)
    assert [problem.file for problem in failed.value.problems] == [str(root / "requirements.txt") for root in roots]
    assert "not a requirement" in failed.value.problems[0].message
    assert list((tmp_path / "cache").iterdir()) == []


async def test_an_unreachable_index_is_the_environments_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    root = source(tmp_path / "a", "--index-url http://127.0.0.1:9/simple\nno-such-package-anywhere\n")
    with pytest.raises(EnvironmentProblem) as failed:
        await install_requirements([root], tmp_path / "cache", ignore)
    assert failed.value.problems[0].code == "requirements-unreachable"


async def test_an_interrupted_installation_is_begun_anew(tmp_path: Path) -> None:
    root = source(tmp_path / "a", f"answers @ {wheel(tmp_path / 'wheels', 'answers').as_uri()}")
    (target,) = (await install_requirements([root], tmp_path / "cache", ignore)).values()
    target.rename(target.with_name(f"{target.name}.building"))
    (target.with_name(f"{target.name}.building") / "half.py").write_text("", encoding="ascii")
    (again,) = (await install_requirements([root], tmp_path / "cache", ignore)).values()
    assert sorted(path.name for path in again.glob("*.py")) == ["answers.py"]


def test_uv_is_found_beside_the_interpreter() -> None:
    assert json.dumps(find_uv()).strip('"').endswith("uv")
