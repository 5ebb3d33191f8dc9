"""Files that let GitHub and GitLab test the app and deploy it, by a role that they assume for each run: there is no key to keep, or to lose.

Pure: a pipeline is text made of a few names. Sources: GitHub, "Security hardening for GitHub Actions" and "Configuring OpenID Connect in Amazon Web
Services"; GitLab, "Configure OpenID Connect in AWS". Actions are pinned by commit, because a tag can be moved to other code.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Literal

from deep.frozen import dataclass

Host = Literal["github", "gitlab"]

CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
SETUP_PYTHON = "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0"
SETUP_NODE = "actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0"
CREDENTIALS = "aws-actions/configure-aws-credentials@b47578312673ae6fa5b5096b330d9fbac3d116df # v4.2.1"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a pipeline is made of. `folder` is the web app's below the repository, `tests` are folders of pytest below the web app.

    `python` is the version that functions run on, since their byte code is made by the interpreter that packages them.
    """

    env: str
    region: str
    folder: str
    tests: Sequence[str]
    version: str
    python: str


def pipeline_path(host: Host, pipeline: Pipeline) -> str:
    """Where the host looks for it, below the repository."""
    return f".github/workflows/deploy-{pipeline.env}.yml" if host == "github" else ".gitlab-ci.yml"


def pipeline_text(host: Host, pipeline: Pipeline) -> str:
    return _filled(_GITHUB if host == "github" else _GITLAB, _values(host, pipeline))


def _values(host: Host, pipeline: Pipeline) -> Mapping[str, str]:
    actions = {"checkout": CHECKOUT, "setup-python": SETUP_PYTHON, "setup-node": SETUP_NODE, "credentials": CREDENTIALS}
    own = {"env": pipeline.env, "region": pipeline.region, "folder": shlex.quote(pipeline.folder), "version": pipeline.version}
    step = "      - run: " if host == "github" else "    - "
    tests = "".join(f"{step}python -m pytest {shlex.quote(folder)}\n" for folder in pipeline.tests)
    return {"ready": _READY, **actions, **own, "python": pipeline.python, "tests": tests}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


_READY = """\
      - uses: @checkout@
        with:
          persist-credentials: false
      - uses: @setup-python@
        with:
          python-version: "@python@"
      - uses: @setup-node@
        with:
          node-version: "22"
"""
"""What each job of GitHub's begins with: it has a machine of its own."""

_GITHUB = """\
# Made by `deepify generate ci`. Tests every change; deploys main to @env@, as the role that the variable DEEP_DEPLOY_ROLE names.
name: Deploy to @env@

on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

concurrency:
  group: deploy-@env@-${{ github.ref }}
  cancel-in-progress: false

defaults:
  run:
    shell: bash
    working-directory: @folder@

jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
@ready@      - run: python -m pip install deep-framework==@version@ pytest
      - run: deepify install
@tests@      - run: deepify plan --env @env@ | tee -a "$GITHUB_STEP_SUMMARY"

  deploy:
    needs: test
    if: github.event_name == 'push' && github.ref == 'refs/heads/main'
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    environment: @env@
    permissions:
      contents: read
      id-token: write
    steps:
@ready@      - run: python -m pip install deep-framework==@version@
      - run: deepify install
      - uses: @credentials@
        with:
          role-to-assume: ${{ vars.DEEP_DEPLOY_ROLE }}
          aws-region: @region@
      # 0: no resource changes, 3: some do. Pages are no resources of the plan, so the deploy runs in both cases; it leaves alone what is so already.
      - run: |
          deepify plan --live --exit-code --env @env@ | tee -a "$GITHUB_STEP_SUMMARY" || [ $? -eq 3 ]
      - run: deepify deploy --env @env@ --yes
"""

_GITLAB = """\
# Made by `deepify generate ci --host gitlab`. Tests every change; deploys main to @env@, as the role that the variable DEEP_DEPLOY_ROLE names.
default:
  image: python:@python@-bookworm
  before_script:
    - apt-get update -qq && apt-get install -y -qq nodejs npm > /dev/null
    - cd @folder@
    - python -m pip install --quiet deep-framework==@version@ pytest
    - deepify install

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

test:
  stage: test
  script:
@tests@    - deepify plan --env @env@

deploy:
  stage: deploy
  environment: @env@
  resource_group: deploy-@env@
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens:
    DEEP_ID_TOKEN:
      aud: sts.amazonaws.com
  variables:
    AWS_ROLE_ARN: $DEEP_DEPLOY_ROLE
    AWS_REGION: @region@
    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/deep-id-token
  script:
    - (umask 077 && printf %s "$DEEP_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE")
    # 0: no resource changes, 3: some do. Pages are no resources of the plan, so the deploy runs in both cases; it leaves alone what is so already.
    - deepify plan --live --exit-code --env @env@ || [ $? -eq 3 ]
    - deepify deploy --env @env@ --yes
"""
