"""What `pip install deep-framework` brings is all that `deepify` needs away from this repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.house.tree import ROOT, files, relative


def test_a_wheel_holds_everything_it_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {relative(path).removeprefix("src/") for path in files("src", ".py", ".typed", ".js")} - held == set()
    assert {
        "deep/bundle/browser/deep-framework.js",
        "deep/bundle/browser/deep-framework.mjs",
        "deep/cost/prices/aws.json",
        "deep/model/DeepRoot/deepkg.json",
        "deep/packages/hello-world/DeepHelloWorld/deepkg.json",
    } - held == set()
    assert [name for name in held if "/.deep/" in name or "node_modules" in name or name.startswith(("tests/", "tools/"))] == []
