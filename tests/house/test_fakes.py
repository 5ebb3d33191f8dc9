"""Fakes are built, never patched in: a test that reaches into a module tests the way it is written, not what it does."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import files, imported_modules, parsed, relative

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
    """Each test function asserts, expects an error, or hands its judgement to something that does."""
    silent = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in files("tests", ".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_") and not _judges(node)
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


def _judges(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _is_judge(node)) for node in ast.walk(function))


def _is_judge(call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    return called in ("pytest.raises", "pytest.fail", "pytest.warns") or called.split(".")[-1].lstrip("_").startswith(
        ("assert", "expect", "check", "must")
    )
