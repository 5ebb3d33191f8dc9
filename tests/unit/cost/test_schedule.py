"""How often EventBridge's cron expressions run."""

from __future__ import annotations

import pytest

from deep.cost.schedule import runs_per_month

PER_YEAR = {
    "0 6 * * ? *": 365,
    "0/15 * * * ? *": 365 * 24 * 4,
    "*/15 * * * ? *": 365 * 24 * 4,
    "10-40/10 8-10 * * ? *": 365 * 4 * 3,
    "0 0 1 * ? *": 12,
    "0 0 L * ? *": 12,
    "0 0 29,30 * ? *": 22,
    "0 0 1W * ? *": 12,
    "0 0 LW * ? *": 12,
    "0 0 15W 6 ? *": 1,
    "0 0 ? * MON-FRI *": 261,
    "0 0 ? * 2-6 *": 261,
    "0 0 ? * SAT,SUN *": 104,
    "0 0 ? * FRI-MON *": 208,
    "0 0 ? * L *": 52,
    "0 0 ? * 6L *": 12,
    "0 0 ? * 3#1 *": 12,
    "0 0 ? * MON#5 *": 4,
    "0 0 ? JAN,DEC * *": 62,
    "0,30 0 1 NOV-FEB ? *": 8,
}
"""Runs of 2025, counted with a calendar."""


@pytest.mark.parametrize("expression", PER_YEAR)
def test_runs_of_a_month_are_a_twelfth_of_a_years(expression: str) -> None:
    assert runs_per_month(expression) == -(-PER_YEAR[expression] // 12)
