"""What functions may touch: told from code, declared, and the two compared."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from deep.model.code import Code, read_code
from tests.unit.model.conftest import CREATE, Bench

HANDLER = "Shop/Backend/src/Task/Create/handler.py"
RESOURCES = "Shop/Backend/resources.json"
HEAD = "from deep import Runtime\n\n\nclass Handler(Runtime):\n    def handle(self, request):\n"


def code_of(source: str) -> Code:
    return read_code({"handler.py": ast.parse(source)})


def told(source: str) -> list[tuple[str, str]]:
    return [(call.model, call.method) for call in code_of(source).calls]


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ('kernel.get("db").get("Todo").create_item({})', [("Todo", "create_item")]),
        ('db = self.kernel.get("db")\ntodos = db.get("Todo")\ntodos.find_all()', [("Todo", "find_all")]),
        ('def f():\n    todos.delete_by_id(1)\ntodos = kernel.get("db").get("Todo")', [("Todo", "delete_by_id")]),
        (
            'class A:\n    def t(self):\n        return self.kernel.get("db").get("Todo")\n    def h(self):\n        self.t().find_all()',
            [("Todo", "find_all")],
        ),
        (
            'class A:\n    def __init__(self):\n        self.t = k.get("db").get("Todo")\n    def h(self):\n        self.t.find_all()',
            [("Todo", "find_all")],
        ),
        (
            'class A:\n    @property\n    def t(self):\n        return k.get("db").get("Todo")\n    def h(self):\n        self.t.find_all()',
            [("Todo", "find_all")],
        ),
        ('def store(table, item):\n    table.create_item(item)\nstore(kernel.get("db").get("Todo"), {})', [("Todo", "create_item")]),
        ('def store(item, *, table):\n    table.create_item(item)\nstore({}, table=kernel.get("db").get("Todo"))', [("Todo", "create_item")]),
        ('t = kernel.get("db").get("A") if x else kernel.get("db").get("B")\nt.find_all()', [("A", "find_all"), ("B", "find_all")]),
        ('if (t := kernel.get("db").get("A")):\n    t.find_all()', [("A", "find_all")]),
        ('todos, data = kernel.get("db").get("Todo"), request.data\ntodos.find_all()', [("Todo", "find_all")]),
        (
            '(a, [b, c]) = (kernel.get("db").get("A"), [1, kernel.get("db").get("C")])\na.find_all()\nc.find_by("x", 1)',
            [("A", "find_all"), ("C", "find_by")],
        ),
        ('{}.get("db").get("Todo").pop()', []),
        ('options.get("colour").find_all()', []),
    ],
)
def test_tables_are_followed_by_name(source: str, calls: list[tuple[str, str]]) -> None:
    assert sorted(told(source)) == calls


def test_two_functions_may_call_different_tables_by_one_name() -> None:
    source = 'def a(db):\n    t = kernel.get("db").get("A")\n    t.find_all()\ndef b(db):\n    t = kernel.get("db").get("B")\n    t.create_item({})\n'
    assert sorted(told(source)) == [("A", "find_all"), ("B", "create_item")]


def test_a_name_of_another_module_of_the_action_is_followed() -> None:
    trees = {"store.py": ast.parse('todos = kernel.get("db").get("Todo")'), "handler.py": ast.parse("from store import todos\ntodos.find_all()")}
    assert [(call.model, call.method) for call in read_code(trees).calls] == [("Todo", "find_all")]


@pytest.mark.parametrize(
    "source",
    [
        'kernel.get("db").get(name).find_all()',
        'helper.save(kernel.get("db").get("Todo"))',
        '[kernel.get("db").get("Todo")][0].find_all()',
        '{"todo": kernel.get("db").get("Todo")}["todo"].find_all()',
        '(kernel.get("db").get("Todo"), request.data)[0].find_all()',
        'kernel.get("resource").get(name).request("a").send()',
        'kernel.get("resource").get("@a.b:c").request(action).send()',
    ],
)
def test_what_cannot_be_told_is_unclear_and_never_guessed(source: str) -> None:
    found = code_of(source)
    assert (found.calls, found.actions) == ((), ())
    assert [str(place) for place in found.unclear] == ["handler.py:1:1"]


def test_actions_and_sdk_clients_are_found() -> None:
    found = code_of(
        'r = kernel.get("resource")\nr.get("@a.b:c").request("d").send()\nr.get("@a.b:c:e").request().send()\nboto3.client("ses")\nboto3.resource(x)'
    )
    assert [reference for reference, _ in found.actions] == ["@a.b:c:d", "@a.b:c:e"]
    assert [service for service, _ in found.sdk] == ["ses", "*"]


def action(**uses: Any) -> dict[str, Any]:
    return {RESOURCES: {"task": {"create": {**CREATE, **({"uses": uses} if uses else {})}}}}


def handler(*lines: str) -> dict[str, str]:
    return {HANDLER: HEAD + "".join(f"        {line}\n" for line in lines)}


def test_silence_means_what_the_code_does(bench: Bench) -> None:
    indexed = {"Shop/Data/Models/Task.json": {"Title": "string", "Done": "boolean", "_settings": {"indexes": ["Title"]}}}
    body = ['tasks = self.kernel.get("db").get("Task")', "tasks.create_item({})", 'tasks.find_by("Title", 1)', 'tasks.find_one_by("Done", True)']
    uses = bench.load({**indexed, **handler(*body)}).uses["acme.shop:task:create"]
    assert dict(uses.models) == {"Task": frozenset({"create", "find", "list"})}, "an index serves Title; Done is searched in the whole table"


def test_a_search_by_id_reads_one_item_and_no_table(bench: Bench) -> None:
    uses = bench.load(handler("""self.kernel.get("db").get("Task").find_one_by("Id", "1")""")).uses["acme.shop:task:create"]
    assert dict(uses.models) == {"Task": frozenset({"get"})}


def test_code_that_does_more_than_it_declares_is_refused(bench: Bench) -> None:
    files = {**action(models={"Task": ["get"]}), **handler('self.kernel.get("db").get("Task").delete_by_id(1)')}
    problem = bench.problem(files)
    assert (problem.code, str(problem.place)) == ("undeclared-use", f"{HANDLER}:6:9")
    assert problem.help == f'add "Task": ["delete"] to "models" of "uses" at {RESOURCES}:10:7'.rpartition(":")[0]


def test_what_is_declared_and_not_done_is_told(bench: Bench) -> None:
    files = {**action(models={"Task": ["create", "delete"]}), **handler('self.kernel.get("db").get("Task").create_item({})')}
    (warning,) = bench.load(files).warnings
    assert (warning.code, warning.help) == ("unneeded-use", 'remove "delete" of "Task" from its uses')


def test_unclear_code_is_warned_of_only_where_nothing_is_declared(bench: Bench) -> None:
    unclear = handler('self.kernel.get("db").get(request.data["model"]).find_all()')
    assert [warning.code for warning in bench.load(unclear).warnings] == ["unclear-use"]
    assert bench.load({**unclear, **action(models={"Task": ["list"]})}).warnings == ()


def test_a_model_that_is_nowhere_declared(bench: Bench) -> None:
    problem = bench.problem(handler('self.kernel.get("db").get("Taks").find_all()'))
    assert (problem.code, problem.help) == ("unknown-model", 'did you mean "Task"?')


@pytest.mark.parametrize(
    ("use", "code"),
    [
        ({"Action": "ses:*", "Resource": "arn:aws:ses:*:*:identity/a.b"}, "wildcard"),
        ({"Action": "ses:SendEmail", "Resource": "*"}, "wildcard"),
        ({"Action": "SendEmail", "Resource": "arn:aws:ses:*:*:identity/a.b"}, "wrong-reference"),
        ({"Action": "ses:SendEmail", "Resource": "identity/a.b"}, "wrong-reference"),
    ],
)
def test_what_the_sdk_may_call_is_named_exactly(bench: Bench, use: dict[str, Any], code: str) -> None:
    assert bench.problem(action(aws=[use])).code == code
    if code == "wildcard":
        (only,) = bench.load(action(aws=[{**use, "wide": True}])).uses["acme.shop:task:create"].aws
        assert only.actions == (use["Action"],)
