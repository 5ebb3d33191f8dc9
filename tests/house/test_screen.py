"""One file writes on the screen, so that `--json`, colours and quietness are decided once."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import files, parsed, relative

SPEAKERS = {
    "cli/_screen.py": "the screen",
    "cli/main.py": "a reader that went away (`| head`) closes the stream, which is then put out of the way",
    "packages/hook_runner.py": "runs inside a hook's own process, where standard error is what the hook says",
    "runtime/log.py": "inside a function, standard error is where log lines go",
    "runtime/worker.py": "flushes what the author's code printed, so that it is seen with its invocation; writes nothing itself",
}


def test_only_the_screen_prints() -> None:
    speaking = {relative(path).removeprefix("src/deep/") for path in files("src", ".py") if _speaks(path)}
    assert speaking == set(SPEAKERS)


def _speaks(path: Path) -> bool:
    return any(_is_print(node) or _is_stream(node) for node in ast.walk(parsed(path)))


def _is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "click.echo", "click.secho")


def _is_stream(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr")
