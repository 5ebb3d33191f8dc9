"""Fakes are built, never patched in: a test that reaches into a module tests the way it is written, not what it does."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import files, functions, imported_modules, parsed, relative

TESTS = (*files("tests", ".py"), *files("apps", ".py"))
PATCHES = {"setattr", "setitem", "delattr", "delitem"}


def test_nothing_is_patched() -> None:
    patched = [relative(path) for path in TESTS if any(module.startswith(("unittest.mock", "mock")) for module, _ in imported_modules(parsed(path)))]
    assert patched + [f"{relative(path)}:{line}" for path in TESTS for line in _monkeypatched(path)] == []


def test_no_test_is_skipped_for_good() -> None:
    """A skip must depend on the machine (`skipif`); one that never runs proves nothing."""
    skipped = [
        f"{relative(path)}:{node.lineno}"
        for path in TESTS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.skip"
    ]
    assert skipped == []


def test_every_test_can_fail() -> None:
    """Each test function asserts, expects an error, or hands its judgement to a function that does."""
    silent = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in files("tests", ".py")
        for node in functions(parsed(path))
        if node.name.startswith("test_") and not _judges(node, _judges_of(path))
    ]
    assert silent == []


def _monkeypatched(path: Path) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in PATCHES
        and "monkeypatch" in ast.unparse(node.func)
    ]


def _judges(function: ast.AST, known: frozenset[str] = frozenset()) -> bool:
    return any(isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _is_judge(node, known)) for node in ast.walk(function))


def _judges_of(path: Path) -> frozenset[str]:
    """The functions of a test file that judge for its tests: they assert, or let pass one error and no other."""
    own = [node for node in functions(parsed(path)) if not node.name.startswith("test_")]
    return frozenset(node.name for node in own if _judges(node) or any(isinstance(below, ast.Try) for below in ast.walk(node)))


def _is_judge(call: ast.Call, known: frozenset[str]) -> bool:
    called = ast.unparse(call.func)
    last = called.split(".")[-1]
    return (
        called in ("pytest.raises", "pytest.fail", "pytest.warns")
        or last in known
        or last.lstrip("_").startswith(("assert", "expect", "check", "must"))
    )
