"""An app running on the local platform for the length of a test, on tables of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deep.bundle.cache_folder import FOLDER
from deep.bundle.frontend import local_identity_pool
from deep.errors import EnvironmentProblem, Problem
from deep.frozen import dataclass
from deep.local.identity.principal import AUTHENTICATED, UNAUTHENTICATED, Principal
from deep.local.identity.vault import IdentityBearer, Vault, load_secret
from deep.local.neighbour import read_address
from deep.local.platform import target_of
from deep.model import App, load_app
from deep.security.grants import grants_of
from deep.testing.client import Client

STARTS_IN_S = 60.0
LIFETIME_S = 3600
_LEFT_OUT = (FOLDER, "node_modules", ".git", "__pycache__")
_POLL_S = 0.05
_DEEPIFY = "from deep.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class LocalApp:
    """A running app: `url` is where it is served, `path` the copy of the property that it runs from."""

    app: App
    path: Path
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def client(self, role: str = UNAUTHENTICATED, *, identity_id: str | None = None) -> Client:
        """Somebody new who acts in `role`: a visitor, `authenticated`, or a member of that group. Raises EnvironmentProblem for an unknown role.

        With `identity_id`, somebody known: items that this identity owns are theirs.
        """
        roles = grants_of(self.app).roles
        if role not in roles:
            raise EnvironmentProblem(Problem("unknown-role", f'there is no role "{role}"', help=f"roles are {', '.join(roles)}"))
        pool = local_identity_pool(self.app, target_of(self.app))
        identity = identity_id or f"{pool.partition(':')[0]}:{uuid.uuid4()}"
        vault = Vault(load_secret(self.path / FOLDER / "identity.key"))
        return Client(self.app, self.port, identity, role, vault.issue(IdentityBearer(_principal(role, identity, pool)), LIFETIME_S))


@contextmanager
def serve(path: Path | str, *options: str) -> Iterator[LocalApp]:
    """Runs a copy of the property at `path` with `deepify server`, and stops it again. `options` are the command's.

    Raises ProjectError for an app that is wrong, and EnvironmentProblem when it does not start; why stands on standard error.
    """
    source = Path(path).resolve()
    with tempfile.TemporaryDirectory(prefix="deep-test-") as folder:
        copy = Path(folder) / source.name
        shutil.copytree(source, copy, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        app = load_app(copy)
        command = [sys.executable, "-c", _DEEPIFY, "server", str(copy), "-p", "0", "--skip-hooks", "--skip-frontend-build", *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "DEEP_NO_INTERACTION": "1"}) as server:
            try:
                yield LocalApp(app, copy, _address(copy / FOLDER, server))
            finally:
                server.terminate()


def _address(data: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + STARTS_IN_S
    while server.poll() is None and time.monotonic() < deadline:
        url = read_address(data) if data.exists() else None
        if url:
            return url
        time.sleep(_POLL_S)
    told = f"it ended with {server.returncode}" if server.poll() is not None else f"it did not answer within {STARTS_IN_S:g} s"
    raise EnvironmentProblem(Problem("app-not-started", f"the app under test was not started: {told}", help="run deepify server to see why"))


def _principal(role: str, identity_id: str, pool_id: str) -> Principal:
    if role == UNAUTHENTICATED:
        return Principal(role, identity_id)
    user, groups = identity_id.rpartition(":")[2], () if role == AUTHENTICATED else (role,)
    return Principal(role, identity_id, user, user, groups, f"cognito-idp.{pool_id.partition(':')[0]}.amazonaws.com/local")
