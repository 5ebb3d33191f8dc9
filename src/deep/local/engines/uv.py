"""Installs Python packages with uv (https://docs.astral.sh/uv/)."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path

from deep.bundle.platform import Platform
from deep.errors import EnvironmentProblem, Problem


def find_uv() -> str:
    """The uv program: the one beside our interpreter, else the one on the PATH. Raises EnvironmentProblem."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise EnvironmentProblem(Problem("missing-uv", "uv, which installs requirements, was not found", help="pip install uv"))
    return found


async def pip_install(requirements: Path, target: Path, *, offline: bool = False, platform: Platform | None = None) -> tuple[int, str]:
    """`uv pip install` of a requirements file into the folder `target`; (exit code, what uv said).

    With `offline`, only uv's own cache is read. Without a platform it is for this machine, and byte code is made now, because function processes
    write none. For a platform only wheels are taken: what is compiled here would not run there.
    """
    argv = [find_uv(), "pip", "install", "--quiet", "--no-config", "--python", sys.executable, *_options_for(platform)]
    argv += ["--target", str(target), "--requirement", str(requirements), *(["--offline"] if offline else [])]
    environment = {**os.environ, "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=requirements.parent, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, output.decode("utf-8", "backslashreplace").strip()


def _options_for(platform: Platform | None) -> list[str]:
    if platform is None:
        return ["--compile-bytecode"]
    return ["--python-version", platform.python, "--python-platform", platform.wheels, "--only-binary", ":all:"]
