"""Requirements are installed once per content, whole or not at all. Packages here are wheels made on the spot: no network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from deep.bundle.platform import Platform
from deep.errors import EnvironmentProblem, ProjectError
from deep.local.engines.uv import find_uv
from deep.local.functions.installing import install
from deep.local.functions.launching import FunctionSpec
from deep.local.functions.requirements import read_requirements, requirements_of
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


def compiled_wheel(folder: Path, platform: str) -> Path:
    """A wheel of `fast` 1.0 with an extension for Python 3.13 on one platform; the extension's text is the platform's name."""
    folder.mkdir(exist_ok=True)
    path = folder / f"fast-1.0-cp313-cp313-{platform}.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr("fast.cpython-313.so", platform)
        archive.writestr("fast-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: fast\nVersion: 1.0\n")
        archive.writestr("fast-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: cp313-cp313-{platform}\n")
        archive.writestr("fast-1.0.dist-info/RECORD", "")
    return path


def source(folder: Path, requirements: str | None) -> Path:
    folder.mkdir()
    if requirements is not None:
        (folder / "requirements.txt").write_text(requirements, encoding="utf-8")
    return folder


async def install_required(
    roots: Iterable[Path], cache: Path, told: Callable[[str], None], platforms: Mapping[Path, Platform] | None = None
) -> Mapping[Path, Path]:
    """Installs what these functions require, and answers where it is."""
    required = requirements_of(roots, cache, platforms)
    await install(required, told)
    assert required.missing == ()
    return required.folders


async def test_a_function_imports_what_it_requires(tmp_path: Path) -> None:
    package = wheel(tmp_path / "wheels", "answers")
    spec = function(tmp_path / "f", "import answers\ndef handler(event, head): return answers.VALUE")
    (spec.root / "requirements.txt").write_text(f"answers @ {package.as_uri()}\n", encoding="utf-8")
    steps: list[str] = []
    installed = await install_required([spec.root], tmp_path / "cache", steps.append)
    assert steps == ["installing f/requirements.txt"]
    given = {**{name: getattr(spec, name) for name in FunctionSpec.__slots__}, "requirements": installed[spec.root]}
    async with running(FunctionSpec(**given), FAKE_LAYER) as app:
        assert await app.call() == 42


async def test_equal_requirements_are_installed_once_and_shared(tmp_path: Path) -> None:
    line = f"answers @ {wheel(tmp_path / 'wheels', 'answers').as_uri()}"
    roots = [source(tmp_path / "a", line), source(tmp_path / "b", f"# the same\n\n  {line}\n")]
    steps: list[str] = []
    installed = await install_required(roots, tmp_path / "cache", steps.append)
    assert len(steps) == 1
    assert installed[roots[0]] == installed[roots[1]]


async def test_what_is_installed_needs_neither_network_nor_uv(tmp_path: Path) -> None:
    package = wheel(tmp_path / "wheels", "answers")
    root = source(tmp_path / "a", f"answers @ {package.as_uri()}")
    first = await install_required([root], tmp_path / "cache", ignore)
    package.unlink()
    steps: list[str] = []
    assert await install_required([root], tmp_path / "cache", steps.append) == first
    assert steps == []


@pytest.mark.parametrize("content", [None, "", "\n\n", "# nothing\n   # more\n"])
async def test_nothing_is_installed_when_nothing_is_required(tmp_path: Path, content: str | None) -> None:
    root = source(tmp_path / "a", content)
    assert read_requirements(root) == ""
    assert await install_required([root], tmp_path / "cache", ignore) == {}
    assert not (tmp_path / "cache").exists()


async def test_every_failing_file_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    roots = [source(tmp_path / "a", "not a requirement !!"), source(tmp_path / "b", f"x @ {(tmp_path / 'gone-1.0-py3-none-any.whl').as_uri()}")]
    with pytest.raises(ProjectError) as failed:
        await install_required(roots, tmp_path / "cache", ignore)
    assert [problem.file for problem in failed.value.problems] == [str(root / "requirements.txt") for root in roots]
    assert "not a requirement" in failed.value.problems[0].message
    assert list((tmp_path / "cache").iterdir()) == []


async def test_an_unreachable_index_is_the_environments_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    root = source(tmp_path / "a", "--index-url http://127.0.0.1:9/simple\nno-such-package-anywhere\n")
    with pytest.raises(EnvironmentProblem) as failed:
        await install_required([root], tmp_path / "cache", ignore)
    assert failed.value.problems[0].code == "requirements-unreachable"


async def test_an_interrupted_installation_is_begun_anew(tmp_path: Path) -> None:
    root = source(tmp_path / "a", f"answers @ {wheel(tmp_path / 'wheels', 'answers').as_uri()}")
    (target,) = (await install_required([root], tmp_path / "cache", ignore)).values()
    target.rename(target.with_name(f"{target.name}.building"))
    (target.with_name(f"{target.name}.building") / "half.py").write_text("", encoding="ascii")
    (again,) = (await install_required([root], tmp_path / "cache", ignore)).values()
    assert sorted(path.name for path in again.glob("*.py")) == ["answers.py"]


def test_uv_is_found_beside_the_interpreter() -> None:
    assert json.dumps(find_uv()).strip('"').endswith("uv")


ARM, INTEL = Platform("3.13", "arm64"), Platform("3.13", "x86_64")


@pytest.mark.parametrize(("platform", "expected"), [(ARM, "manylinux_2_17_aarch64"), (INTEL, "manylinux_2_28_x86_64")], ids=str)
async def test_wheels_are_those_of_the_functions_platform_whatever_machine_this_is(tmp_path: Path, platform: Platform, expected: str) -> None:
    for built_for in ("manylinux_2_17_aarch64", "manylinux_2_28_x86_64", "macosx_11_0_arm64", "win_amd64"):
        compiled_wheel(tmp_path / "wheels", built_for)
    root = source(tmp_path / "a", f"--no-index\n--find-links {(tmp_path / 'wheels').as_uri()}\nfast==1.0\n")
    installed = await install_required([root], tmp_path / "cache", ignore, {root: platform})
    assert (installed[root] / "fast.cpython-313.so").read_text() == expected
    assert list(installed[root].rglob("*.pyc")) == []


async def test_platforms_do_not_share_an_installation(tmp_path: Path) -> None:
    line = f"answers @ {wheel(tmp_path / 'wheels', 'answers').as_uri()}"
    roots = [source(tmp_path / name, line) for name in ("here", "arm", "intel")]
    installed = await install_required(roots, tmp_path / "cache", ignore, {roots[1]: ARM, roots[2]: INTEL})
    assert len(set(installed.values())) == 3


async def test_a_package_without_a_wheel_for_the_platform_is_named(tmp_path: Path) -> None:
    """Fault 112."""
    package = compiled_wheel(tmp_path / "wheels", "manylinux_2_17_x86_64")
    links = f"--no-index\n--find-links {package.parent.as_uri()}\n"
    roots = [source(tmp_path / "a", f"{links}fast==1.0\n"), source(tmp_path / "b", f"fast @ {package.as_uri()}\n")]
    with pytest.raises(ProjectError) as failed:
        await install_required(roots, tmp_path / "cache", ignore, dict.fromkeys(roots, ARM))
    told = [(problem.code, problem.message) for problem in failed.value.problems]
    assert told == [
        ("no-wheel", "a requires fast, of which there is no wheel for Python 3.13 on arm64"),
        ("no-wheel", f"b requires {package.name}, of which there is no wheel for Python 3.13 on arm64"),
    ]
