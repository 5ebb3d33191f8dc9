"""Makes packages: parts are compressed once and kept for every package that holds them, and a package is put together from them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from deep.bundle.archive import MOST_MEMBERS, Packed, pack, read_archive, write_archive
from deep.bundle.bytecode import byte_code, byte_code_name
from deep.bundle.cache_folder import keep, keep_sealed, kept_sealed
from deep.bundle.function_contents import Contents
from deep.bundle.package_limits import TOLD, check_size
from deep.bundle.parts import Part, Source, digest_of
from deep.errors import EnvironmentProblem, Problem, ProjectError


def pack_contents(contents: Contents, path: Path) -> dict[str, Any]:
    """Writes the package to `path` and what is to be known of it beside that. Raises ProjectError (`package-too-large`)."""
    own, *shared = contents.parts
    members = {member.name: member for part in reversed(shared) for member in packed_once(part, path.parent / "parts")}
    members |= {member.name: member for member in packed(own)}
    facts = _facts(tuple(members.values()))
    check_size(contents.action, 0, facts["unpackedBytes"], facts["largest"])
    if len(members) > MOST_MEMBERS:
        raise ProjectError(Problem("package-too-large", f"{contents.action.identifier} has {len(members)} files", expected=f"at most {MOST_MEMBERS}"))
    archive = write_archive(members.values())
    facts |= {"sha256": sha256(archive).hexdigest(), "sizeBytes": len(archive)}
    keep(path, archive)
    keep(path.with_suffix(".json"), orjson.dumps(facts))
    return facts


def _facts(members: tuple[Packed, ...]) -> dict[str, Any]:
    largest = sorted(members, key=lambda member: (-member.size_bytes, member.name))[:TOLD]
    return {
        "unpackedBytes": sum(member.size_bytes for member in members),
        "files": len(members),
        "largest": {member.name: member.size_bytes for member in largest},
    }


def packed(part: Part) -> tuple[Packed, ...]:
    """The part's files and their byte code, compressed. Raises EnvironmentProblem (`files-changed`) when they are no longer those of the digest."""
    found: list[Packed] = []
    read: list[tuple[Source, str]] = []
    for source in part.sources():
        content = source.read()
        read.append((source, sha256(content).hexdigest()))
        found.append(pack(source.name, content, runs=source.runs))
        found += _compiled(source.name, content) if part.compiled and source.name.endswith(".py") else ()
    if digest_of(read, compiled=part.compiled) != part.digest:
        raise EnvironmentProblem(Problem("files-changed", "files changed while they were packaged", help="run the command again"))
    return tuple(found)


def packed_once(part: Part, folder: Path) -> tuple[Packed, ...]:
    """As `packed`, kept in `folder` for the next time."""
    path = folder / f"{part.digest}.part"
    archive = kept_sealed(path)
    if archive is not None:
        return read_archive(archive)
    members = packed(part)
    keep_sealed(path, write_archive(members))
    return members


def _compiled(name: str, content: bytes) -> Iterator[Packed]:
    code = byte_code(name, content)
    if code is not None:
        yield pack(byte_code_name(name), code)
