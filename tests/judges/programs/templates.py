"""Runs in cfn-lint's environment. Lines of JSON in, lines out: `[template text, ...]` -> `[[finding, ...], ...]`."""

from __future__ import annotations

import json
import sys

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

REGION = "us-east-1"


def findings(runner: Runner, text: str) -> list[str]:
    """As `cfnlint.api.lint` does, which reads its rules anew for each template."""
    template, errors = decode_str(text)
    found = errors or runner.validate_template(template)
    return [f"{one.rule.id}: {'/'.join(str(step) for step in one.path or ())}: {one.message}" for one in found]


def main() -> None:
    runner = Runner(ConfigMixIn(regions=[REGION]))
    for line in sys.stdin:
        try:
            answered: object = [findings(runner, template) for template in json.loads(line)]
        except Exception as error:  # noqa: BLE001 - whatever it is, the test hears of it
            answered = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answered) + "\n")
        sys.stdout.flush()


main()
