"""The grammar of `.deepignore` and its kin."""

from __future__ import annotations

import pytest

from deep.bundle.ignore import parse_ignore

CASES = [
    ("*.map", "js/app.js.map", True),
    ("*.map", "map", False),
    ("build.js", "js/build.js", True),
    ("/build.js", "js/build.js", False),
    ("/build.js", "build.js", True),
    ("js/*.js", "js/a.js", True),
    ("js/*.js", "js/deep/a.js", False),
    ("js/**/a.js", "js/a.js", True),
    ("js/**/a.js", "js/x/y/a.js", True),
    ("js/**", "js/x/y.js", True),
    ("**/drafts", "a/b/drafts/c.html", True),
    ("drafts/", "drafts", False),
    ("drafts/", "a/drafts/b.html", True),
    ("a?.js", "ab.js", True),
    ("a?.js", "a/.js", False),
    ("[ab].js", "b.js", True),
    ("[!ab].js", "b.js", False),
    ("[^ab].js", "c.js", True),
    ("[a-c].js", "b.js", True),
    ("a[!x]b.js", "a/b.js", False),
    (r"\#a.js", "#a.js", True),
    (r"\!a.js", "!a.js", True),
    ("# a.js", "# a.js", False),
    ("a.js", "axjs", False),
    ("*.js\n!keep.js", "keep.js", False),
    ("*.js\n!keep.js\nkeep.js", "keep.js", True),
    ("js/\n!js/keep.js", "js/keep.js", True),
    ("  a.js  ", "a.js", True),
    ("", "a.js", False),
    ("(", "(", True),
]


@pytest.mark.parametrize(("text", "path", "expected"), CASES)
def test_grammar(text: str, path: str, *, expected: bool) -> None:
    """Parity 46."""
    assert parse_ignore(text).ignores(path) is expected
