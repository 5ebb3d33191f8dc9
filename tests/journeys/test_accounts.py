"""A person signs up, signs in and acts, on a platform that is killed in between; a developer watches. Parity 82, 83, 84, 89."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from pycognito.aws_srp import AWSSRP

from deep.local.engines.dynoxide import find_binary
from tests.house.tree import ROOT

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine"),
]

DEEPIFY = str(Path(sys.executable).with_name("deepify"))
PASSWORD = "Correct-horse-1"
EDITORS = {
    "Version": "2015-10-07",
    "Statement": [{"Effect": "Allow", "Action": ["deep.todo:task:retrieve"], "Resource": ["deep.todo:task"]}],
    "precedence": 1,
}


class Running:
    """A `deepify server` of the app, boto3's clients for it, and requests signed as browsers sign them."""

    def __init__(self, app: Path, port: int = 0) -> None:
        argv = [DEEPIFY, "server", str(app), "-p", str(port), "-f", "--skip-hooks"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = re.findall(r"http://localhost:\d+", self.printed(r"Ready at http://localhost:\d+|^http://localhost:\d+"))[-1]
        self.port = int(self.url.rpartition(":")[2])
        with urlopen(f"{self.url}/_config.json") as answer:
            self.config: dict[str, Any] = json.load(answer)
        self.signing = {"service_name": self.config["apiSigning"]["service"], "region_name": self.config["apiSigning"]["region"]}
        options: dict[str, Any] = {"region_name": "us-east-1", "config": Config(retries={"total_max_attempts": 1})}
        options |= {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        self.users = boto3.client("cognito-idp", endpoint_url=f"{self.url}{self.config['userPool']['endpoint']}", **options)
        self.identities = boto3.client("cognito-identity", endpoint_url=f"{self.url}{self.config['identityEndpoint']}", **options)

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def printed(self, pattern: str, within_s: float = 30) -> str:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            text = "".join(self.lines)
            if re.search(pattern, text, re.MULTILINE):
                return text
            time.sleep(0.01)
        raise AssertionError(f"{pattern!r} was not printed:\n{''.join(self.lines)}")

    def sign_in(self, name: str) -> dict[str, Any]:
        pool = self.config["userPool"]
        tokens: dict[str, Any] = AWSSRP(name, PASSWORD, pool["id"], pool["clientId"], client=self.users).authenticate_user()
        return tokens["AuthenticationResult"]  # type: ignore[no-any-return]

    def credentials(self, identity_id: str, tokens: dict[str, Any] | None = None) -> Credentials:
        login = self.config["userPool"]["issuer"].removeprefix("http://")
        logins = {"Logins": {login: tokens["IdToken"]}} if tokens else {}
        given = self.identities.get_credentials_for_identity(IdentityId=identity_id, **logins)["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])

    def ask(self, action: str, credentials: Credentials, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """One signed request of an action of the todo app: its status and JSON."""
        from http.client import HTTPConnection

        method, path = "GET" if body is None else "POST", f"/deep-todo/task/{action}"
        request = AWSRequest(method=method, url=f"{self.url}{path}", data=json.dumps(body) if body is not None else b"")
        request.headers["Content-Type"] = "application/json"
        SigV4Auth(credentials, **self.signing).add_auth(request)
        connection = HTTPConnection("localhost", self.port, timeout=30)
        connection.request(method, path, request.data, dict(request.headers.items()))
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, told

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(20)
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def app(tmp_path: Path) -> Path:
    home = tmp_path / "app"
    shutil.copytree(ROOT / "apps" / "todo" / "DeepTodo", home / "DeepTodo", ignore=shutil.ignore_patterns("node_modules", "_build", ".deep"))
    roles = home / "DeepTodo" / "Data" / "Roles"
    (roles / "editors.json").write_text(json.dumps(EDITORS))
    nobody = {"Effect": "Deny", "Action": ["deep.todo:task:create"], "Resource": ["deep.todo:task"]}
    retrieve = {"Effect": "Allow", "Action": ["deep.todo:task:retrieve"], "Resource": ["deep.todo:task"]}
    (roles / "unauthenticated.json").write_text(json.dumps({"Version": "2015-10-07", "Statement": [retrieve, nobody]}))
    return home


def test_an_account_from_sign_up_to_a_refusal_over_a_kill(app: Path) -> None:
    running = Running(app)
    client = {"ClientId": running.config["userPool"]["clientId"]}
    visitor = running.identities.get_id(IdentityPoolId=running.config["identityPoolId"])["IdentityId"]
    assert running.ask("retrieve", running.credentials(visitor))[0] == 200
    assert running.ask("create", running.credentials(visitor), {"Title": "x"})[0] == 403

    running.users.sign_up(**client, Username="ada", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "ada@example.com"}])
    running.printed(r"code \d{6} for ada@example\.com")
    running.end(signal.SIGKILL)

    code = json.loads(subprocess.run([DEEPIFY, "user", "list", str(app), "--json"], capture_output=True, check=True).stdout)[0]["codes"]["confirm"]
    running = Running(app, running.port)
    running.users.confirm_sign_up(**client, Username="ada", ConfirmationCode=code)
    tokens = running.sign_in("ada")
    mine = running.credentials(visitor, tokens)
    status, made = running.ask("create", mine, {"Title": "milk"})
    assert (status, made["Title"]) == (200, "milk")

    added = subprocess.run([DEEPIFY, "user", "group", "ada", "editors", str(app)], capture_output=True, text=True, check=True)
    assert "editors" in added.stdout
    refreshed = running.users.initiate_auth(**client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    as_editor = running.credentials(visitor, refreshed["AuthenticationResult"])
    assert running.ask("retrieve", as_editor)[0] == 200

    running.end(signal.SIGKILL)
    running = Running(app, running.port)
    assert running.ask("retrieve", mine)[0] == 200
    assert running.users.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ada"
    running.users.global_sign_out(AccessToken=tokens["AccessToken"])
    with pytest.raises(running.identities.exceptions.NotAuthorizedException):
        running.credentials(visitor, tokens)
    running.end(signal.SIGTERM)
