"""The extractor against a corpus of hostile archives: each is refused, and nothing lands outside of its place."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deep.errors import ProjectError
from deep.packages.unpack import Limits, unpack, unpack_tar

HOSTILE_NAMES = {
    "climbs": "../evil",
    "climbs-inside": "a/../../evil",
    "absolute": "/tmp/deep-evil",
    "dot": "a/./b",
    "empty-part": "a//b",
    "backslash": "..\\evil",
    "drive": "C:/evil",
    "stream": "a.txt::$DATA",
    "device": "NUL",
    "device-with-suffix": "a/con.txt",
    "trailing-dot": "a./b",
    "trailing-space": "a /b",
    "long-part": "a" * 256,
    "long-path": "/".join(["a" * 200] * 6),
    "control": "a\x1bb",
    "right-to-left": "a\u202etxt.exe",
    "git-folder": ".git/hooks/post-checkout",
    "git-folder-case": "a/.GIT/config",
    "wildcard": "a*b",
}
CLASHING_NAMES = {
    "same": ("a", "a"),
    "case": ("Readme", "README"),
    "folder-case": ("Lib/a", "lib/b"),
    "form": ("caf\u00e9", "cafe\u0301"),
    "file-and-folder": ("a", "a/b"),
}
SPECIAL_TAR_TYPES = {
    "symlink": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "character-device": tarfile.CHRTYPE,
    "block-device": tarfile.BLKTYPE,
    "contiguous": tarfile.CONTTYPE,
    "sparse": tarfile.GNUTYPE_SPARSE,
}
SPECIAL_ZIP_MODES = {
    "symlink": stat.S_IFLNK,
    "fifo": stat.S_IFIFO,
    "character-device": stat.S_IFCHR,
    "block-device": stat.S_IFBLK,
    "socket": stat.S_IFSOCK,
}


def tar_of(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, mode: int = 0o644) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.linkname = kind, mode, "/etc/passwd"
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content) if kind == tarfile.REGTYPE else None)
    return buffer.getvalue()


def zip_of(*members: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename, info.external_attr, info.create_system = name, mode << 16, 3
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    data = bytearray(zip_of(("a.txt", b"secret")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(signature) + offset
        struct.pack_into("<H", data, start, struct.unpack_from("<H", data, start)[0] | 1)
    return bytes(data)


def overlapping_zip() -> bytes:
    """Two members of the directory that share one body, as the most compact bombs do."""
    data = bytearray(zip_of(("a.txt", b"x" * 100), ("b.txt", b"x" * 100)))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)


def special_zip(kind: int) -> bytes:
    return zip_of(("link", b"/etc/passwd"), mode=kind | 0o777)


def with_damage(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


CORPUS: dict[str, Callable[[], bytes]] = {
    **{f"tar-{label}": lambda name=name: tar_of((name, b"x")) for label, name in HOSTILE_NAMES.items()},  # type: ignore[misc]
    **{f"zip-{label}": lambda name=name: zip_of((name, b"x")) for label, name in HOSTILE_NAMES.items()},  # type: ignore[misc]
    **{f"tar-clash-{label}": lambda names=names: tar_of(*((name, b"x") for name in names)) for label, names in CLASHING_NAMES.items()},  # type: ignore[misc]
    **{f"tar-{label}": lambda kind=kind: tar_of(("link", b""), kind=kind) for label, kind in SPECIAL_TAR_TYPES.items()},  # type: ignore[misc]
    **{f"zip-{label}": lambda kind=kind: special_zip(kind) for label, kind in SPECIAL_ZIP_MODES.items()},  # type: ignore[misc]
    "zip-nul": lambda: zip_of(("a.txt_.exe", b"x")).replace(b"a.txt_.exe", b"a.txt\x00.exe"),
    "zip-encrypted": encrypted_zip,
    "zip-overlap": overlapping_zip,
    "zip-cut": lambda: with_damage(zip_of(("a.txt", b"x" * 5000))),
    "tar-cut": lambda: with_damage(tar_of(("a.txt", b"x" * 50000))),
    "not-an-archive": lambda: b"<html>captive portal</html>" * 100,
    "zip-bzip2": lambda: zip_of(("a.txt", b"x"), method=zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("label", CORPUS)
def test_hostile_archives_are_refused(label: str, tmp_path: Path) -> None:
    """Threats I6 and I7; bad input 41: the member and the rule are named, and nothing is outside."""
    archive = tmp_path / "in" / "package"
    archive.parent.mkdir()
    archive.write_bytes(CORPUS[label]())
    with pytest.raises(ProjectError) as caught:
        unpack(archive, tmp_path / "out" / "place")
    problem = caught.value.problems[0]
    assert problem.code.startswith("archive-")
    assert problem.message.isprintable()
    assert sorted(path.name for path in tmp_path.iterdir()) in (["in"], ["in", "out"])
    assert not (tmp_path / "out" / "evil").exists()
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CORPUS) >= 40


@pytest.mark.parametrize("made", [tar_of, zip_of])
def test_honest_archives_arrive_whole(made: Callable[..., bytes], tmp_path: Path) -> None:
    archive = tmp_path / "package"
    archive.write_bytes(made(("DeepTodo/deepkg.json", b"{}"), ("DeepTodo/über uns.txt", b"\x00\xff"), ("DeepTodo/Empty.txt", b"")))
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out/DeepTodo/deepkg.json").read_bytes() == b"{}"
    assert (tmp_path / "out/DeepTodo/über uns.txt").read_bytes() == b"\x00\xff"
    assert (tmp_path / "out/DeepTodo/Empty.txt").read_bytes() == b""


def test_modes_are_reduced_to_plain_and_executable(tmp_path: Path) -> None:
    """Threat I7: setuid, setgid and write bits for others do not survive."""
    for name, mode in (("tool", 0o6777), ("text", 0o4666)):
        unpack_tar(io.BytesIO(tar_of((name, b"x"), mode=mode)), tmp_path / name)
    assert stat.S_IMODE((tmp_path / "tool" / "tool").stat().st_mode) & ~0o022 == 0o755
    assert stat.S_IMODE((tmp_path / "text" / "text").stat().st_mode) & ~0o022 == 0o644


def test_leading_dot_of_tar_is_harmless(tmp_path: Path) -> None:
    unpack_tar(io.BytesIO(tar_of(("./a/b.txt", b"x"))), tmp_path / "out")
    assert (tmp_path / "out/a/b.txt").read_bytes() == b"x"


@pytest.mark.parametrize("suffix", ["tar.gz", "zip"])
def test_bombs_are_refused_at_once(suffix: str, tmp_path: Path) -> None:
    """Threat I8: 200 MB of zeros in 200 KB are refused in under a second, without the memory or the disk."""
    archive = tmp_path / f"bomb.{suffix}"
    zeros = bytes(200 * 1024 * 1024)
    if suffix == "zip":
        archive.write_bytes(zip_of(("zeros", zeros)))
    else:
        with tarfile.open(archive, "w:gz") as tar:
            info = tarfile.TarInfo("zeros")
            info.size = len(zeros)
            tar.addfile(info, io.BytesIO(zeros))
    del zeros
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(ProjectError) as caught:
        unpack(archive, tmp_path / "out")
    duration_s, (_, peak_bytes) = time.monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.problems[0].code == "archive-too-large"
    assert duration_s < 1
    assert peak_bytes < 50 * 1024 * 1024


def test_a_header_may_not_be_a_bomb(tmp_path: Path) -> None:
    """A pax header of 300 MB is read by `tarfile` itself, so the cap must hold for it too."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 300 * 1024 * 1024
    archive = tmp_path / "package.tar"
    archive.write_bytes(header.tobuf(tarfile.USTAR_FORMAT) + bytes(1024))
    with pytest.raises(ProjectError):
        unpack(archive, tmp_path / "out")


def test_counts_are_capped(tmp_path: Path) -> None:
    limits = Limits(files=10)
    for number, data in enumerate((tar_of(*((f"f{i}", b"") for i in range(11))), zip_of(*((f"f{i}", b"") for i in range(11))))):
        archive = tmp_path / f"package-{number}"
        archive.write_bytes(data)
        with pytest.raises(ProjectError, match=r"10|11"):
            unpack(archive, tmp_path / f"out-{number}", limits)


def test_size_is_capped_before_reading(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    archive.write_bytes(zip_of(("a", bytes(5000)), method=zipfile.ZIP_STORED))
    with pytest.raises(ProjectError, match="bytes long"):
        unpack(archive, tmp_path / "out", Limits(packed_bytes=1000))
