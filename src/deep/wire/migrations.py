"""What the function that runs migrations is asked, and what it tells of each."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

RECORD = "DeepMigration"
"""The model of the table in which it is written what ran."""
ANYBODY = "*"
"""A holder that stands for every one, where whoever asks is known to be alone, as on a developer's machine."""


class MigrationEvent(TypedDict):
    """`holder` names a run: who claims a migration holds it until it is settled. `version` goes with `up` and `down`."""

    do: Literal["list", "up", "down", "release"]
    version: NotRequired[int]
    holder: NotRequired[str]


class MigrationRow(TypedDict):
    """One line of the answer to `list`. `at` says since when it is in its state, and `error` why it failed; both absent of what never ran.

    `changed`: its file is another than the one that ran. `missing`: the function has no such file.
    """

    version: int
    state: str
    changed: bool
    missing: bool
    at: NotRequired[str]
    error: NotRequired[str | None]
