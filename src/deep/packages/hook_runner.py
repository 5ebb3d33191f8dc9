"""Runs one Python hook: a script of its own, started by `deep.packages.hooks` in a confined process; standard library only.

Standard input holds the context as JSON: `hook` (the file), `moment`, `microapp`, `property`, `microapps` (identifier to folder) and `isBefore`.
"""

import json
import runpy
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace


def main() -> int:
    given = json.load(sys.stdin)
    try:
        hook = runpy.run_path(given["hook"], run_name="deep_hook").get("hook")
        if not callable(hook):
            sys.stderr.write(f"{Path(given['hook']).name} defines no function `hook(context)`\n")
            return 1
        hook(_context(given))
    except Exception:  # noqa: BLE001 - whatever a hook raises is its author's to read
        _tell(given["hook"])
        return 1
    return 0


def _context(given: dict) -> SimpleNamespace:  # type: ignore[type-arg]
    microapp = given["microapp"]
    return SimpleNamespace(
        moment=given["moment"],
        is_before=given["isBefore"],
        microapp=SimpleNamespace(identifier=microapp["identifier"], version=microapp["version"], path=Path(microapp["path"])),
        property=SimpleNamespace(path=Path(given["property"]["path"])),
        microapps={identifier: Path(path) for identifier, path in given["microapps"].items()},
    )


def _tell(hook_file: str) -> None:
    kind, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    own = [number for number, frame in enumerate(frames) if frame.filename == hook_file]
    sys.stderr.writelines(traceback.format_list(frames[own[0] :] if own else []))
    sys.stderr.writelines(traceback.format_exception_only(kind, error))


if __name__ == "__main__":
    sys.exit(main())
