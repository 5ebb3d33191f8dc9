"""Moves the rows of the Todo app's model, in a process of its own that can be killed: `python -m tests.judges.moving URL KILL_AFTER own|shared`.

As `tests.judges.deploying`: it kills itself right after its KILL_AFTER-th call that changes something, and prints the names of such calls.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from deep.provision.account.aws import Aws
from deep.provision.account.cloud import StoredObject
from deep.provision.account.standing import standing_templates
from deep.provision.compiled import Compiled, compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.pace import Pace
from deep.provision.release import release_of
from deep.provision.rows.mover import Mover
from tests.judges.deploying import Counted, for_emulator, pages, release_for

HURRIED = Pace(sleep=lambda seconds: time.sleep(min(seconds, 0.2)))
"""The emulator's IAM needs no time."""
CREATE = """
import boto3
tables = boto3.client("dynamodb")
def handler(event, context):
    tables.put_item(TableName="TABLE", Item={"Id": {"S": event["id"]}, "Title": {"S": "milk"}})
    return {"statusCode": 201}
"""


def state(*, own: bool) -> tuple[Compiled, list[StoredObject]]:
    """The app with its model keyed in one way or the other; its functions create todos there."""
    table = release_for()[0].names.table("Todo", own=own)
    release, packages = release_for(CREATE.replace("TABLE", table))
    model = replace(release.app.models[0], own=own)
    microapps = tuple(replace(one, models=(model,) if one.models else ()) for one in release.app.microapps)
    compiled = compile_release(release_of(replace(release.app, microapps=microapps, models=(model,)), release.target, release.packages))
    return replace(compiled, stacks=for_emulator(compiled.stacks)), packages


def move(cloud: Aws, *, own: bool, step: Callable[[str], None] = lambda text: None, unneeded: tuple[str, ...] = ()) -> None:
    compiled, packages = state(own=own)
    mover = Mover(Deployer(cloud, step), cloud, step, HURRIED)
    mover.deploy((compiled, packages, pages, None), standing_templates(cloud, compiled.release), unneeded)


def main(url: str, kill_after: str, keyed: str) -> None:
    cloud = Aws("us-east-1", endpoint_url=url)
    counted = Counted(cloud, int(kill_after))
    move(cloud, own=keyed == "own")
    sys.stdout.write(json.dumps(counted.changing))


if __name__ == "__main__":
    main(*sys.argv[1:])
