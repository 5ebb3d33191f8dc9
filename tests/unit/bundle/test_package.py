"""Packages: what is in them, what is not, their bytes, their cache, their size and their time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from deep.bundle.bytecode import byte_code_name
from deep.bundle.function_contents import contents_of
from deep.bundle.package import FunctionPackage, forget_unused, make_package, package_functions
from deep.bundle.package_limits import check_size
from deep.bundle.platform import Platform, platform_of
from deep.bundle.shipped import LOCAL_ONLY, shipped_files
from deep.bundle.target import Target
from deep.errors import EnvironmentProblem, ProjectError
from deep.model import App, load_app
from tests.fakes.apps import action_of
from tests.fakes.runtime_api import run_in_aws_runtime
from tests.generated.property import write_property

ROOT = Path(__file__).parents[3]
TARGET = Target("prod", "1234abcd", "us-east-1", "123456789012")
SOURCES_BYTES, WHOLE_BYTES = 100 * 1024, 256 * 1024
"""What a sample's package may have without byte code and with it."""
CREATE = "deep.todo:task:create"


def todo(folder: Path) -> App:
    """The Todo app in a folder of its own, with DEEP's root."""
    for sample in ("todo/DeepTodo", "root/DeepRoot"):
        shutil.copytree(ROOT / "apps" / sample, folder / Path(sample).name, ignore=shutil.ignore_patterns("node_modules", "_build", ".deep"))
    deeploy = {"appName": "Todo", "appIdentifier": "todo", "env": "prod", "awsAccountId": "123456789012", "aws": {"region": "us-east-1"}}
    (folder / "deeploy.json").write_text(json.dumps(deeploy))
    return load_app(folder)


def packages_of(app: App, requirements: dict[Path, Path] | None = None) -> dict[str, FunctionPackage]:
    return {package.action: package for package in package_functions(app, TARGET, requirements or {})}


def names(package: FunctionPackage) -> set[str]:
    return set(ZipFile(package.path).namelist())


def source_of(app: App, identifier: str = CREATE) -> Path:
    source = app.action(identifier).source
    assert source is not None
    return source


@pytest.fixture
def app(tmp_path: Path) -> App:
    return todo(tmp_path / "app")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> App:
    return load_app(write_property(tmp_path_factory.mktemp("large") / "property"))


def test_every_function_has_a_package_of_its_own(app: App) -> None:
    """Parity 20."""
    packages = packages_of(app)
    assert set(packages) == {action.identifier for action in app.actions if action.type == "lambda"}
    assert len({package.key for package in packages.values()}) == len(packages)


def test_a_package_holds_what_is_needed_and_no_more(app: App) -> None:
    runtime = set(shipped_files())
    own = {"bootstrap.py", "handler.py"}
    expected = runtime | own | {"_config.json", "_validators.py"}
    expected |= {byte_code_name(name) for name in expected if name.endswith(".py")}
    assert names(packages_of(app)[CREATE]) == expected


def test_no_toolchain_ships(large: App) -> None:
    allowed = ("deep/__init__.py", "deep/names.py", "deep/wire/", "deep/runtime/", "deep/__pycache__/__init__.", "deep/__pycache__/names.")
    for package in packages_of(large).values():
        assert [name for name in names(package) if name.startswith("deep/") and not name.startswith(allowed)] == []
        assert not {f"deep/{name}" for name in LOCAL_ONLY} & names(package)
        assert {name.partition("/")[0] for name in names(package)}.isdisjoint(("boto3", "botocore", "pip", "setuptools", "tests", "Tests"))


def test_no_secret_ships(large: App) -> None:
    """The generated property has a secret parameter with a value on this machine."""
    planted = b"not-a-real-one"
    assert planted in (large.path / "Billing" / ".parameters.json").read_bytes()
    for package in packages_of(large).values():
        with ZipFile(package.path) as archive:
            assert [name for name in archive.namelist() if planted in archive.read(name)] == []


