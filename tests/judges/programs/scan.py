"""Runs in checkov's environment. Lines of JSON in, lines out: `[template text, ...]` -> `[[finding, ...], ...]`."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

logging.disable(logging.CRITICAL)

from checkov.cloudformation.runner import Runner  # noqa: E402 - it logs while it is imported
from checkov.runner_filter import RunnerFilter  # noqa: E402


def findings(templates: list[str]) -> list[list[str]]:
    """All templates in one run: reading its rules takes checkov longer than judging by them."""
    with TemporaryDirectory() as folder:
        for number, template in enumerate(templates):
            Path(folder, f"{number}.json").write_text(template, encoding="utf-8")
        report = Runner().run(root_folder=folder, runner_filter=RunnerFilter(framework=["cloudformation"]))
    if report.parsing_errors:
        raise ValueError(f"not understood: {report.parsing_errors}")
    found: list[list[str]] = [[] for _ in templates]
    for one in report.failed_checks:
        found[int(Path(one.file_path).stem)].append(f"{one.check_id}: {one.resource}: {one.check_name}")
    return found


def main() -> None:
    for line in sys.stdin:
        try:
            answered: object = findings(json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test hears of it
            answered = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answered) + "\n")
        sys.stdout.flush()


main()
