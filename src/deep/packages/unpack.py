"""An own extractor for zip and tar: what it writes are regular files and folders below one folder, or it stops with the member that broke a rule.

`tarfile` and `zipfile` read the headers; names, kinds, sizes and the writing are ours, because the standard extractors rename hostile members, follow
links or were bypassed. The destination must be new: after an error the caller throws the whole of it away, so nothing partial stays.
"""

from __future__ import annotations

import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path
from typing import IO, Protocol

from deep.errors import Problem, ProjectError
from deep.frozen import dataclass
from deep.packages.members import Members, refused

_CHUNK = 64 * 1024
_LOCAL_HEADER_BYTES = 30  # of a zip member, without its name (APPNOTE.TXT 4.3.7)
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error, struct.error, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold. Sizes are AWS Lambda's package limits; `ratio` is unpacked to packed size, and what tells a bomb early."""

    packed_bytes: int = 50 * 1024 * 1024
    unpacked_bytes: int = 250 * 1024 * 1024
    files: int = 10_000
    ratio: int = 100
    ratio_from_bytes: int = 1024 * 1024


LIMITS = Limits()


class Readable(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class _Metered:
    """A reader that refuses to hand out more than the limits allow, whoever asks (also `tarfile`, for its own headers)."""

    def __init__(self, stream: Readable, packed_bytes: int, limits: Limits) -> None:
        self._stream = stream
        small_enough = max(packed_bytes * limits.ratio, limits.ratio_from_bytes)
        self._left = min(limits.unpacked_bytes, small_enough) + tarfile.RECORDSIZE

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left:
            size = self._left + 1
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise refused("archive-too-large", "the archive", "unpacks to more than a package may hold", "250 MB, and 100 times its packed size")
        return data


def unpack(archive: Path, destination: Path, limits: Limits = LIMITS) -> None:
    """Extracts the zip, tar or tar.gz file `archive` into the new folder `destination`.

    Raises ProjectError (with the member and the rule it broke) for: names that are absolute, climb, are reserved or clash; links, devices and other
    special members; encrypted, overlapping or damaged members; sizes and counts beyond `limits`.
    """
    packed_bytes = archive.stat().st_size
    if packed_bytes > limits.packed_bytes:
        raise refused("archive-too-large", archive.name, f"is {packed_bytes} bytes long", f"at most {limits.packed_bytes}")
    with archive.open("rb") as stream, _telling_damage(archive.name):
        magic = stream.read(4)
        stream.seek(0)
        if magic.startswith(b"PK"):
            _unpack_zip(stream, destination, limits)
        elif magic.startswith(b"\x1f\x8b"):
            with GzipFile(fileobj=stream) as plain:
                _unpack_tar(_Metered(plain, packed_bytes, limits), destination, limits)
        else:
            _unpack_tar(_Metered(stream, limits.unpacked_bytes, limits), destination, limits)


def unpack_tar(stream: Readable, destination: Path, limits: Limits = LIMITS) -> None:
    """Extracts an uncompressed tar stream, such as `git archive` writes, into the new folder `destination`; raises as `unpack` does."""
    with _telling_damage("the repository's files"):
        _unpack_tar(_Metered(stream, limits.unpacked_bytes, limits), destination, limits)


@contextmanager
def _telling_damage(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is not None:  # the disk's own error, not the archive's
            raise
        raise _damaged(name, error) from error
    except _BROKEN as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> ProjectError:
    help_ = "fetch or pack it again; nothing was kept of it"
    return ProjectError(Problem("archive-damaged", f"{name} is cut short or damaged: {str(error) or type(error).__name__}", help=help_))


def _unpack_tar(stream: _Metered, destination: Path, limits: Limits) -> None:
    members = Members(limits.files)
    destination.mkdir(parents=True)
    with tarfile.open(fileobj=stream, mode="r|", bufsize=tarfile.RECORDSIZE) as tar:  # type: ignore[call-overload]
        for member in tar:
            if member.isdir():
                _make_folder(destination, members.folder(member.name))
                continue
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or _is_sparse(member):
                raise refused("archive-special-member", member.name, f"is {_kind_of(member)}", "files and folders only")
            content = tar.extractfile(member)
            if content is None:
                raise refused("archive-special-member", member.name, "has no content", "files and folders only")
            _write(destination, members.file(member.name), content, executable=bool(member.mode & 0o100))


def _is_sparse(member: tarfile.TarInfo) -> bool:
    return member.issparse() or any(key.startswith("GNU.sparse") for key in member.pax_headers)


def _kind_of(member: tarfile.TarInfo) -> str:
    kinds = {tarfile.SYMTYPE: "a symbolic link", tarfile.LNKTYPE: "a hard link", tarfile.FIFOTYPE: "a named pipe"}
    kinds |= dict.fromkeys((tarfile.CHRTYPE, tarfile.BLKTYPE), "a device")
    return kinds.get(member.type, "a member of a special kind")


def _unpack_zip(stream: IO[bytes], destination: Path, limits: Limits) -> None:
    members = Members(limits.files)
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        _check_sizes(entries, limits)
        _check_overlap(entries)
        for entry in entries:
            _check_zip_kind(entry)
        destination.mkdir(parents=True)
        for entry in entries:
            if entry.is_dir():
                _make_folder(destination, members.folder(entry.orig_filename))
                continue
            with archive.open(entry) as content:
                _write(destination, members.file(entry.orig_filename), content, executable=bool(entry.external_attr >> 16 & 0o100))


def _check_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.files:
        raise refused("archive-too-large", "the archive", f"has {len(entries)} members", f"at most {limits.files}")
    # The declared sizes bind: zipfile hands out no more than them, and checks the CRC of what it handed out.
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > limits.unpacked_bytes or total > max(packed * limits.ratio, limits.ratio_from_bytes):
        raise refused("archive-too-large", "the archive", f"unpacks to {total} bytes", "250 MB, and 100 times its packed size")


def _check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise refused("archive-overlap", entry.orig_filename, "shares its bytes with another member", "members that lie one after the other")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def _check_zip_kind(entry: zipfile.ZipInfo) -> None:
    name, mode = entry.orig_filename, entry.external_attr >> 16
    if entry.flag_bits & 0x1:
        raise refused("archive-encrypted", name, "is encrypted", "members without a password")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refused("archive-special-member", name, "is a link or a device", "files and folders only")
    if stat.S_ISDIR(mode) != entry.is_dir() and stat.S_IFMT(mode):
        raise refused("archive-special-member", name, "is a folder by its name or by its mode, not by both", "files and folders only")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused("archive-special-member", name, f"is packed by method {entry.compress_type}", "stored or deflated members")


def _make_folder(destination: Path, relative: Path) -> None:
    (destination / relative).mkdir(mode=0o755, parents=True, exist_ok=True)


def _write(destination: Path, relative: Path, content: IO[bytes], *, executable: bool) -> None:
    path = destination / relative
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o755 if executable else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(_CHUNK):
            file.write(chunk)