def test_a_package_runs_in_the_runtime_of_aws(app: App, tmp_path: Path) -> None:
    """The handler's name and the files are all that Lambda gets."""
    source = source_of(app)
    (source / "bootstrap.py").unlink()
    (source / "handler.py").write_text("import sys\ndef handler(event, context): return sys.modules['deep.runtime.loader'].__file__\n")
    package = packages_of(app)[CREATE]
    task = tmp_path / "task"
    ZipFile(package.path).extractall(task)
    assert run_in_aws_runtime(task, {}) == ("invocation/r-1/response", str(task / "deep/runtime/loader.py"))


def test_byte_code_is_loaded_without_the_source(app: App, tmp_path: Path) -> None:
    """It is unchecked: nothing of the source is looked at, so nothing is compiled in a cold start."""
    task = tmp_path / "task"
    ZipFile(packages_of(app)[CREATE].path).extractall(task)
    for path in task.rglob("*.py"):
        path.write_text("this is no Python", encoding="ascii")
    code = "import deep.runtime.entry as entry; print(entry.handler.__module__, entry.__file__)"
    environment = {"PYTHONPATH": str(task), "LAMBDA_TASK_ROOT": str(task), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-S", "-B", "-c", code], env=environment, cwd=task, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"handler {task / 'deep/runtime/entry.py'}\n", "")


def test_other_pythons_get_no_byte_code_of_ours(app: App) -> None:
    contents = next(iter(contents_of(app, TARGET, {})))
    assert contents.platform.is_of_this_interpreter
    other = Platform("3.14" if sys.version_info.minor != 14 else "3.13")
    assert not other.is_of_this_interpreter
    assert platform_of(action_of("create", runtime=other.runtime)) == other
    assert other.wheels == "aarch64-manylinux_2_34"
    assert Platform("3.11", "x86_64").wheels == "x86_64-manylinux_2_17"


PROGRAM = """
import sys, random
from pathlib import Path
from deep.bundle.package import package_functions
from deep.bundle.target import Target
from deep.model import load_app
kept = [sys.intern(word) for word in ("/", "Title", "handler", "some words here")]
for package in package_functions(load_app(Path(sys.argv[1])), Target("prod", "1234abcd", "us-east-1", "123456789012"), {}):
    print(package.action, package.key, package.sha256)
"""


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    """Other folders, times, modes, time zones, hash seeds and processes: the same keys and the same zips."""
    told = []
    for number, (umask, zone) in enumerate([(0o022, "UTC"), (0o077, "Asia/Tokyo")]):
        app = todo(tmp_path / f"{'deeper/' * number}app{number}")
        for path in app.path.rglob("*"):
            os.utime(path, (1_000_000_000 * number + 5, 1_000_000_000 * number + 5))
            path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
        environment = {**os.environ, "PYTHONHASHSEED": str(number + 1), "TZ": zone, "PYTHONPATH": str(ROOT / "src"), "LANG": "C"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(app.path)], env=environment, capture_output=True, text=True, check=True, umask=umask
        )
        told.append(done.stdout)
    assert told[0] == told[1]
    assert len(told[0].splitlines()) == 6


def test_what_did_not_change_is_not_made_again(app: App) -> None:
    first = packages_of(app)
    assert all(package.is_new for package in first.values())
    (source_of(app) / "words.txt").write_text("new")
    again = packages_of(load_app(app.path))
    assert {name for name, package in again.items() if package.is_new} == {CREATE}
    assert {name for name in again if again[name].key != first[name].key} == {CREATE}


def test_a_new_deploy_id_reaches_only_functions_that_may_ask_for_it(app: App) -> None:
    (source_of(app) / "links.py").write_text("def link(kernel): return kernel.get('asset').locate('@deep.todo:logo.png')\n")
    first = {contents.action.identifier: contents.key for contents in contents_of(app, TARGET, {})}
    later = {contents.action.identifier: contents.key for contents in contents_of(app, replace(TARGET, deploy_id="99999999"), {})}
    assert {name for name in first if first[name] != later[name]} == {CREATE}


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:99] + b"\0" + content[100:], lambda content: b""])
def test_a_damaged_package_or_part_is_made_anew(app: App, damage: object) -> None:
    first = packages_of(app)
    for path in (app.path / ".deep" / "packages").rglob("*"):
        if path.suffix in (".zip", ".part", ".validators"):
            path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]  # a function of bytes
    again = packages_of(app)
    assert all(package.is_new for package in again.values())
    assert {name: package.sha256 for name, package in again.items()} == {name: package.sha256 for name, package in first.items()}


