"""Templates are the same byte for byte, whatever process makes them and wherever the project lies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.generated.property import write_property

_ROOT = Path(__file__).parents[3]
_PROGRAM = """
import sys
from pathlib import Path
from deep.model import load_app
from deep.provision.stacks import compile_stacks
from tests.unit.provision.test_stacks import release
stacks = compile_stacks(release(load_app(Path(sys.argv[1]), environ={})))
print(*(stack.template.text() for stack in stacks.in_order), *stacks.nested, *(one.text() for one in stacks.nested.values()), sep="\\n")
"""


def compiled(folder: Path, hash_seed: str) -> bytes:
    environ = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run([sys.executable, "-c", _PROGRAM, str(folder)], cwd=_ROOT, env=environ, check=True, capture_output=True).stdout


def test_another_process_in_another_folder_writes_the_same_bytes(tmp_path: Path) -> None:
    here = write_property(tmp_path / "here")
    there = Path(shutil.copytree(here, tmp_path / "else" / "where"))
    assert len(first := compiled(here, "1")) > 100_000
    assert compiled(there, "2") == first
