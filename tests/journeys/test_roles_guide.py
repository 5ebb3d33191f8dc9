"""docs/guide/roles.md is what happens: its files are written, its commands typed, and their outputs compared word for word."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT
from tests.journeys.transcript import Command, WrittenFile, steps

PAGE = ROOT / "docs" / "guide" / "roles.md"
DEEPIFY = Path(sys.executable).with_name("deepify")


def test_the_guide_of_roles_is_true(tmp_path: Path) -> None:
    typed = 0
    for step in steps(PAGE):
        match step:
            case WrittenFile(path, content):
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_text(content, encoding="utf-8")
            case Command(line, output) if not line.startswith("deepify policy prove"):
                words = [DEEPIFY if word == "deepify" else word for word in shlex.split(line)]
                ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
                assert (ran.stdout.strip(), ran.stderr, ran.returncode) == (output, "", 0), line
                typed += 1
            case _:
                pass
    assert typed >= 4
