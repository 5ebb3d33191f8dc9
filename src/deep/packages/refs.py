"""From the name of a version to a commit: what `git ls-remote` listed, read; an algorithm with no world in it."""

from __future__ import annotations

import re
from difflib import get_close_matches

from deep.errors import Problem, ProjectError
from deep.frozen import dataclass
from deep.packages.sources import GitSource

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Found:
    """A commit's full hash, and the full ref it was found by (None for a commit that was named itself)."""

    commit: str
    ref: str | None


def resolve_ref(source: GitSource, listing: str) -> Found:
    """The commit `source.ref` means among the refs in `listing` (lines of `<hash>\\t<ref>`, as `git ls-remote` prints them).

    A name is looked for as tag, as version tag (`v1.2.3`), then as branch; 40 hex digits are a commit. Without one, the default branch is meant.
    Raises ProjectError when there is no such ref, naming the nearest.
    """
    refs = _parsed(listing)
    wanted = source.ref
    if not refs:
        raise ProjectError(Problem("empty-repository", f"{source.url} has no commit yet", help="push one, or install another repository"))
    if wanted is None:
        return _default(source, refs)
    for candidate in (f"refs/tags/{wanted}", f"refs/tags/v{wanted}", f"refs/heads/{wanted}"):
        if candidate in refs:
            return Found(refs.get(candidate + "^{}", refs[candidate]), candidate)
    if _COMMIT.fullmatch(wanted):
        return Found(wanted, None)
    raise ProjectError(Problem("no-such-ref", f"{source.url} has no tag, branch or commit {wanted!r}", help=_nearest(wanted, refs)))


def _default(source: GitSource, refs: dict[str, str]) -> Found:
    for ref in ("HEAD", "refs/heads/main", "refs/heads/master"):
        if ref in refs:
            return Found(refs[ref], ref)
    raise ProjectError(Problem("no-such-ref", f"{source.url} has no default branch", help=_nearest("main", refs)))


def _parsed(listing: str) -> dict[str, str]:
    pairs = (line.split("\t", 1) for line in listing.splitlines() if "\t" in line)
    return {ref: commit for commit, ref in pairs if _COMMIT.fullmatch(commit)}


def _nearest(wanted: str, refs: dict[str, str]) -> str:
    names = sorted(
        {re.sub(r"^refs/(tags|heads)/", "", ref) for ref in refs if ref.startswith(("refs/tags/", "refs/heads/")) and not ref.endswith("^{}")}
    )
    near = get_close_matches(wanted, names, n=3, cutoff=0.5) or names[-5:]
    return f"it has {', '.join(near)}" if near else "it has no tags and no branches"
