"""Drives wrk and reads what it printed. wrk is a Debian package; where it is missing the bench says so and stops."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

UNITS_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True)
class Load:
    """One run of wrk: requests per second that were answered 2xx, latency in milliseconds, all answers, and those that were not 2xx."""

    per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    failures: int


def run(url: str, connections: int, seconds: int, body: str | None = None) -> Load:
    """Closed loop of `connections` for `seconds`; with `body`, POSTs it as JSON. Raises RuntimeError when wrk could not connect at all."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("this bench needs wrk (Debian package 'wrk')")
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body is not None:
            script.write(f"wrk.method='POST'\nwrk.body='{body}'\nwrk.headers['Content-Type']='application/json'\n")
            script.flush()
            command += ["-s", str(Path(script.name))]
        done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"wrk failed on {url}: {done.stderr or done.stdout}")
    return _read(done.stdout)


def _read(text: str) -> Load:
    requests = re.search(r"Requests/sec:\s+([\d.]+)", text)
    total = re.search(r"(\d+) requests in", text)
    if requests is None or total is None:
        raise RuntimeError(f"wrk printed something unknown:\n{text}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failures = int(refused.group(1)) if refused else 0
    good = 1 - failures / max(int(total.group(1)), 1)
    return Load(float(requests.group(1)) * good, _percentile(text, "50%"), _percentile(text, "99%"), int(total.group(1)), failures)


def _percentile(text: str, which: str) -> float:
    found = re.search(rf"^\s+{re.escape(which)}\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    return float(found.group(1)) * UNITS_MS[found.group(2)] if found else float("nan")
