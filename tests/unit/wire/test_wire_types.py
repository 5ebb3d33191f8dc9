"""`browser/src/wire.ts` is what `tools/wire_types.py` writes from today's documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypedDict

import pytest

from tools import wire_types


class Inner(TypedDict):
    name: str


def test_the_generated_file_is_fresh() -> None:
    assert wire_types.TARGET.read_text(encoding="utf-8") == wire_types.render(), "run `python tools/wire_types.py`"


def test_check_tells_a_stale_file(tmp_path: Path) -> None:
    stale = tmp_path / "wire.ts"
    assert wire_types.main(["--check"], stale) == 1
    assert wire_types.main([], stale) == 0
    assert wire_types.main(["--check"], stale) == 0
    stale.write_text("export interface Old {}")
    assert wire_types.main(["--check"], stale) == 1


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (str, "string"),
        (int, "number"),
        (bool, "boolean"),
        (str | None, "string | null"),
        (list[str], "string[]"),
        (list[int | None], "(number | null)[]"),
        (dict[str, Any], "Record<string, unknown>"),
        (dict[str, dict[str, Inner]], "Record<string, Record<string, Inner>>"),
        (Literal["a", "b"], '"a" | "b"'),
        (Literal[True, 3], "true | 3"),
    ],
)
def test_types(hint: Any, expected: str) -> None:
    assert wire_types.typescript(hint) == expected


@pytest.mark.parametrize("hint", [bytes, set[str], dict[int, str], tuple[int, int]])
def test_what_json_cannot_hold_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError):
        wire_types.typescript(hint)


def test_optional_keys_and_docstrings_are_carried() -> None:
    text = wire_types.render()
    assert "  errorStack?: string;\n" in text
    assert (
        "/** One field that did not validate; `path` is dotted (`address.street`), empty for the whole document. */\nexport interface FieldError {"
        in text
    )
    assert "export const CONFIG_VERSION = 1;" in text
    assert "/** The body of `POST /_/lambda`" in text
