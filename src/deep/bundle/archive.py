"""Zip archives that are the same bytes whenever and wherever they are made, put together from members that were compressed before.

Members are sorted, their time is the first that zip knows (1 January 1980), their owner is nobody's, and of their modes only "may be run" is kept. So
an archive says nothing of the machine, the user or the hour. Compressing is the dear part; a member that many archives share is compressed once.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO

from deep.frozen import dataclass

MOST_MEMBERS = 65_535
"""Beyond it zip needs its 64-bit form, which not every reader knows."""

_STORED, _DEFLATED = 0, 8
_LEVEL = 9
_VERSION = 20
_UNIX = 3
_UTF8 = 0x800
_FIRST_DAY = 0x21  # 1 January 1980, in the two bytes that MS-DOS has for a date
_REGULAR = 0o100000
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of an archive, compressed. `name` has forward slashes; `body` is raw deflate where that is smaller, else the content itself."""

    name: str
    runs: bool
    crc: int
    size_bytes: int
    body: bytes

    @property
    def method(self) -> int:
        return _STORED if len(self.body) == self.size_bytes else _DEFLATED


def pack(name: str, content: bytes, *, runs: bool = False) -> Packed:
    """A file, compressed. `runs`: whether it may be executed."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    body = deflate.compress(content) + deflate.flush()
    return Packed(name, runs, zlib.crc32(content), len(content), body if len(body) < len(content) else content)


def write_archive(members: Iterable[Packed]) -> bytes:
    """The zip of these members, each name once. Raises ValueError when there are more than zip can hold."""
    ordered = sorted(members, key=lambda member: member.name)
    if len(ordered) > MOST_MEMBERS or len({member.name for member in ordered}) < len(ordered):
        raise ValueError(f"{len(ordered)} members: too many, or some twice")
    bodies, directory, offset = [], [], 0
    for member in ordered:
        name = member.name.encode()
        shared = (0 if name.isascii() else _UTF8, member.method, 0, _FIRST_DAY, member.crc, len(member.body), member.size_bytes, len(name), 0)
        mode = (_REGULAR | (0o755 if member.runs else 0o644)) << 16
        bodies += [_LOCAL.pack(b"PK\3\4", _VERSION, *shared), name, member.body]
        directory += [_CENTRAL.pack(b"PK\1\2", _UNIX << 8 | _VERSION, _VERSION, *shared, 0, 0, 0, mode, offset), name]
        offset += _LOCAL.size + len(name) + len(member.body)
    told = b"".join(directory)
    return b"".join([*bodies, told, _END.pack(b"PK\5\6", 0, 0, len(ordered), len(ordered), len(told), offset, 0)])


def read_archive(archive: bytes) -> tuple[Packed, ...]:
    """The members of an archive that `write_archive` made, still compressed."""
    from zipfile import ZipFile  # and with it all of its kinds of compression: only what is packed anew needs it

    members = []
    for told in ZipFile(BytesIO(archive)).infolist():
        start = told.header_offset + _LOCAL.size + len(told.filename.encode())
        body = archive[start : start + told.compress_size]
        members.append(Packed(told.filename, bool(told.external_attr >> 16 & 0o100), told.CRC, told.file_size, body))
    return tuple(members)
