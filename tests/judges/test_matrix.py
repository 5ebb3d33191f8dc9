"""Guard, browser and IAM decide the same, whoever is asked: every role, every action, every way that leads to it."""

from __future__ import annotations

from random import Random

from deep.model import App
from deep.security.grants import grants_of
from tests.generated.rules import random_app
from tests.judges import language
from tests.judges.judge import Browser, Case, Judge, LineJudge
from tests.judges.matrix import Cell, Decisions, Matrix
from tests.judges.ministack import Ministack

RULE_SETS, BATCH = 1_000, 100


def differing(expected: Decisions, found: Decisions) -> list[tuple[Cell, bool]]:
    """Cells that are decided otherwise, with how. Neither side may have looked at more or less than the other."""
    assert expected.keys() == found.keys()
    return [(cell, decided) for cell, decided in found.items() if decided != expected[cell]]


def test_guard_browser_and_every_judge_of_iam_agree(
    judged: App, browser_library: Browser, simulator: LineJudge, evaluator: LineJudge, ministack: Ministack
) -> None:
    """Parity 86, 87. What is not granted is denied by all of them, too."""
    matrix = Matrix(judged)
    decided = matrix.decided()
    assert decided
    assert differing(decided, matrix.guarded()) == []
    (shown,) = browser_library.decide([matrix.asked_of_browser()])
    assert differing(decided, matrix.shown(shown)) == []
    for judge in (simulator, evaluator, ministack):
        assert differing(decided, matrix.judged(judge.decide(matrix.cases()))) == [], judge.name


def test_a_thousand_rule_sets_at_random(browser_library: Browser, simulator: LineJudge, evaluator: LineJudge) -> None:
    """Statements that meet, wildcards at either end, names that begin alike, several roles of one name, exports and scopes."""
    matrices = [Matrix(random_app(Random(seed))) for seed in range(RULE_SETS)]
    allowed = 0
    for first in range(0, RULE_SETS, BATCH):
        batch = matrices[first : first + BATCH]
        for judge in (simulator, evaluator):
            _judge_batch(judge, batch)
        shown = browser_library.decide([matrix.asked_of_browser() for matrix in batch])
        assert [differing(matrix.decided(), matrix.shown(one)) for matrix, one in zip(batch, shown, strict=True)] == [[]] * len(batch)
        allowed += sum(sum(matrix.decided().values()) for matrix in batch)
        assert [differing(matrix.decided(), matrix.guarded()) for matrix in batch] == [[]] * len(batch)
    cells = sum(len(matrix.cells) for matrix in matrices)
    assert cells > 20 * RULE_SETS
    assert 0.1 < allowed / cells < 0.9, "rules that allow all or nothing prove little"


def test_the_rules_mean_what_the_same_words_mean_to_iam(simulator: LineJudge) -> None:
    """Parity 86. Nothing of ours decides here: the statements themselves are judged, and our decisions held against that."""
    decided, asked, waiting = {}, [], []
    for seed in range(RULE_SETS // 2):
        app = random_app(Random(seed))
        grants = grants_of(app)
        for role in grants.roles:
            for action, case in language.cases(app, role):
                ours = grants.decide(role, action).allowed
                if isinstance(case, bool):
                    decided[seed, role, action] = (ours, case)
                else:
                    waiting.append((seed, role, action, ours))
                    asked.append(case)
    for (seed, role, action, ours), (answer,) in zip(waiting, simulator.decide(asked), strict=True):
        decided[seed, role, action] = (ours, answer)
    assert {key: found for key, found in decided.items() if found[0] != found[1]} == {}
    assert len(waiting) > RULE_SETS


def _judge_batch(judge: Judge, batch: list[Matrix]) -> None:
    asked: list[list[Case]] = [matrix.cases() for matrix in batch]
    answers = iter(judge.decide([case for cases in asked for case in cases]))
    for matrix, cases in zip(batch, asked, strict=True):
        assert differing(matrix.decided(), matrix.judged([next(answers) for _ in cases])) == [], (judge.name, matrix.app)