def test_lost_or_foreign_notes_are_mended(app: App) -> None:
    first = packages_of(app)[CREATE]
    for content in ("", "{}", "[]", '{"sha256": 5}'):
        first.path.with_suffix(".json").write_text(content)
        assert packages_of(app)[CREATE].sha256 == first.sha256


def test_files_that_change_while_they_are_packaged_are_noticed(app: App) -> None:
    contents = next(one for one in contents_of(app, TARGET, {}) if one.action.identifier == CREATE)
    (source_of(app) / "handler.py").write_text("class Handler: pass\n")
    with pytest.raises(EnvironmentProblem) as failed:
        make_package(contents, app.path)
    assert failed.value.problems[0].code == "files-changed"


def test_the_cache_forgets_what_nobody_asks_for(app: App) -> None:
    package = packages_of(app)[CREATE]
    forget_unused(app.path, unused_s=3600)
    assert package.path.is_file()
    os.utime(package.path, (1, 1))
    forget_unused(app.path)
    assert not package.path.exists()


def test_a_sample_is_within_its_budget(app: App) -> None:
    for package in packages_of(app).values():
        with ZipFile(package.path) as archive:
            sources = sum(told.compress_size for told in archive.infolist() if "__pycache__" not in told.filename)
        assert sources < SOURCES_BYTES, package.action
        assert package.size_bytes < WHOLE_BYTES, package.action


def test_64_unchanged_actions_are_planned_well_under_a_second(large: App) -> None:
    packages_of(large)
    began = time.perf_counter()
    assert not any(package.is_new for package in packages_of(large).values())
    assert time.perf_counter() - began < 0.5


def test_too_large_a_package_names_its_ten_largest_files() -> None:
    """Fault 112: 250 MB unpacked is refused, 50 MB zipped is doubtful."""
    action = action_of("create")
    largest = {f"file-{number}": 30_000_000 - number for number in range(12)}
    with pytest.raises(ProjectError) as refused:
        check_size(action, 0, 262_144_001, largest)
    problem = refused.value.problems[0]
    assert problem.code == "package-too-large"
    assert problem.place == action.place
    assert all(f"file-{number}" in problem.message for number in range(10))
    assert "file-10" not in problem.message
    assert check_size(action, 52_428_800, 262_144_000, largest) == ()
    (doubtful,) = check_size(action, 52_428_801, 100, largest)
    assert (doubtful.code, "file-9" in doubtful.message) == ("package-large", True)


def test_requirements_ship_without_what_installers_note_of_this_machine(app: App, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    shipping = {"fast/__init__.py": "import fast._c\n", "fast/_c.so": "\x7fELF", "fast-1.0.dist-info/METADATA": "Name: fast"}
    staying = dict.fromkeys(("fast-1.0.dist-info/RECORD", "fast-1.0.dist-info/direct_url.json", "bin/fast", ".lock", "deep/cli/main.py"), "")
    for name, content in {**shipping, **staying, "fast/__pycache__/x.pyc": "", "handler.py": "theirs"}.items():
        (installed / name).parent.mkdir(parents=True, exist_ok=True)
        (installed / name).write_text(content)
    package = packages_of(app, {source_of(app): installed})[CREATE]
    assert shipping.keys() <= names(package)
    assert not staying.keys() & names(package)
    assert ZipFile(package.path).read("handler.py") == (source_of(app) / "handler.py").read_bytes()
    assert not packages_of(app, {source_of(app): installed})[CREATE].is_new
