"""Runs npm (https://docs.npmjs.com/cli) for frontends that are built."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable
from pathlib import Path

from deep.errors import EnvironmentProblem, Problem

LAST_LINES = 20


def find_npm() -> str:
    """The npm program on the PATH. Raises EnvironmentProblem."""
    found = shutil.which("npm")
    if found is None:
        raise EnvironmentProblem(Problem("missing-npm", "npm, which builds frontends, was not found", help="install Node.js 20 or newer"))
    return found


async def run_npm(arguments: list[str], folder: Path, on_line: Callable[[str], None]) -> tuple[int, str]:
    """`npm <arguments>` in `folder`; (exit code, the last lines it printed). `on_line` is told each as it comes. Cancelling kills it all."""
    environment = {**os.environ, "NO_COLOR": "1", "CI": "true", "npm_config_update_notifier": "false", "npm_config_fund": "false"}
    process = await asyncio.create_subprocess_exec(
        find_npm(), *arguments, cwd=folder, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True, limit=1 << 20
    )
    lines: list[str] = []
    try:
        if process.stdout is not None:
            async for raw in process.stdout:
                line = raw.decode("utf-8", "backslashreplace").rstrip()
                if line:
                    on_line(line)
                    lines = [*lines[1 - LAST_LINES :], line]
        return await process.wait(), "\n".join(lines)
    except BaseException:
        os.killpg(process.pid, 9)
        await process.wait()
        raise
