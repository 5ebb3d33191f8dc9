"""What a wheel holds besides Python: checked and added while hatchling builds it (hatchling's custom build hook)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MICROAPPS = {"apps/root/DeepRoot": "deep/model/DeepRoot", "apps/hello-world": "deep/packages/hello-world"}
"""The root microapplication every property may stand on, and what `deepify helloworld` copies: where they lie here, and in a wheel."""

LEFT_BY_RUNS = {".deep", "DeepRoot", "node_modules", "__pycache__"}
"""Folders below a property that installing and serving it made."""

BROWSER_LIBRARY = "src/deep/bundle/browser/deep-framework.js"


class WheelContents(BuildHookInterface[Any]):
    """Adds the microapplications DEEP brings along, and refuses to build a wheel that would lack the browser library.

    An editable install needs neither: there the microapplications are read from `apps/`, and `make setup` builds the library afterwards.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / BROWSER_LIBRARY).is_file():
            raise FileNotFoundError(f"{BROWSER_LIBRARY} is missing: run `make setup` first")
        for source, target in MICROAPPS.items():
            for path in (root / source).rglob("*"):
                inside = path.relative_to(root / source)
                if path.is_file() and not LEFT_BY_RUNS.intersection(inside.parts):
                    build_data["force_include"][str(path)] = f"{target}/{inside.as_posix()}"
