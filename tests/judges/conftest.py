"""The judges, one of each for the whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deep.model import App
from tests.judges import judge
from tests.judges.apps import JUDGED, judged_app
from tests.judges.ministack import Ministack, running_ministack


@pytest.fixture(scope="session")
def simulator() -> Iterator[judge.LineJudge]:
    with judge.iam_simulate() as conversation:
        yield judge.LineJudge("iam-simulate", conversation)


@pytest.fixture(scope="session")
def evaluator() -> Iterator[judge.LineJudge]:
    with judge.ministack_evaluator() as conversation:
        yield judge.LineJudge("ministack's evaluator", conversation)


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_library() -> Iterator[judge.Browser]:
    with judge.browser() as conversation:
        yield judge.Browser(conversation)


@pytest.fixture(scope="session")
def linter() -> Iterator[judge.Linter]:
    with judge.linters() as conversation:
        yield judge.Linter(conversation)


@pytest.fixture(scope="session")
def template_linter() -> Iterator[judge.TemplateLinter]:
    with judge.template_linter() as conversation:
        yield judge.TemplateLinter(conversation)


@pytest.fixture(scope="session")
def template_scanner() -> Iterator[judge.TemplateScanner]:
    with judge.template_scanner() as conversation:
        yield judge.TemplateScanner(conversation)


@pytest.fixture(scope="session", params=JUDGED)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> App:
    """Each of the apps that are judged in turn."""
    return judged_app(request.param, tmp_path_factory.mktemp("judged"))


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> App:
    """The generated property alone, for what the small apps have not."""
    return judged_app("generated", tmp_path_factory.mktemp("judged"))
