"""Create, get and list on a running local platform: DEEP, a hand-written FastAPI app, serverless-offline with Python.

Closed loop by wrk on the same machine, each server alone, turn by turn in one run; answers per second (2xx only), p50, p99, and the ratio to DEEP.
DEEP's figure includes its gateway, an isolated function process and Dynoxide; FastAPI's is one process with sqlite3 inside.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benches import cpu, load, processes

BODY = '{"Title": "buy milk", "Completed": false}'
Server = Callable[[], contextlib.AbstractContextManager[str]]


@contextlib.contextmanager
def deep() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(processes.ROOT / "benches/app", Path(folder) / "app", ignore=shutil.ignore_patterns(".deep"))
        port = processes.free_port()
        with processes.running([str(processes.DEEPIFY), "server", "app", "-p", str(port)], cwd=Path(folder)) as process:
            processes.wait_for(f"http://127.0.0.1:{port}/_config.json", process)
            yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def fastapi() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        port = processes.free_port()
        command = [str(processes.PEER_PYTHON), "-m", "uvicorn", "fastapi_app:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
        environment = {"BENCH_DATABASE": f"{folder}/tasks.db"}
        with processes.running(command, cwd=processes.ROOT / "benches/peers", env=environment) as process:
            processes.wait_for(f"http://127.0.0.1:{port}/", process)
            yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def serverless_offline() -> Iterator[str]:
    folder = processes.PEERS / "serverless"
    with tempfile.TemporaryDirectory() as data:
        table_port, port, lambda_port = processes.free_port(), processes.free_port(), processes.free_port()
        table_url = f"http://127.0.0.1:{table_port}/"
        dynalite = ["node", "node_modules/dynalite/cli.js", "--port", str(table_port), "--path", data, "--createTableMs", "0"]
        offline = ["node", "node_modules/.bin/serverless", "offline", "start", "--httpPort", str(port), "--lambdaPort", str(lambda_port)]
        path = f"{processes.PEER_PYTHON.parent}:/usr/local/bin:/usr/bin:/bin"
        environment = {"AWS_ENDPOINT_URL_DYNAMODB": table_url, "SLS_TELEMETRY_DISABLED": "1", "PATH": path}
        with processes.running(dynalite, cwd=folder) as engine:
            processes.wait_for(table_url, engine)
            processes.create_table(table_url, "Task")
            with processes.running(offline, cwd=folder, env=environment) as process:
                processes.wait_for(f"http://127.0.0.1:{port}/", process)
                yield f"http://127.0.0.1:{port}"


SERVERS: dict[str, Server] = {"DEEP": deep, "FastAPI": fastapi, "serverless-offline": serverless_offline}


def post(url: str) -> dict[str, str]:
    request = urllib.request.Request(f"{url}/bench/task/create", BODY.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        item: dict[str, str] = json.load(answer)
        return item


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run of wrk came to, and what each process of the server used for a request of it."""

    load: load.Load
    cpu_us: cpu.Spent


def measure(url: str, connections: int, seconds: int) -> dict[str, Figure]:
    item = post(url)
    return {
        "create": figure(f"{url}/bench/task/create", connections, seconds, BODY),
        "get": figure(f"{url}/bench/task/get?Id={item['Id']}", connections, seconds),
        "list": figure(f"{url}/bench/task/list", connections, seconds),
    }


def figure(url: str, connections: int, seconds: int, body: str | None = None) -> Figure:
    before = cpu.spent()
    run = load.run(url, connections, seconds, body)
    return Figure(run, cpu.per_request(before, cpu.spent(), run.requests))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 32, 100])
    parser.add_argument("--only", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--cpu", action="store_true", help="also say what each process used for a request, in microseconds of processor time")
    arguments = parser.parse_args()
    processes.ensure_peers()
    taken: dict[tuple[str, str, int], list[Figure]] = {}
    for round_ in range(arguments.rounds):
        for name in arguments.only:
            start = time.perf_counter()
            with SERVERS[name]() as url:
                sys.stderr.write(f"round {round_ + 1} of {arguments.rounds}: {name} answered after {time.perf_counter() - start:.2f} s\n")
                for _ in range(21):
                    post(url)
                for connections in arguments.connections:
                    for what, taken_now in measure(url, connections, arguments.seconds).items():
                        taken.setdefault((what, name, connections), []).append(taken_now)
    report(taken, with_cpu=arguments.cpu)


def report(taken: dict[tuple[str, str, int], list[Figure]], *, with_cpu: bool) -> None:
    rates = {key: statistics.median(run.load.per_second for run in runs) for key, runs in taken.items()}
    for (what, name, connections), runs in sorted(taken.items(), key=lambda item: (item[0][0], item[0][2], item[0][1])):
        rate, base = rates[what, name, connections], rates.get((what, "DEEP", connections))
        ratio = f"DEEP is {base / rate:5.2f}x" if base and rate else ""
        p50, p99 = (statistics.median(getattr(run.load, key) for run in runs) for key in ("p50_ms", "p99_ms"))
        failures = sum(run.load.failures for run in runs)
        told = f", {failures} not 2xx" if failures else ""
        sys.stdout.write(f"{what:<7} {connections:>4} connections  {name:<19} {rate:>9.0f}/s  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms  {ratio}{told}\n")
        if with_cpu:
            sys.stdout.write(f"        processor time of a request: {costs(runs)}\n")


def costs(runs: list[Figure]) -> str:
    """The median of each process, and the sum of these."""
    labels = sorted({label for run in runs for label in run.cpu_us})
    medians = {label: statistics.median(run.cpu_us.get(label, 0.0) for run in runs) for label in labels}
    told = ", ".join(f"{label} {cost:.0f}" for label, cost in medians.items())
    return f"{told}; {sum(medians.values()):.0f} us together"


if __name__ == "__main__":
    main()
