"""Generated pipelines, read by a YAML parser that is not ours."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from deep.provision.pipeline import Host, Pipeline, pipeline_text
from tests.judges.judge import VENVS

PIPELINE = Pipeline("prod", "eu-west-1", "web app", ("DeepTodo/Tests/Backend", "It's/Tests"), "1.2.3", "3.13")
READ = "import json, sys, yaml; json.dump(yaml.load(sys.stdin, yaml.BaseLoader), sys.stdout)"


def read(host: Host) -> Any:
    """The pipeline as the parser has it; all scalars are texts, so that `on` stays a word."""
    command = [str(VENVS / "linters" / "bin" / "python"), "-c", READ]
    return json.loads(subprocess.run(command, input=pipeline_text(host, PIPELINE), capture_output=True, text=True, check=True).stdout)


def test_a_workflow_tests_every_change_and_deploys_main_alone() -> None:
    workflow = read("github")
    assert workflow["on"] == {"push": {"branches": ["main"]}, "pull_request": ""}
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["defaults"]["run"]["working-directory"] == "web app"
    test, deploy = workflow["jobs"]["test"], workflow["jobs"]["deploy"]
    assert "permissions" not in test, "a pull request gets no identity"
    assert (deploy["needs"], deploy["environment"]) == ("test", "prod")
    assert deploy["permissions"] == {"contents": "read", "id-token": "write"}
    assert deploy["if"] == "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    steps = [step.get("uses", "").partition("@")[0] or step["run"] for step in deploy["steps"]]
    assert steps.index("aws-actions/configure-aws-credentials") < steps.index("deepify deploy --env prod --yes") == len(steps) - 1
    assert {"run": "python -m pytest DeepTodo/Tests/Backend"} in test["steps"]
    assert all(set(step) <= {"uses", "with", "run"} for job in (test, deploy) for step in job["steps"])


def test_a_pipeline_of_gitlab_assumes_its_role_by_an_identity_token() -> None:
    pipeline = read("gitlab")
    deploy = pipeline["deploy"]
    assert pipeline["test"]["script"][0] == "python -m pytest DeepTodo/Tests/Backend"
    assert all(isinstance(line, str) for job in ("test", "deploy") for line in pipeline[job]["script"])
    assert deploy["id_tokens"] == {"DEEP_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert deploy["variables"]["AWS_ROLE_ARN"] == "$DEEP_DEPLOY_ROLE"
    assert deploy["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert deploy["script"][-1] == "deepify deploy --env prod --yes"
