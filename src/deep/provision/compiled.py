"""A release with all that follows from it, compiled once and handed on to whatever looks at it or carries it out."""

from __future__ import annotations

from deep.frozen import dataclass
from deep.provision.changes import Templates, templates_of
from deep.provision.release import Release
from deep.provision.stacks import Stacks, compile_stacks


@dataclass(frozen=True, slots=True)
class Compiled:
    """`templates` are those of `stacks`, as JSON."""

    release: Release
    stacks: Stacks
    templates: Templates


def compile_release(release: Release) -> Compiled:
    """Pure. Raises KeyError when a lambda action has no package."""
    stacks = compile_stacks(release)
    return Compiled(release, stacks, templates_of(stacks))
