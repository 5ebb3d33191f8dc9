"""What a developer waits for: `deepify --help`, server start to first answer, a code change to its answer, and what the idle platform weighs.

The start is set beside FastAPI's and serverless-offline's, turn by turn in one run; medians are printed.
"""

import argparse
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benches import processes, serving


def help_ms() -> float:
    start = time.perf_counter()
    subprocess.run([str(processes.DEEPIFY), "--help"], check=True, capture_output=True)
    return (time.perf_counter() - start) * 1e3


def python_ms() -> float:
    start = time.perf_counter()
    subprocess.run([str(processes.ROOT / ".venv/bin/python"), "-c", "pass"], check=True)
    return (time.perf_counter() - start) * 1e3


def start_ms(server: serving.Server) -> float:
    """From the start of the process to its first answer that went through a function and the table."""
    start = time.perf_counter()
    with server() as url:
        serving.post(url)
        return (time.perf_counter() - start) * 1e3


@contextlib.contextmanager
def todo_platform():
    """A server on a copy of the Todo property; yields (folder, url, process)."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "todo"
        shutil.copytree(processes.ROOT / "apps/todo", copy, ignore=shutil.ignore_patterns(".deep"), symlinks=True)
        port = processes.free_port()
        with processes.running([str(processes.DEEPIFY), "server", str(copy), "-p", str(port), "--act-as", "unauthenticated"], cwd=copy) as process:
            url = f"http://127.0.0.1:{port}"
            processes.wait_for(f"{url}/_config.json", process, seconds=180)
            yield copy, url, process


def answer(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        return error.read()


def change_ms(copy: Path, url: str, round_: int) -> float:
    """From the write of a handler to the first answer of the new code."""
    handler = copy / "DeepTodo/Backend/src/Task/Retrieve/handler.py"
    marker = f"changed-{round_}"
    code = f'from deep import lambda_handler\n\n\n@lambda_handler\ndef handler(request):\n    return {{"marker": "{marker}"}}\n'
    (copy / "DeepTodo/Backend/src/Task/Retrieve/bootstrap.py").unlink(missing_ok=True)
    start = time.perf_counter()
    handler.write_text(code)
    while marker.encode() not in answer(f"{url}/deep-todo/task/retrieve"):
        if time.perf_counter() - start > 10:
            raise SystemExit("the change was not answered within 10 s")
    return (time.perf_counter() - start) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    processes.ensure_peers()
    help_ms(), python_ms()
    helps, bare = zip(*((help_ms(), python_ms()) for _ in range(rounds)), strict=True)
    tell("deepify --help", f"{statistics.median(helps):.0f} ms ({statistics.median(helps) / statistics.median(bare):.1f}x of python -c pass)")
    starts = {name: [] for name in serving.SERVERS}
    for _ in range(rounds):
        for name, server in serving.SERVERS.items():
            starts[name].append(start_ms(server))
    deep = statistics.median(starts["DEEP"])
    for name, times in starts.items():
        tell(f"start to first 200, {name}", f"{statistics.median(times):.0f} ms ({statistics.median(times) / deep:.1f}x of DEEP)")
    with todo_platform() as (copy, url, process):
        time.sleep(2)
        tell("idle platform, Todo", f"{processes.resident_mb(process.pid):.0f} MB")
        answer(f"{url}/deep-todo/task/retrieve")
        tell("code change to its answer", f"{statistics.median(change_ms(copy, url, number) for number in range(rounds)):.0f} ms")


def tell(what: str, figure: str) -> None:
    sys.stdout.write(f"{what:<42} {figure}\n")


if __name__ == "__main__":
    main()
