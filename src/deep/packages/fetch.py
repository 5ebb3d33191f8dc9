"""Fetching a git repository's files without letting the repository, its server or this machine's git configuration run anything.

git is started with argument lists and an environment of its own: no configuration files, no hooks, no prompts, no helpers, two protocols. Nothing is
ever checked out; the commit leaves git as a tar stream and passes through our own extractor.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from deep.errors import DeepError, EnvironmentProblem, Problem
from deep.frozen import dataclass
from deep.packages.refs import resolve_ref
from deep.packages.sources import GitSource, is_loopback, redacted
from deep.packages.unpack import LIMITS, unpack_tar

_TIMEOUT_S = 300
_MOST_PACK_BYTES = 500 * 1024 * 1024
_MOST_REFS_BYTES = 16 * 1024 * 1024
_KEPT_ENVIRONMENT = (
    "PATH",
    "HOME",
    "SSH_AUTH_SOCK",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
_HARDENING = (
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.helper=",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "protocol.ext.allow=never",
    "http.followRedirects=initial",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
    "fetch.recurseSubmodules=false",
    "maintenance.auto=false",
    "gc.auto=0",
)
_PLAIN_ATTRIBUTES = "* -text -eol -ident -filter -working-tree-encoding -export-ignore -export-subst\n"
"""The highest attributes there are: a commit's own .gitattributes can then neither convert, filter nor leave out a file."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched commit: its full hash, and the ref it was found by (None for a commit that was named itself)."""

    commit: str
    ref: str | None


def fetch(source: GitSource, destination: Path, progress: Progress, timeout_s: float = _TIMEOUT_S) -> Fetched:
    """Puts the files of the repository's commit into the new folder `destination`, without any `.git`.

    Raises EnvironmentProblem when git is missing or the repository cannot be reached, ProjectError when it has no such ref or its files break the
    rules of `unpack`. A failed fetch leaves nothing.
    """
    if shutil.which("git") is None:
        raise EnvironmentProblem(
            Problem("git-missing", "git is needed to install from a repository and was not found", help="install git, then try again")
        )
    with tempfile.TemporaryDirectory(prefix="deep-fetch-") as scratch:
        git = _Git(Path(scratch) / "repository.git", source, timeout_s)
        git.run("init", "--quiet", "--bare", "--template=", "--", str(git.folder))
        (git.folder / "info").mkdir(exist_ok=True)
        (git.folder / "info" / "attributes").write_text(_PLAIN_ATTRIBUTES, encoding="utf-8")
        progress(f"asking {source.url}")
        found = resolve_ref(source, git.run("ls-remote", "--", source.url))
        progress(f"fetching {found.ref or found.commit}")
        git.fetch(found.ref or found.commit)
        if git.run("rev-parse", "--verify", "FETCH_HEAD^{commit}").strip() != found.commit:
            help_ = "try again; if it happens again, the server is not to be trusted"
            raise EnvironmentProblem(Problem("ref-moved", f"{source}: the repository sent another commit than the one it had named", help=help_))
        try:
            git.export(found.commit, destination)
        except BaseException:
            shutil.rmtree(destination, ignore_errors=True)
            raise
        return Fetched(found.commit, found.ref)


class _Git:
    """One bare repository, and git run on it."""

    def __init__(self, folder: Path, source: GitSource, timeout_s: float) -> None:
        self.folder = folder
        self._source = source
        self._timeout_s = timeout_s
        self._environment = _environment(source, os.environ)

    def run(self, *arguments: str) -> str:
        """git's standard output; raises EnvironmentProblem with git's own words when it fails or takes too long."""
        with self._started(arguments, stdout=subprocess.PIPE) as process:
            try:
                output, errors = process.communicate(timeout=self._timeout_s)
            except subprocess.TimeoutExpired:
                raise self._failed("fetch-timeout", f"nothing arrived within {self._timeout_s:g} seconds") from None
            finally:
                _end(process)
        if process.returncode:
            raise self._failed("fetch-failed", errors.decode("utf-8", "replace"))
        return output[:_MOST_REFS_BYTES].decode("utf-8", "replace")

    def fetch(self, ref: str) -> None:
        """The commit at `ref` and its files; without history where the server can leave that out."""
        try:
            self.run("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", self._source.url, ref)
        except EnvironmentProblem as error:
            if "shallow" not in str(error):
                raise
            self.run("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", self._source.url, ref)

    def export(self, commit: str, destination: Path) -> None:
        with self._started(("archive", "--format=tar", commit), stdout=subprocess.PIPE) as process:
            try:
                unpack_tar(_stdout(process), destination, LIMITS)
                while _stdout(process).read(LIMITS.ratio_from_bytes):  # the padding after the last member
                    pass
                errors = process.stderr.read() if process.stderr else b""
                process.wait(self._timeout_s)
            finally:
                _end(process)
        if process.returncode:
            raise self._failed("fetch-failed", errors.decode("utf-8", "replace"))

    def _started(self, arguments: Sequence[str], *, stdout: int) -> subprocess.Popen[bytes]:
        allow_loopback = ("-c", "protocol.http.allow=always") if _is_local_http(self._source) else ()
        settings = [part for setting in _HARDENING for part in ("-c", setting)]
        command = ["git", *settings, *allow_loopback, *(() if arguments[0] == "init" else (f"--git-dir={self.folder}",)), *arguments]
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=self._environment,
            cwd=self.folder.parent,
            start_new_session=True,
            preexec_fn=_cap_files,  # noqa: PLW1509 - the command line runs one thread
        )

    def _failed(self, code: str, words: str) -> DeepError:
        told = redacted(words).strip().splitlines() or ["git gave no reason"]
        wanted = ("error:", "fatal:", "remote:", "ssh:", "nothing")
        lines = [line for line in told if line.startswith(wanted)] or told
        help_ = "check the address, the network and your right to read the repository (for private ones: ssh, or DEEP_GITHUB_TOKEN)"
        return EnvironmentProblem(Problem(code, f"cannot fetch {redacted(str(self._source))}: {' '.join(lines[-3:])}", help=help_))


def _environment(source: GitSource, outer: Mapping[str, str]) -> dict[str, str]:
    """The whole environment git gets: nothing of the caller's GIT_* variables, no configuration, no prompts, two protocols."""
    environment = {name: outer[name] for name in _KEPT_ENVIRONMENT if name in outer}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": "https:ssh:http" if _is_local_http(source) else "https:ssh",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=15 -o PermitLocalCommand=no -o ClearAllForwardings=yes",
        "LC_ALL": "C",
    }
    if (token := outer.get("DEEP_GITHUB_TOKEN")) and urlsplit(source.url).hostname == "github.com" and source.url.startswith("https:"):
        environment |= _bearing(token)
    return environment


def _bearing(token: str) -> dict[str, str]:
    """A token handed to git by its environment, where neither the process list nor a file shows it."""
    from base64 import b64encode

    basic = b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.https://github.com/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }


def _is_local_http(source: GitSource) -> bool:
    url = urlsplit(source.url)
    return url.scheme == "http" and is_loopback(url.hostname or "")


def _cap_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_PACK_BYTES, _MOST_PACK_BYTES))


def _stdout(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    return process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends git and what it started (ssh, git-remote-https); they share a process group of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
