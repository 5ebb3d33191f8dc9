"""Migrations as a property declares them, and the function that each microapplication gets for them. Parity 42."""

from __future__ import annotations

import pytest

from deep.wire.migrations import RECORD
from tests.unit.model.conftest import Bench

FOLDER = "Shop/Data/Migration"
UP = 'def up(kernel):\n    kernel.get("db").get("Task").find_all()\n'


def test_they_are_one_private_function_that_may_do_what_their_code_does(bench: Bench) -> None:
    down = 'def down(kernel):\n    kernel.get("db").get("Task").delete_by_id("1")\n'
    app = bench.load({f"{FOLDER}/version20.py": UP, f"{FOLDER}/version3.py": f"{UP}\n\n{down}", f"{FOLDER}/fields/__init__.py": ""})
    shop = app.microapp("acme.shop")
    assert [migration.version for migration in shop.migrations] == [3, 20]
    action = app.action("acme.shop:migrations:run")
    assert shop.migrating == action
    assert (action.scope, action.timeout_s, action.language, action.source) == ("private", 900, "python", bench.path / FOLDER)
    uses = app.uses[action.identifier]
    assert uses.models == {"Task": {"list", "delete"}, RECORD: {"create", "get", "list", "update", "delete"}}
    assert [model.name for model in app.models] == [RECORD, "Task"]


def test_without_any_there_is_neither_function_nor_table(bench: Bench) -> None:
    app = bench.load()
    assert app.microapp("acme.shop").migrating is None
    assert [model.name for model in app.models] == ["Task"]


def test_those_of_the_later_dialect_are_found(bench: Bench) -> None:
    """Parity 33."""
    plain: dict[str, object] = {"Shop/Data/Models/Task.json": None, "Shop/Data/Validation/NewTask.json": None, "Shop/data/models/Task.json": {}}
    assert bench.load({**plain, "Shop/data/migration/version7.py": UP}).microapp("acme.shop").migrating


def test_two_microapplications_record_in_one_table(bench: Bench) -> None:
    app = bench.load({f"{FOLDER}/version1.py": UP, "Root/Data/Migration/version1.py": "def up(kernel):\n    pass\n"})
    assert [microapp.identifier for microapp in app.microapps if microapp.migrating] == ["acme.root", "acme.shop"]
    assert [model.name for model in app.models] == [RECORD, "Task"]


def test_javascript_is_told_of(bench: Bench) -> None:
    app = bench.load({f"{FOLDER}/version1.js": "module.exports = {};"})
    (warning,) = app.warnings
    assert (warning.code, warning.help) == ("unserved-migration", "write it in Python, as version1.py")
    assert app.microapp("acme.shop").migrations == ()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param({f"{FOLDER}/version1.py": "def down(kernel):\n    pass\n"}, "missing-up", id="no up"),
        pytest.param({f"{FOLDER}/version01.py": UP}, "wrong-file-name", id="a number that another may be too"),
        pytest.param({f"{FOLDER}/version1.py": UP.replace("Task", "Tsk")}, "unknown-model", id="unknown model"),
        pytest.param({"Shop/Data/Models/deep-migration.json": {}}, "reserved-model", id="the record's name"),
        pytest.param({f"{FOLDER}/version1.py": UP, "Shop/Data/Models/Task.json": {"_settings": {"own": True}}}, "own-model-in-migration", id="own"),
    ],
)
def test_mistakes(bench: Bench, files: dict[str, object], code: str) -> None:
    assert bench.problem(files).code == code


def test_an_action_of_the_same_name_is_told_of(bench: Bench) -> None:
    action = {"description": "x", "type": "lambda", "methods": ["POST"], "source": "src/Task/Create"}
    problems = bench.problems({f"{FOLDER}/version1.py": UP, "Shop/Backend/resources.json": {"migrations": {"run": action}}})
    assert {problem.code for problem in problems} == {"same-cloud-name", "same-route"}
