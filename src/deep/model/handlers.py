"""The code that an action names: its language, whether it has a handler, and whether Python can read it at all."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import Literal

from deep.errors import DeepError, Place
from deep.model.reading import Reading

PYTHON_ENTRIES = ("bootstrap.py", "handler.py")
"""What a Python function begins with; the first that exists."""

_MARKS: dict[Literal["nodejs", "java"], tuple[str, ...]] = {
    "nodejs": ("bootstrap.es6", "bootstrap.js", "bootstrap.mjs", "Handler.es6", "handler.js", "handler.mjs", "index.js", "package.json"),
    "java": ("pom.xml", "build.gradle", "build.gradle.kts"),
}
_STAR = "*"


def detect_language(reading: Reading, folder: Path) -> str | None:
    """`python`, `nodejs` or `java`, told from the files of an action's folder; None when there is no handler in it."""
    present = {entry.name for entry in reading.disk.entries(folder)}
    if present.intersection(PYTHON_ENTRIES):
        return "python"
    return next((language for language, marks in _MARKS.items() if present.intersection(marks)), None)


def check_code(reading: Reading, folder: Path, place: Place) -> dict[str, ast.Module]:
    """Notes what would keep the action from starting: no handler, Python that cannot be read, a module without `handler`.

    `place` is where the folder is named. Gives the syntax tree of every Python file that could be read, by the name it is told by.
    """
    language = detect_language(reading, folder)
    if language is None:
        help_ = "add a handler.py with a class Handler, or a bootstrap.py with a function handler(event, context)"
        reading.tell("missing-handler", f"{reading.name(folder)} holds no handler", place, help_)
        return {}
    trees = {path: parse_python(reading, path) for path in reading.disk.files_below(folder, ".py")}
    entry = next((folder / name for name in PYTHON_ENTRIES if folder / name in trees), None)
    tree = trees[entry] if entry else None
    if entry and tree:
        _check_entry(reading, entry, tree)
    return {reading.name(path): tree for path, tree in trees.items() if tree}


def parse_python(reading: Reading, path: Path) -> ast.Module | None:
    """The module's syntax tree, or None after its mistake was noted with file, line and column."""
    try:
        source = reading.disk.content(path)
    except DeepError as error:
        reading.problems.extend(error.problems)
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape warns; that is the author's affair, told when the module is imported
            tree = ast.parse(source, path.name)
            compile(tree, path.name, "exec")  # finds what parsing lets pass, such as a return outside of a function
    except SyntaxError as error:
        reading.tell("python-syntax", f"Python cannot read this: {error.msg}", _syntax_place(reading.name(path), source, error))
    except (ValueError, RecursionError, MemoryError) as error:
        reading.tell("python-syntax", f"Python cannot read this: {str(error) or type(error).__name__}", path)
    else:
        return tree
    return None


def _syntax_place(name: str, source: bytes, error: SyntaxError) -> Place:
    """Python counts columns from 1, and gives 0 or None where it knows none."""
    lines = source.decode(errors="replace").splitlines()
    number = min(max(error.lineno or 1, 1), max(len(lines), 1))
    line = lines[number - 1] if lines else ""
    column = min(max(error.offset or 1, 1), len(line) + 1)
    end = (error.end_offset or 0) if error.end_lineno == error.lineno else 0
    return Place(name, number, column, max(end - column, 1), line.replace("\t", " "))


def _check_entry(reading: Reading, path: Path, tree: ast.Module) -> None:
    wanted = {"handler"} if path.name == "bootstrap.py" else {"handler", "Handler"}
    bound = bound_names(tree.body)
    if bound & {*wanted, _STAR, "__getattr__"}:
        return
    names = ", ".join(sorted(bound)) or "nothing"
    help_ = "add handler = lambda_handler(Handler)" if path.name == "bootstrap.py" else "add a class Handler with a method handle(self, request)"
    place = Place(reading.name(path), 1, 1)
    reading.tell("missing-handler", f"{path.name} defines {names}, but no {' or '.join(sorted(wanted))}", place, help_)


def bound_names(body: list[ast.stmt]) -> set[str]:
    """The names that a module binds at its top level, also below `if`, `try` and `with`; `*` stands for a star import."""
    bound: set[str] = set()
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                bound.update((alias.asname or alias.name).partition(".")[0] for alias in aliases)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                bound.update(one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
                inner = [child for child in ast.walk(node) if isinstance(child, ast.stmt) and child is not node]
                bound |= bound_names([child for child in inner if not isinstance(child, ast.If | ast.Try | ast.With | ast.For | ast.While)])
            case _:
                pass
    return bound
