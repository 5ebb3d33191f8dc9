"""The grammar that every error is told in."""

from __future__ import annotations

from deep.errors import DeepError, Place, Problem, ProjectError, render, render_all

LINE = '    "models": ["Todoo"],'
UNKNOWN_MODEL = Problem(
    "unknown-model",
    'action task:create writes model "Todoo", which no microapplication declares',
    place=Place("DeepTodo/Backend/resources.json", 7, 16, 7, LINE),
    help='did you mean "Todo" (DeepTodo/Data/Models/Todo.json)?',
)


def test_an_error_shows_what_where_and_how_to_mend() -> None:
    assert render(UNKNOWN_MODEL) == (
        'error[unknown-model]: action task:create writes model "Todoo", which no microapplication declares\n'
        "  --> DeepTodo/Backend/resources.json:7:16\n"
        "  |\n"
        '7 |     "models": ["Todoo"],\n'
        "  |                ^^^^^^^\n"
        'help: did you mean "Todo" (DeepTodo/Data/Models/Todo.json)?'
    )


def test_found_and_expected_make_a_note() -> None:
    told = render(Problem("wrong-type", "version must be text", file="deepkg.json", found="a number", expected="a string"))
    assert told == "error[wrong-type]: version must be text\n  --> deepkg.json\nnote: found a number, expected a string"


def test_the_same_error_as_data() -> None:
    assert UNKNOWN_MODEL.as_json() == {
        "code": "unknown-model",
        "message": UNKNOWN_MODEL.message,
        "file": "DeepTodo/Backend/resources.json",
        "line": 7,
        "column": 16,
        "found": None,
        "expected": None,
        "help": UNKNOWN_MODEL.help,
    }


def test_a_flood_of_problems_is_counted_not_printed() -> None:
    told = render_all([UNKNOWN_MODEL] * 25, most=20)
    assert told.count("error[unknown-model]") == 20
    assert told.endswith("... and 5 more problems")


def test_an_error_carries_all_its_problems() -> None:
    error = ProjectError(UNKNOWN_MODEL, Problem("other", "something else"))
    assert isinstance(error, DeepError)
    assert error.exit_code == 1
    assert len(error.problems) == 2
    assert "something else" in str(error)
