"""Packages and templates of the Todo app, as whole processes: `deepify plan`, `chalice package`, `serverless package`, `sam build --cached`.

Cold is a fresh copy of the app; "nothing changed" is the same command again. Turn by turn in one run; medians are printed. They do not do the same,
in the peers' favour: their six functions are one file and one package without requirements, and `sam build` zips nothing; DEEP makes a zip for each
function, with its runtime, byte code and validators, and its plan tells rights and data besides. Pages are left out: peers have none.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benches import processes

SOURCES = processes.ROOT / "benches/peers/packaging"
INSTALLED = processes.PEERS / "packaging"
_QUIET = {"SAM_CLI_TELEMETRY": "0", "SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}


@dataclass(frozen=True, slots=True)
class Packager:
    """`lay` writes the app into a folder; `command` is run there; `made` is what has to be there afterwards."""

    lay: Callable[[Path], object]
    command: tuple[str, ...]
    made: str


def lay_deep(folder: Path) -> None:
    ignored = shutil.ignore_patterns(".deep", "Frontend", "DeepRoot", "node_modules")
    shutil.copytree(processes.ROOT / "apps/todo", folder, ignore=ignored, dirs_exist_ok=True)


def lay_peer(name: str, code: str) -> Callable[[Path], None]:
    """The peer's own files, and the six functions at `code`."""

    def lay(folder: Path) -> None:
        shutil.copytree(SOURCES / name, folder, dirs_exist_ok=True)
        (folder / code).parent.mkdir(exist_ok=True)
        (folder / code).write_bytes((SOURCES / "tasks.py").read_bytes())

    return lay


def _script(tool: str, name: str) -> str:
    return str(INSTALLED / tool / "bin" / name)


PACKAGERS: Mapping[str, Packager] = {
    "DEEP": Packager(lay_deep, (str(processes.DEEPIFY), "plan", "--json"), ".deep/packages"),
    "chalice package": Packager(lay_peer("chalice", "chalicelib/tasks.py"), (_script("chalice", "chalice"), "package", "out"), "out/sam.json"),
    "serverless package": Packager(
        lay_peer("serverless", "tasks.py"), ("node", str(INSTALLED / "serverless/node_modules/.bin/serverless"), "package"), ".serverless/todo.zip"
    ),
    "sam build --cached": Packager(lay_peer("sam", "src/tasks.py"), (_script("sam", "sam"), "build", "--cached"), ".aws-sam/build/template.yaml"),
}


def ensure_packagers() -> None:
    """Installs the peers below benches/.peers/packaging once, each in an environment of its own: what they require does not go together."""
    _ensure("chalice", SOURCES / "chalice.txt", _install_python)
    _ensure("sam", SOURCES / "sam.txt", _install_python)
    _ensure("serverless", SOURCES / "serverless/package.json", _install_node)


def _ensure(tool: str, wanted: Path, install: Callable[[Path, Path], None]) -> None:
    folder, stamp = INSTALLED / tool, INSTALLED / f"{tool}.ready"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    sys.stderr.write(f"installing {tool} to compare with (once) ...\n")
    folder.mkdir(parents=True, exist_ok=True)
    install(folder, wanted)
    stamp.write_bytes(wanted.read_bytes())


def _install_python(folder: Path, wanted: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    subprocess.run([str(folder / "bin/python"), "-m", "pip", "install", "-q", "-r", str(wanted)], check=True)


def _install_node(folder: Path, wanted: Path) -> None:
    shutil.copy(wanted, folder)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)


def took_ms(packager: Packager, folder: Path) -> float:
    """Raises SystemExit with what the tool said when it fails or makes nothing."""
    environment = os.environ | processes.DUMMY_AWS | _QUIET
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # pip compiled the peers; DEEP, which runs from its sources here, is compiled by its first run
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    start = time.perf_counter()
    done = subprocess.run(packager.command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    took = (time.perf_counter() - start) * 1e3
    if done.returncode or not (folder / packager.made).exists():
        raise SystemExit(f"{' '.join(packager.command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def round_ms(packager: Packager) -> tuple[float, float]:
    """Cold, and again with nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        packager.lay(Path(folder))
        return took_ms(packager, Path(folder)), took_ms(packager, Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ensure_packagers()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in PACKAGERS}
    for packager in PACKAGERS.values():
        round_ms(packager)
    for _ in range(rounds):
        for name, packager in PACKAGERS.items():
            taken[name].append(round_ms(packager))
    medians = {name: tuple(statistics.median(column) for column in zip(*rows, strict=True)) for name, rows in taken.items()}
    for number, what in enumerate(("cold", "nothing changed")):
        deep = medians["DEEP"][number]
        for name, times in medians.items():
            sys.stdout.write(f"{what:<16} {name:<20} {times[number]:>6.0f} ms  {times[number] / deep:5.1f}x of DEEP\n")
