"""An app in two releases that differ in all that a release may change, brought out, gone back from and taken out by calls that can go wrong.

In a process of its own, so that it can be killed: `python -m tests.judges.updating URL KILL_AFTER FOLDER DEED`, as `tests.judges.deploying`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from deep.model import load_app
from deep.provision.account.aws import Aws
from deep.provision.account.history import history
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployed, Deployer
from deep.provision.deploying.rollback import Reverter
from deep.provision.deploying.undeploy import Undeployer
from deep.provision.resources.buckets import artefact_bucket_name
from deep.wiring.account import Where
from deep.wiring.shipping import Prepared, prepare
from tests.judges.deploying import ACCOUNT, Counted, stored

REGION = "us-east-1"
SOURCE = "from deep import lambda_handler\n\n\n@lambda_handler\ndef handler(request, kernel):\n    return {!r}\n"
MIGRATION = """
def up(kernel):
    items = kernel.get("db").get("Item")
    for item in items.find_all():
        items.update_item(item["Id"], {"Price": item["Price"] + 1})
"""


def _action(source: str) -> dict[str, Any]:
    return {"type": "lambda", "methods": ["GET"], "source": f"src/{source}", "api": {"authorization": "NONE"}, "forceUserIdentity": False}


def _files(shop: Mapping[str, str], indexes: list[str], more: Mapping[str, str]) -> Mapping[str, str]:
    """Texts by path: the actions of the shop, and what each says."""
    documents = {
        "deeploy.json": {"appName": "shop", "appIdentifier": "shop", "env": "dev", "aws": {"region": REGION}},
        "Shop/deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "0.1.0"},
        "Shop/Data/Models/Item.json": {"Title": "string", "Price": "number", "_settings": {"indexes": indexes}},
        "Shop/Backend/resources.json": {"item": {name: _action(name) for name in shop}},
        "Desk/deepkg.json": {"identifier": "acme.desk", "name": "Desk", "version": "0.1.0"},
        "Desk/Backend/resources.json": {"hour": {"show": _action("show")}},
    }
    sources = {f"Shop/Backend/src/{name}/handler.py": SOURCE.format(said) for name, said in shop.items()}
    desk = {"Desk/Backend/src/show/handler.py": SOURCE.format("open")}
    return {**{name: json.dumps(content) for name, content in documents.items()}, **sources, **desk, **more}


RELEASES: Mapping[str, Mapping[str, str]] = {
    "first": _files({"read": "first", "leave": "first"}, [], {}),
    "second": _files({"read": "second", "come": "second"}, ["Title"], {"Shop/Data/Migration/version1.py": MIGRATION}),
}
"""The second changes a function and a page, adds a function, removes one, adds an index, and has a migration."""


def write_releases(folder: Path) -> None:
    """Both, each in a folder of its name."""
    for name, files in RELEASES.items():
        for path, text in files.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(text)


@cache
def prepared(folder: Path) -> Prepared:
    """The release in a folder with what it ships, as a deploy has them."""
    return prepare(load_app(folder, environ={}), Where(), lambda _: None, ACCOUNT)


def deploy(cloud: Aws, made: Prepared) -> Deployed:
    """With a page that names the release."""
    pages = [stored("js/app.js", b"let x", "text/javascript"), stored("index.html", made.release.app.path.name.encode(), "text/html")]
    return Deployer(cloud, _unheard).deploy(compile_release(made.release), made.objects, lambda _: pages)


def roll_back(cloud: Aws, made: Prepared) -> None:
    """To the first deploy that there was, by its id: without one, a second time takes the first back."""
    reverter = Reverter(cloud, _unheard)
    oldest = history(cloud, artefact_bucket_name(made.release))[-1].id
    reverter.back(made.release, reverter.choose(made.release, oldest))


def undeploy(cloud: Aws, made: Prepared, *, with_data: bool = False) -> None:
    Undeployer(cloud, _unheard).undeploy(made.release, with_data=with_data)


DEEDS: Mapping[str, tuple[str, Callable[[Aws, Prepared], object]]] = {
    "first": ("first", deploy),
    "second": ("second", deploy),
    "rollback": ("second", roll_back),
    "undeploy": ("second", undeploy),
    "undeploy-data": ("second", partial(undeploy, with_data=True)),
}
"""What is done, and with which release in hand."""


def carry_out(cloud: Aws, folder: Path, deed: str) -> None:
    release, do = DEEDS[deed]
    do(cloud, prepared(folder / release))


def _unheard(_: str) -> None:
    """Where nobody listens."""


def main(url: str, kill_after: str, folder: str, deed: str) -> None:
    cloud = Aws(REGION, endpoint_url=url)
    counted = Counted(cloud, int(kill_after))
    carry_out(cloud, Path(folder), deed)
    sys.stdout.write(json.dumps(counted.changing))


if __name__ == "__main__":
    main(*sys.argv[1:])
