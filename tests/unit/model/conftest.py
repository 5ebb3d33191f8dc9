"""A healthy property to spoil: every test writes the files that it is about, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deep.errors import DeepError, Problem
from deep.model import App, load_app

Files = Mapping[str, Any]
"""Path below the property -> text, bytes, or a JSON value; None takes a file of the healthy property away."""

CREATE = {"description": "Makes a task", "type": "lambda", "methods": ["POST"], "source": "src/Task/Create"}
HEALTHY: Files = {
    "deeploy.json": {"appIdentifier": "acme", "env": "dev"},
    "Root/deepkg.json": {"identifier": "acme.root", "name": "Root", "version": "1.0.0", "propertyRoot": True},
    "Shop/deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "1.0.0"},
    "Shop/Backend/resources.json": {"task": {"create": CREATE}},
    "Shop/Backend/src/Task/Create/handler.py": "class Handler:\n    pass\n",
    "Shop/Data/Models/Task.json": {"Title": "string", "Done": "boolean"},
    "Shop/Data/Validation/NewTask.json": {"type": "object", "required": ["Title"]},
}


class Bench:
    """Writes properties below one folder and loads them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, files: Files) -> Path:
        """The healthy property with these files instead or besides."""
        for name, content in {**HEALTHY, **files}.items():
            if content is None:
                continue
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, str | bytes) else json.dumps(content, indent=2)
            target.write_bytes(data if isinstance(data, bytes) else data.encode())
        return self.path

    def load(self, files: Files | None = None, *, environ: Mapping[str, str] | None = None) -> App:
        return load_app(self.write(files or {}), environ=environ or {})

    def problems(self, files: Files, *, environ: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
        """Everything that is told of a property with these files; it must be refused."""
        with pytest.raises(DeepError) as caught:
            self.load(files, environ=environ)
        return caught.value.problems

    def problem(self, files: Files) -> Problem:
        """The one thing that is wrong."""
        (problem,) = self.problems(files)
        return problem

    def action(self, **changes: Any) -> dict[str, Any]:
        """Files with the healthy action changed: `action(methods=["FETCH"])`."""
        return {"Shop/Backend/resources.json": {"task": {"create": {**CREATE, **changes}}}}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def where() -> Callable[[Problem], str]:
    """`file:line:column` of a problem, or its file."""
    return lambda problem: str(problem.place or problem.file)
