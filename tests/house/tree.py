"""The repository as house tests see it: its own files, never what a tool built or installed, and never what git happens to know."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "deep"

NOT_OURS = {".git", ".venv", "node_modules", "__pycache__", "_build", "dist", ".deep", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
DATA = {"tests/cases"}
"""Inputs of tests: whole projects, wrong on purpose."""

BUILT = {"benches/.peers", "src/deep/bundle/browser", "src/deep/local/engines/bin", "apps/todo/DeepRoot", "apps/hello-world/DeepRoot"}


@cache
def files(folder: str, *suffixes: str) -> tuple[Path, ...]:
    """Every file of ours below `folder` (relative to the repository) that ends in one of `suffixes`, sorted."""
    return tuple(sorted(path for path in _walk(ROOT / folder) if path.suffix in suffixes))


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_OURS and relative(Path(here, name)) not in BUILT | DATA]
        yield from (Path(here, name) for name in names)


def relative(path: Path) -> str:
    """The path as messages and lists spell it: from the repository's root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def rooms() -> tuple[str, ...]:
    """The rooms of `deep`: its packages and its single-file modules, sorted."""
    packages = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    modules = {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}
    return tuple(sorted(packages | modules))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(module, line) of every import, wherever in the file it stands; `from a import b` gives both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{name.name}", node.lineno) for name in node.names)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
