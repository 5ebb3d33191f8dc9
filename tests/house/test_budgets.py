"""Sizes that keep a file readable in one sitting and a function readable at one glance."""

from __future__ import annotations

import ast
import io
import statistics
import tokenize
from pathlib import Path

from tests.house.tree import SOURCE, files, functions, parsed, relative

FILE_LINES_HARD = 500
FILE_LINES_SOFT = 300
FUNCTION_LINES = 60
FUNCTION_LINES_MEDIAN = 10
PARAMETERS = 5
COMMENT_SHARE = 0.10

LONGER_THAN_SOFT: dict[str, str] = {}
"""Files over 300 lines, each with the reason it is still one thing."""

EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}

OURS = (
    *files("src", ".py"),
    *files("browser/src", ".ts"),
    *files("apps", ".py", ".js", ".jsx", ".css"),
    *files("tests", ".py"),
    *files("tools", ".py"),
)
PYTHON = files("src", ".py")


def test_no_file_is_over_500_lines() -> None:
    too_long = {relative(path): count for path in OURS if (count := _lines(path)) > FILE_LINES_HARD}
    assert too_long == {}


def test_files_over_300_lines_say_why() -> None:
    longer = {relative(path) for path in (*PYTHON, *files("browser/src", ".ts")) if _lines(path) > FILE_LINES_SOFT}
    assert longer == set(LONGER_THAN_SOFT), "list the file with its reason, split it, or take it off the list"


def test_no_function_is_over_60_lines() -> None:
    assert [told for told, node in _functions_of_the_source() if _length(node) > FUNCTION_LINES] == []


def test_half_of_all_functions_are_under_10_lines() -> None:
    assert statistics.median(_length(node) for _, node in _functions_of_the_source()) < FUNCTION_LINES_MEDIAN


def test_no_function_takes_more_than_5_parameters() -> None:
    assert [told for told, node in _functions_of_the_source() if _parameters(node) > PARAMETERS] == []


def test_names_say_what_a_thing_does() -> None:
    empty = [relative(path) for path in (*PYTHON, *files("browser/src", ".ts")) if {path.stem, *_folders(path)} & EMPTY_WORDS]
    empty += [f"{relative(path)}: {name}" for path in PYTHON for name in _classes(path) if name.lower().endswith(("utils", "helper", "manager"))]
    assert empty == []


def test_comments_are_few() -> None:
    """Comments say why; code that needs more of them than this wants better names."""
    lines = sum(_lines(path) for path in PYTHON)
    assert sum(_comments(path) for path in PYTHON) / lines < COMMENT_SHARE


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO:", "FIX" + "ME", "XX" + "X ", "HA" + "CK")
    assert [relative(path) for path in OURS if any(mark in path.read_text(encoding="utf-8") for mark in marks)] == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _folders(path: Path) -> tuple[str, ...]:
    return path.relative_to(SOURCE).parts[:-1] if path.is_relative_to(SOURCE) else ()


def _classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]


def _functions_of_the_source() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [(f"{relative(path)}:{node.lineno} {node.name}", node) for path in PYTHON for node in functions(parsed(path))]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body alone: a long docstring is no long function."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 1


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many a caller gives: `self` and `cls` do not count. Click's commands are called by the command line, one parameter an option."""
    if any("command" in ast.unparse(decorator) or "option" in ast.unparse(decorator) for decorator in node.decorator_list):
        return 0
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([argument for argument in given if argument.arg not in ("self", "cls")])


def _comments(path: Path) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)
