"""Writes docs/reference/schemas/*.json, and the tables of docs/reference/files.md, from the shapes of `deep.model.formats`.

python tools/model_docs.py            # writes the files
python tools/model_docs.py --check    # exit 1 when a file is not what it would write
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from deep.model.formats import FORMATS
from deep.model.json_schema import json_schema
from deep.model.reference import fields_table

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


def published() -> dict[Path, str]:
    """Path -> text of every file that is written."""
    schemas = {REFERENCE / "schemas" / f"{one.name}.json": json.dumps(json_schema(one), indent=2, ensure_ascii=False) + "\n" for one in FORMATS}
    return {REFERENCE / "files.md": with_tables((REFERENCE / "files.md").read_text()), **schemas}


def with_tables(page: str) -> str:
    """The page with a table between each pair of marks: `<!-- fields of deepkg -->` and `<!-- end -->`."""
    for one in FORMATS:
        marks = re.compile(rf"(<!-- fields of {one.name} -->\n).*?(<!-- end -->)", re.DOTALL)
        table = fields_table(one)
        page, count = marks.subn(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", page)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"files.md has {count} places for the fields of {one.name}")
    return page


def main(arguments: list[str]) -> int:
    stale = [path for path, text in published().items() if not path.exists() or path.read_text() != text]
    if arguments == ["--check"]:
        for path in stale:
            print(f"{path} is stale: run python tools/model_docs.py")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(published()[path])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
