"""ministack with `AUTH=true`: a stand-in for an AWS account that verifies signatures and enforces IAM, on a free port of this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from tests.judges.conversation import JudgeError, must_exist
from tests.judges.judge import PROGRAMS, VENVS, Case

READY_WITHIN_S = 30


class Ministack:
    """The running account, asked by its own `SimulateCustomPolicy`."""

    name = "ministack"

    def __init__(self, url: str) -> None:
        self.url = url
        self._iam = self.client("iam")

    def client(self, service: str, region: str = "us-east-1", **credentials: str) -> Any:
        """A boto3 client of the account: its root's, or of the credentials given as boto3 names them."""
        plain = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=self.url, region_name=region, config=config, **(credentials or plain))

    def decide(self, cases: Sequence[Case]) -> list[list[bool]]:
        """Each question by a request of its own, but for those of one case about one resource."""
        if not cases or not all(case.questions for case in cases):
            raise JudgeError("ministack was asked nothing")
        return [self._decide(case) for case in cases]

    def _decide(self, case: Case) -> list[bool]:
        document = json.dumps(case.document)
        asked: dict[str, list[str]] = {}
        for question in case.questions:
            if question.context:
                raise JudgeError(f"ministack's simulation knows no context such as {sorted(question.context)}")
            asked.setdefault(question.resource, []).append(question.action)
        found: dict[tuple[str, str], bool] = {}
        for resource, actions in asked.items():
            told = self._iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=actions, ResourceArns=[resource])["EvaluationResults"]
            found |= {(one["EvalActionName"], one["EvalResourceName"]): one["EvalDecision"] == "allowed" for one in told}
        return [found[question.action, question.resource] for question in case.questions]


@contextmanager
def running_ministack(folder: Path, region: str | None = None) -> Iterator[Ministack]:
    """Starts it in `folder`, where its log goes, and ends it with the `with` block.

    With `region` it answers for APIs at the names that they have in that region of AWS, which are what callers sign.
    """
    python = VENVS / "cloud" / "bin" / "python"
    must_exist(python)
    port = _free_port()
    with (
        (folder / "ministack.log").open("wb") as log,
        subprocess.Popen(
            [python, PROGRAMS / "account.py"], cwd=folder, env=_environ(port, folder) | _named(region, port), stdout=log, stderr=log
        ) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/_ministack/health", process)
            yield Ministack(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _environ(port: int, folder: Path) -> dict[str, str]:
    """Nothing of the caller's but the path: an account has no business with anybody's credentials. What listens besides is switched off."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": "123456789012",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "STATE_DIR": str(folder / "state"),
        "LOG_LEVEL": "WARNING",
    }


def _named(region: str | None, port: int) -> dict[str, str]:
    """Functions must be told where it listens, once its name is one of AWS's."""
    return {} if region is None else {"MINISTACK_HOST": f"{region}.amazonaws.com", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url) as answer:
                if json.load(answer).get("auth") == "enabled":
                    return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise JudgeError(f"ministack did not start with AUTH=true (exit code {process.poll()})")
