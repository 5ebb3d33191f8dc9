"""Files that are found by their names: hooks and fixtures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from deep.model.app import Hook
from deep.model.data import Fixture
from deep.model.handlers import parse_python
from deep.model.nearest import did_you_mean
from deep.model.reading import Reading

MOMENTS = ("init", "pre-deploy", "post-deploy", "post-install", "post-root-fetch", "server", "build")
_LANGUAGES: dict[str, Literal["python", "nodejs"]] = {".py": "python", ".js": "nodejs"}
_HOOK = re.compile(r"hook\.(?P<moment>[^.]+)(?P<suffix>\.py|\.js)")


def load_hooks(reading: Reading, microapp: Path) -> tuple[Hook, ...]:
    """The hooks of a microapplication in the order of their moments. The Python of one moment goes before its JavaScript, which then is not run."""
    found: dict[str, Hook] = {}
    for path in reversed(reading.disk.entries(microapp)):
        match = _HOOK.fullmatch(path.name)
        if match is None:
            continue
        moment = match["moment"]
        if moment not in MOMENTS:
            reading.tell("unknown-hook", f'there is no moment "{moment}" to hook into', path, did_you_mean(moment, MOMENTS, "moments are"))
            continue
        if match["suffix"] == ".py":
            parse_python(reading, path)
        if moment not in found or match["suffix"] == ".py":
            found[moment] = Hook(moment, path, _LANGUAGES[match["suffix"]])
    return tuple(found[moment] for moment in MOMENTS if moment in found)


def load_fixtures(reading: Reading, folder: Path | None) -> tuple[Fixture, ...]:
    """The fixtures of a microapplication: `<Model>.json` each. Whether the model exists is checked when all are known (`links.py`)."""
    return tuple(Fixture(path.stem, path) for path in reading.disk.files(folder, ".json")) if folder else ()
