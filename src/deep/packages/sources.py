"""Where a package comes from: the text a person types, read into one of three kinds of source. Nothing here touches network or disk but `is_dir`."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from deep.errors import Problem, UsageError
from deep.frozen import dataclass

_REF = re.compile(r"[0-9A-Za-z_][0-9A-Za-z._/-]*")
_GITHUB = re.compile(r"(?P<owner>[0-9A-Za-z][0-9A-Za-z-]{0,38})/(?P<repo>[0-9A-Za-z._][0-9A-Za-z._-]{0,99})")
_SCP_LIKE = re.compile(r"(?P<user>[0-9A-Za-z_][0-9A-Za-z._-]*)@(?P<host>[0-9A-Za-z][0-9A-Za-z.-]*):(?P<path>[0-9A-Za-z._~][^:]*)")
_HOST = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?")
_URL_PATH = re.compile(r"/[0-9A-Za-z._~/+%@-]+")
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_FORMS = "a folder, an archive (.zip, .tar, .tar.gz), https://host/repo.git, ssh://git@host/repo.git, git@host:repo.git or github://User/Repo#version"


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A property or a single microapplication in a folder of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """The same, packed into a zip or tar file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class GitSource:
    """A git repository; `ref` is a tag, a version (`1.2.3` also finds the tag `v1.2.3`), a branch or a commit; None is the default branch."""

    url: str
    ref: str | None = None

    def __str__(self) -> str:
        return f"{self.url}#{self.ref}" if self.ref else self.url

    @property
    def repository(self) -> str:
        """The repository's own name: the last part of the URL without `.git`."""
        return re.split(r"[/:]", self.url.rstrip("/"))[-1].removesuffix(".git")


Source = FolderSource | ArchiveSource | GitSource


def parse_source(text: str, cwd: Path) -> Source:
    """`text` as typed -> a source; folders and archives are resolved against `cwd` and `~`.

    Raises UsageError for anything that is not one of the documented forms: other schemes (`ext::`, `file:`, `git:`), `http:` to another machine,
    passwords inside URLs, and every value that a program started later could take for an option.
    """
    typed = text.strip()
    if not typed or typed.startswith("-") or any(not character.isprintable() for character in typed):
        raise _refused("bad-source", f"{typed!r} is not a source of a package", f"give {_FORMS}")
    if "://" not in typed and "::" not in typed and not _SCP_LIKE.fullmatch(typed.partition("#")[0]):
        return _on_disk(typed, cwd)
    location, ref = _split_ref(typed)
    if location.lower().startswith("github://"):
        return GitSource(_github_url(location[len("github://") :]), ref)
    if _SCP_LIKE.fullmatch(location):
        return GitSource(location, ref)
    return GitSource(_checked_url(location), ref)


def microapp_folder(repository: str) -> str:
    """The folder a repository's single microapplication is placed in (`deep-2016` 1.3).

    The name without its `-microservice(s)` part, in the capitalised form microapplications bear: `deep-microservices-todo-app` -> `DeepTodoApp`.
    """
    name = re.sub(r"-microservices?(?=-|$)", "", repository, flags=re.IGNORECASE)
    return "".join(part[0].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name) if part) or "Microapp"


def redacted(text: str) -> str:
    """`text` without the secrets of URLs in it: `https://user:secret@host` -> `https://***@host`."""
    return re.sub(r"(?<=://)[^/@\s]+@", "***@", text)


def _on_disk(typed: str, cwd: Path) -> Source:
    path = (cwd / Path(typed).expanduser()).resolve()
    if path.is_dir():
        return FolderSource(path)
    if path.is_file() and path.name.lower().endswith(_ARCHIVES):
        return ArchiveSource(path)
    if _GITHUB.fullmatch(typed) and not path.exists():
        raise _refused("no-such-source", f"there is no folder {typed!r} here", f"for the GitHub repository, write github://{typed}")
    raise _refused("no-such-source", f"{typed!r} is neither a folder nor a package", f"give {_FORMS}")


def _split_ref(typed: str) -> tuple[str, str | None]:
    location, mark, ref = typed.partition("#")
    if not mark:
        return location, None
    if not _REF.fullmatch(ref) or ".." in ref or ref.endswith((".lock", "/", ".")) or len(ref) > 250:
        raise _refused("bad-ref", f"{ref!r} is not the name of a version, tag, branch or commit", "use letters, digits and . _ / - after the '#'")
    return location, ref


def _github_url(rest: str) -> str:
    match = _GITHUB.fullmatch(rest.removesuffix(".git").rstrip("/"))
    if not match or match["repo"] in (".", ".."):
        raise _refused("bad-source", f"'github://{rest}' does not name a repository", "write github://User/Repo or github://User/Repo#version")
    return f"https://github.com/{match['owner']}/{match['repo']}.git"


def _checked_url(location: str) -> str:
    try:
        url = urlsplit(location)
        port = url.port
    except ValueError as error:
        raise _refused("bad-source", f"{redacted(location)!r} is not a URL: {error}", f"give {_FORMS}") from None
    scheme, host = url.scheme.lower(), url.hostname or ""
    allowed = scheme in ("https", "ssh") or (scheme == "http" and is_loopback(host))
    if not allowed:
        help_ = "use https; plain http is only accepted from this machine itself" if scheme == "http" else f"give {_FORMS}"
        raise _refused("bad-scheme", f"{redacted(location)!r}: packages are not fetched over {scheme or 'this'!r}", help_)
    if url.password or (scheme != "ssh" and url.username):
        help_ = "use ssh, or put a GitHub token into the environment variable DEEP_GITHUB_TOKEN"
        raise _refused("secret-in-url", f"{redacted(location)!r} carries a secret, which would end in logs and histories", help_)
    well_formed = (_HOST.fullmatch(host) or is_loopback(host)) and _URL_PATH.fullmatch(url.path) and not url.query
    if not well_formed or "/-" in url.path or (url.username or "").startswith("-"):
        raise _refused("bad-source", f"{redacted(location)!r} does not name a repository", f"give {_FORMS}")
    netloc = (f"{url.username}@" if url.username else "") + (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return f"{scheme}://{netloc}{url.path}"


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine: `localhost` or a loopback address (a name that merely resolves to one does not count)."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(code: str, message: str, help_: str) -> UsageError:
    return UsageError(Problem(code, message, help=help_))
