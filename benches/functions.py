"""Cold import, first call and warm call of a handler that puts one item: DEEP beside boto3, Powertools and Mangum+FastAPI.

Every candidate runs in fresh processes, turn by turn; medians and the ratio of each peer to DEEP are printed. The warm call is measured twice:
with one Dynoxide, whose own time is the same for all and hides what the clients cost, and with one stub that answers every put at once from memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benches import processes

HERE = Path(__file__).resolve().parent
EVENT = {
    "version": "2.0",
    "routeKey": "POST /bench/task/create",
    "rawPath": "/bench/task/create",
    "rawQueryString": "",
    "headers": {"content-type": "application/json", "host": "localhost"},
    "requestContext": {
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": "localhost",
        "domainPrefix": "localhost",
        "requestId": "11111111",
        "routeKey": "POST /bench/task/create",
        "stage": "$default",
        "time": "01/Jan/2026:00:00:00 +0000",
        "timeEpoch": 1767225600000,
        "http": {"method": "POST", "path": "/bench/task/create", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bench"},
    },
    "body": '{"Title": "buy milk", "Completed": false}',
    "isBase64Encoded": False,
}
Candidate = tuple[str, str, dict[str, str]]
"""The module that has the handler, its import path, its environment."""
PEERS = {"boto3": "boto3_handler", "Powertools": "powertools_handler", "Mangum+FastAPI": "mangum_handler"}


def measure(candidate: Candidate, endpoint: str, calls: int) -> dict[str, float]:
    """One fresh process's figures. No bytecode is written anew: the first, uncounted round has left it."""
    module, path, environment = candidate
    done = subprocess.run(
        [str(processes.PEER_PYTHON), str(HERE / "probe.py"), module, str(calls)],
        input=json.dumps(EVENT),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "AWS_ENDPOINT_URL_DYNAMODB": endpoint, **processes.DUMMY_AWS, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{module} failed:\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def deep_environment(folder: Path) -> dict[str, str]:
    """The configuration a packaged function finds beside its code, made by the same code that makes it for a deploy."""
    made = subprocess.run(
        [str(processes.ROOT / ".venv/bin/python"), str(HERE / "function_folder.py"), str(HERE / "app"), "bench:task:create", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return {"DEEP_CONFIG": made.stdout.strip()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=1000)
    arguments = parser.parse_args()
    processes.ensure_peers()
    with tempfile.TemporaryDirectory() as temporary, processes.dynoxide(Path(temporary)) as engine, processes.stub_table(Path(temporary)) as stub:
        folder = Path(temporary)
        deep = deep_environment(folder)
        table = json.loads(Path(deep["DEEP_CONFIG"]).read_text())["tables"]["Task"]["name"]
        processes.create_table(engine, table)
        source = str(HERE / "app/Bench/Backend/src/Task/Create")
        candidates = {"DEEP": ("bootstrap", f"{folder}:{source}:{processes.ROOT / 'src'}", deep)}
        candidates |= {name: (module, str(HERE / "peers/functions"), {"BENCH_TABLE": table}) for name, module in PEERS.items()}
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in candidates}
        for round_ in range(arguments.rounds + 1):
            for name, candidate in candidates.items():
                taken = measure(candidate, engine, arguments.calls)
                taken["client_us"] = measure(candidate, stub, arguments.calls)["warm_us"]
                if round_:  # the first round warms the disk cache and the bytecode
                    figures[name].append(taken)
            sys.stderr.write(f"round {round_} of {arguments.rounds}\n")
    report(figures)


def report(figures: dict[str, list[dict[str, float]]]) -> None:
    keys = {
        "import_ms": "import, ms",
        "first_ms": "first call, ms",
        "warm_us": "warm, Dynoxide, us",
        "client_us": "warm, put stubbed, us",
        "modules": "modules",
        "rss_mb": "RSS, MB",
    }
    rows: list[list[Any]] = [["handler", *keys.values()]]
    medians = {name: {key: statistics.median(run[key] for run in runs) for key in keys} for name, runs in figures.items()}
    for name, median in medians.items():
        rows.append([name, *(f"{median[key]:.1f} ({median[key] / medians['DEEP'][key]:.1f}x)" for key in keys)])
    for row in rows:
        sys.stdout.write("  ".join(f"{cell:<22}" for cell in row) + "\n")


if __name__ == "__main__":
    main()
