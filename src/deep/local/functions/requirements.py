"""What actions' `requirements.txt` ask for, and where it is installed: once per content, shared by every function that asks for the same."""

from __future__ import annotations

import platform as machine
import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from deep.bundle.platform import Platform
from deep.frozen import dataclass

FILE_NAME = "requirements.txt"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a folder requires, and for which platform; None is this machine."""

    root: Path
    text: str
    platform: Platform | None

    @property
    def digest(self) -> str:
        """Names an installation: by what is required, and by what it was built for."""
        ours = f"{sys.implementation.cache_tag} {sys.platform} {machine.machine()}"
        wanted = f"{self.platform.python} {self.platform.wheels}" if self.platform else ours
        return sha256(f"{wanted}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Requirements:
    """`wishes` of the folders that require something; each has an installation of its own content below `cache`, or is to have one."""

    wishes: tuple[Wish, ...]
    cache: Path

    def folder(self, wish: Wish) -> Path:
        return self.cache / wish.digest

    @property
    def folders(self) -> Mapping[Path, Path]:
        """Folder of a function -> where what it requires is installed."""
        return {wish.root: self.folder(wish) for wish in self.wishes}

    @property
    def missing(self) -> tuple[Wish, ...]:
        """What is not installed yet; of wishes for the same, the first."""
        first = {wish.digest: wish for wish in reversed(self.wishes)}
        return tuple(wish for wish in self.wishes if first[wish.digest] is wish and not self.folder(wish).is_dir())


def requirements_of(roots: Iterable[Path], cache: Path, platforms: Mapping[Path, Platform] | None = None) -> Requirements:
    """What these functions' folders require, for this machine, or for the platform that `platforms` has for a folder."""
    return Requirements(tuple(Wish(root, text, (platforms or {}).get(root)) for root in roots if (text := read_requirements(root))), cache)


def read_requirements(root: Path) -> str:
    """The meaningful lines of a folder's `requirements.txt`; empty when there is no file, or nothing but comments in it."""
    try:
        text = (root / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))
