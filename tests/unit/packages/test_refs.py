"""From the name of a version to a commit."""

from __future__ import annotations

import pytest

from deep.errors import ProjectError
from deep.packages.refs import Found, resolve_ref
from deep.packages.sources import GitSource

A, B, C, D = ("a" * 40, "b" * 40, "c" * 40, "d" * 40)
REFS = [(A, "HEAD"), (A, "refs/heads/main"), (B, "refs/heads/next"), (C, "refs/tags/v1.0.0"), (D, "refs/tags/v1.0.0^{}"), (B, "refs/tags/2.0.0")]
LISTING = "".join(f"{commit}\t{ref}\n" for commit, ref in REFS) + "warning: noise\n"


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        (None, Found(A, "HEAD")),
        ("next", Found(B, "refs/heads/next")),
        ("1.0.0", Found(D, "refs/tags/v1.0.0")),
        ("v1.0.0", Found(D, "refs/tags/v1.0.0")),
        ("2.0.0", Found(B, "refs/tags/2.0.0")),
        (C, Found(C, None)),
    ],
)
def test_a_name_is_a_tag_a_version_a_branch_or_a_commit(ref: str | None, found: Found) -> None:
    assert resolve_ref(GitSource("https://h/r.git", ref), LISTING) == found


def test_an_unknown_name_meets_the_nearest() -> None:
    with pytest.raises(ProjectError) as caught:
        resolve_ref(GitSource("https://h/r.git", "v1.0.1"), LISTING)
    assert "v1.0.0" in (caught.value.problems[0].help or "")


def test_an_empty_repository_is_named_so() -> None:
    with pytest.raises(ProjectError, match="no commit yet"):
        resolve_ref(GitSource("https://h/r.git"), "")


def test_without_a_head_the_usual_branches_are_taken() -> None:
    assert resolve_ref(GitSource("https://h/r.git"), f"{B}\trefs/heads/master\n") == Found(B, "refs/heads/master")
