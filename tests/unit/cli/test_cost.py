"""`deepify cost` as a person types it."""

from __future__ import annotations

import io
import json
from pathlib import Path

from deep.cli._screen import Screen
from deep.cli.main import run
from deep.errors import ExitCode

TODO = str(Path(__file__).parents[3] / "apps" / "todo")


def cost(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(["cost", TODO, *arguments], Screen(out, err, {}))
    return code, out.getvalue(), err.getvalue()


def test_three_loads_stand_side_by_side() -> None:
    code, out, err = cost("--region", "us-east-1")
    assert (code, err) == (ExitCode.OK, "")
    assert out.splitlines()[0].split()[-3:] == ["hobby", "team", "busy"]


def test_bills_are_data_that_can_be_compared_with(tmp_path: Path) -> None:
    code, out, _ = cost("--json", "--load", "team")
    assert [bill["title"] for bill in json.loads(out)["bills"]] == ["team"]
    assert code == ExitCode.OK
    kept = tmp_path / "bills.json"
    kept.write_text(out)
    assert "team: nothing a month" in cost("--compare", str(kept))[1]
    assert "team: -$" in cost("--compare", str(kept), "--load", str(load_file(tmp_path, visitors=1)))[1]


def test_what_is_asked_wrongly_is_told(tmp_path: Path) -> None:
    assert cost("--load", "tema")[0] == ExitCode.USAGE
    assert cost("--compare", str(tmp_path / "none.json"))[0] == ExitCode.USAGE
    code, _, err = cost("--load", str(load_file(tmp_path, visitors=-1)))
    assert code == ExitCode.PROJECT
    assert "load.json:1:" in err


def load_file(folder: Path, *, visitors: int) -> Path:
    path = folder / "load.json"
    path.write_text(json.dumps({"name": "team", "visitors": visitors}))
    return path
