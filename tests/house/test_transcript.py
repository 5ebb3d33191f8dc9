"""The reader of executed documentation must itself tell right from wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.transcript import Command, Interrupt, WrittenFile, is_as_shown, steps

PAGE = """
```console
$ ls
a
b
$ cd a
^C
```

```json title="a/b.json"
{}
```

```text
$ not a command
```
"""


def test_a_page_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    assert list(steps(tmp_path / "page.md")) == [Command("ls", "a\nb"), Command("cd a", ""), Interrupt(), WrittenFile("a/b.json", "{}\n")]


@pytest.mark.parametrize(
    ("shown", "found"),
    [('{"a": 1}', '{"a":1}'), ('{"a": "..."}', '{"a":"x"}'), ("a\n...", "a\nb"), ("405", "405"), ("...b...", "abc\n")],
)
def test_outputs_that_are_as_shown(shown: str, found: str) -> None:
    assert is_as_shown(shown, found)


@pytest.mark.parametrize(
    ("shown", "found"), [('{"a": 1}', '{"a":2}'), ('{"a": 1}', '{"a":1,"b":2}'), ("[1]", "[true]"), ("a\n...", "b"), ("405", "404")]
)
def test_outputs_that_are_not(shown: str, found: str) -> None:
    assert not is_as_shown(shown, found)
