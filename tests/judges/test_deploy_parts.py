"""`deepify deploy` of parts, to a folder, and to environments and regions side by side, against an account that nobody here wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.judges.ministack import running_ministack
from tests.judges.test_operating import DEEPIFY, TODO, Deployed

CREATE, UPDATE = "deep.todo:task:create", "deep.todo:task:update"


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(TODO, folder / "todo", ignore=shutil.ignore_patterns(".deep", "node_modules", "DeepRoot")))


def change(app: Path) -> None:
    """Another version of two functions and of a page."""
    for name in ("Backend/src/Task/Create/handler.py", "Backend/src/Task/Update/handler.py"):
        path = app / "DeepTodo" / name
        path.write_text(path.read_text() + "\n# another version\n")
    page = app / "DeepTodo" / "Frontend" / "bootstrap.js"
    page.write_text(page.read_text() + "\n// another version\n")


def state(deployed: Deployed) -> tuple[str, str, bool]:
    """The code of two functions, and whether the page is the new one."""
    codes = {one["FunctionName"]: one["CodeSha256"] for one in deployed.client("lambda").list_functions()["Functions"]}
    first, second = (next(code for name, code in codes.items() if part in name) for part in ("TaskCreate", "TaskUpdate"))
    return first, second, "another version" in deployed.page("deep.todo/bootstrap.js")


def test_parts_are_deployed_and_the_rest_stays(tmp_path: Path) -> None:
    """Parity 13, 16."""
    app = copied(tmp_path)
    with running_ministack(tmp_path) as account:
        deployed = Deployed(app, account.url)
        done = deployed.run("deploy", "--partial", "deep.todo", "--yes")
        assert (done.returncode, "deploys it as a whole" in done.stderr) == (4, True)
        deployed.told("deploy", "--yes")
        create, update, page = state(deployed)
        change(app)
        deployed.told("deploy", "--action", CREATE, "--yes")
        assert state(deployed)[0] != create
        assert state(deployed)[1:] == (update, page)
        deployed.told("deploy", "--frontend", "--yes")
        assert state(deployed)[1:] == (update, True)
        deployed.told("deploy", "--partial", "deep.todo", "--yes")
        assert state(deployed)[1] != update
        assert deployed.told("deploy", "--backend", "--yes")["uploaded"] == 0
        done = deployed.run("deploy", "--action", "deep.todo:task:creat", "--partial", "deep.tudo", "--yes")
        assert (done.returncode, f'did you mean "{CREATE}"?' in done.stderr, 'did you mean "deep.todo"?' in done.stderr) == (2, True, True)
        assert len(deployed.told("status")["deploys"]) >= 3, "each of them can be gone back to"


def test_all_that_would_be_sent_is_written_to_a_folder(tmp_path: Path) -> None:
    """Parity 15: without an account, credentials or a network."""
    app, out = copied(tmp_path), tmp_path / "out"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run([DEEPIFY, "deploy", str(app), "--dump-local", str(out)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (out / "stacks").iterdir()} == {"store.json", "data.json", "app.json"}
    root = json.loads((out / "stacks" / "app.json").read_text())
    nested = root["Resources"]["MicroappDeepTodo"]["Properties"]["TemplateURL"].rpartition("/")[2]
    functions = json.loads((out / "artefacts" / "templates" / nested).read_text())["Resources"]
    keys = {one["Properties"]["Code"]["S3Key"] for one in functions.values() if one["Type"] == "AWS::Lambda::Function"}
    assert all((out / "artefacts" / key).is_file() for key in keys)
    assert (out / "site" / "index.html").is_file()


def test_environments_and_regions_stand_side_by_side(tmp_path: Path) -> None:
    """Parity 12, 122: dev, stage, test and prod, and dev in a second region; each with tables of its own, and undeployed by itself."""
    app = copied(tmp_path)
    with running_ministack(tmp_path) as account:
        deployed = Deployed(app, account.url)
        for options in ((), ("--env", "stage"), ("--env", "test"), ("--prod",)):
            deployed.told("deploy", *options, "--yes")
        settings = app / "deeploy.json"
        settings.write_text(json.dumps({**json.loads(settings.read_text()), "aws": {"region": "eu-west-1"}}))
        deployed.told("deploy", "--yes")
        found = {(one["env"], one["state"]) for one in deployed.told("list", "--region", "us-west-2")}
        assert found == {(env, "deployed") for env in ("dev", "stage", "test", "prod")}
        assert [one["env"] for one in deployed.told("list")] == ["dev"]
        assert len(deployed.client("dynamodb").list_tables()["TableNames"]) == 4
        deployed.told("undeploy", "--delete-data", "deep-todo", "--yes")
        assert deployed.told("list") == []
        assert len(deployed.told("list", "--region", "us-west-2")) == 4, "and the other region is untouched"
        done = deployed.run("deploy", "--env", "production")
        assert (done.returncode, "prod" in done.stderr) == (2, True)
