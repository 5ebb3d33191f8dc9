"""Starts the servers that the benches compare, on free loopback ports, and stops each by its own process group."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benches" / ".peers"
PEER_PYTHON = PEERS / "venv" / "bin" / "python"
DEEPIFY = ROOT / ".venv" / "bin" / "deepify"
DUMMY_AWS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], *, seconds: float = 60) -> None:
    """Returns as soon as `url` answers at all (any status); raises when the process ends or time runs out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it answered")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"{url} did not answer within {seconds} s")


@contextlib.contextmanager
def running(command: list[str], *, cwd: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The command in its own process group with its output thrown away; the group is ended on leaving."""
    environment = os.environ | DUMMY_AWS | (env or {})
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def dynamodb(url: str, operation: str, body: dict[str, object]) -> dict[str, object]:
    """One call of the DynamoDB protocol to a local engine that does not check signatures."""
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        "X-Amz-Date": "20260101T000000Z",
    }
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)) as answer:
        return json.load(answer)


def create_table(url: str, name: str) -> None:
    dynamodb(
        url,
        "CreateTable",
        {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        },
    )


def resident_mb(pid: int) -> float:
    """Proportional set size of a process and all that it started, in MB (Linux)."""
    total, todo = 0, [pid]
    while todo:
        current = todo.pop()
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{current}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            for task in Path(f"/proc/{current}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
    return total / 1024


def ensure_peers() -> None:
    """Installs the peers under benches/.peers once; says so, because it takes a minute."""
    stamp = PEERS / "ready"
    wanted = (ROOT / "benches/peers/requirements.txt").read_text() + (ROOT / "benches/peers/serverless/package.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    sys.stderr.write("installing the peers to compare with (once, about a minute) ...\n")
    PEERS.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(PEERS / "venv")], check=True)
    subprocess.run([str(PEER_PYTHON), "-m", "pip", "install", "-q", "-r", str(ROOT / "benches/peers/requirements.txt")], check=True)
    (PEERS / "serverless").mkdir(exist_ok=True)
    for name in ("package.json", "serverless.yml", "handler.py"):
        (PEERS / "serverless" / name).write_bytes((ROOT / "benches/peers/serverless" / name).read_bytes())
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=PEERS / "serverless", check=True)
    stamp.write_text(wanted)


@contextlib.contextmanager
def dynoxide(folder: Path) -> Iterator[str]:
    """A Dynoxide on a SQLite file in `folder`, started as the local platform starts it; yields its URL."""
    binary = ROOT / "node_modules/@dynoxide/linux-x64/dynoxide"
    launcher = [sys.executable, "-I", "-S", str(ROOT / "src/deep/local/engines/without_fsync.py")]
    port = free_port()
    command = [*launcher, str(binary), "serve", "--port", str(port), "--db-path", str(folder / "tables.db")]
    with running(command, cwd=folder) as process:
        url = f"http://127.0.0.1:{port}/"
        wait_for(url, process)
        yield url


@contextlib.contextmanager
def stub_table(folder: Path) -> Iterator[str]:
    """A table service that answers at once from memory (`stub_table.py`); yields its URL."""
    port = free_port()
    with running([sys.executable, "-I", "-S", str(ROOT / "benches/stub_table.py"), str(port)], cwd=folder) as process:
        url = f"http://127.0.0.1:{port}/"
        wait_for(url, process)
        yield url
