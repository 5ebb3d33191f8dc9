"""Amazon EventBridge's cron expressions, judged by the examples of its documentation."""

from __future__ import annotations

import pytest

from deep.model.cron import cron_mistake


@pytest.mark.parametrize(
    "expression",
    [
        "0 10 * * ? *", "15 12 * * ? *", "0 18 ? * MON-FRI *", "0 8 1 * ? *", "0/15 * * * ? *", "0/10 * ? * MON-FRI *", "0/5 8-17 ? * MON-FRI *",
        "0 9 ? * 2#1 *", "0 12 L * ? *", "0 12 3W * ? *", "0 12 LW * ? *", "0 12 ? * 6L 2026-2030", "5,35 14 * * ? *", "0 10 ? jan-mar sun,SAT *",
    ],
)  # fmt: skip
def test_right(expression: str) -> None:
    """Parity 36."""
    assert cron_mistake(expression) is None


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("0 10 * * ?", "it has 5 fields, expected 6: minute, hour, day of month, month, day of week, year"),
        ("60 10 * * ? *", '"60" is not a minute (0 to 59)'),
        ("0 24 * * ? *", '"24" is not a hour (0 to 23)'),
        ("0 10 0 * ? *", '"0" is not a day of month (1 to 31)'),
        ("0 10 * 13 ? *", '"13" is not a month (1 to 12)'),
        ("0 10 * FOO ? *", '"FOO" is not a month (1 to 12)'),
        ("0 10 ? * 8 *", '"8" is not a day of week (1 to 7)'),
        ("0 10 ? * 2#6 *", '"2#6" is not a day of week (1 to 7)'),
        ("0 10 * * ? 1969", '"1969" is not a year (1970 to 2199)'),
        ("0/0 10 * * ? *", '"0/0" is not a minute (0 to 59)'),
        ("0,, 10 * * ? *", '"0,," is not a minute (0 to 59)'),
        ("\u0661 10 * * ? *", '"\u0661" is not a minute (0 to 59)'),
        ("0 10 * * * *", "one of day of month and day of week must be ?, the other not"),
        ("0 10 ? * ? *", "one of day of month and day of week must be ?, the other not"),
    ],
)
def test_wrong(expression: str, told: str) -> None:
    assert cron_mistake(expression) == told
