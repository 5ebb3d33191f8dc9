"""Whether there is such a region, by the data that botocore comes with, so that a plan knows it without a network.

DEEP deploys to the regions of AWS's main partition: those of China have no user pools, and those of the US government no CloudFront.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from deep.errors import Problem, UsageError
from deep.model.nearest import did_you_mean

PARTITION = "aws"


def refuse_region(region: str) -> None:
    """Raises UsageError for a region that there is not, or that lacks what an app needs."""
    known = partitions()
    if known.get(region) == PARTITION:
        return
    if region in known:
        message = f"{region} has not all services that an app needs: Cognito's user pools, or CloudFront, are not there"
        raise UsageError(
            Problem("region-unsupported", message, help='set "aws": {"region": ...} in deeploy.json to another one, such as eu-central-1')
        )
    candidates = [name for name, partition in known.items() if partition == PARTITION]
    newer = "a region newer than the installed botocore is known after `pip install --upgrade botocore`"
    nearest = did_you_mean(region, candidates, "AWS has")
    raise UsageError(Problem("unknown-region", f'AWS has no region "{region}" (aws.region of deeploy.json)', help=f"{nearest}; {newer}"))


@cache
def partitions() -> Mapping[str, str]:
    """Region -> the partition of AWS that it is in. botocore itself is not loaded for it."""
    botocore = find_spec("botocore")
    folders = (botocore and botocore.submodule_search_locations) or []
    told = json.loads((Path(folders[0]) / "data" / "partitions.json").read_bytes())
    return {region: one["id"] for one in told["partitions"] for region in one["regions"] if not region.endswith("-global")}
