"""Apps for the tests of the site, made of real folders; only what a site depends on is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deep.bundle.target import Target
from deep.errors import Place
from deep.model import Action, App, Code, Exports, Folders, Microapp, Model, Property, Resource, Uses, Validation

TARGET = Target("dev", "1234abcd", "us-east-1", "123456789012", development=True)
PLACE = Place("deepkg.json", 1, 1)


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Writes files by relative path, making the folders they need."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def microapp(path: Path, identifier: str, *, is_root: bool = False, **changes: Any) -> Microapp:
    """A microapplication whose folders are those of the article that exist below `path`."""
    tiers = {"frontend": "Frontend", "backend": "Backend", "docs": "Docs", "models": "Data/Models", "validation": "Data/Validation"}
    folders = Folders(**{tier: path / name for tier, name in tiers.items() if (path / name).is_dir()})
    made = Microapp(
        identifier=identifier,
        name=identifier,
        description="",
        version="0.0.1",
        is_root=is_root,
        author=None,
        contributors=(),
        dependencies={},
        folders=folders,
        frontend_engines=("vanilla",),
        tags=(),
        path=path,
        parameters=(),
        frontend_parameters={},
        backend_parameters={},
        globals={},
        resources=(),
        models=(),
        validations=(),
        roles=(),
        exports=Exports(),
        hooks=(),
        hook_writes=(),
        migrations=(),
        fixtures=(),
        place=PLACE,
    )
    return replace(made, **changes)


def app(*microapps: Microapp, models: tuple[Model, ...] = ()) -> App:
    """A property of these microapplications, the root first."""
    property_ = Property(
        path=microapps[0].path.parent,
        app_name="Test",
        app_identifier="test",
        env="dev",
        account_id="123456789012",
        region="us-east-1",
        domain=None,
        domain_aliases=(),
        api_alias=None,
        api_version="v1",
        website=False,
        hook_approvals={},
        is_generated=True,
    )
    return App(property_, microapps, models, uses_of(microapps), ())


def uses_of(microapps: tuple[Microapp, ...]) -> dict[str, Uses]:
    """What `load_app` would make of actions that declare their uses, or use nothing."""
    actions = [action for microapp in microapps for action in microapp.actions if action.type == "lambda"]
    return {action.identifier: action.declared_uses or Uses({}, (), (), action.place) for action in actions}


def library(folder: Path) -> Path:
    """A folder as the built browser library's."""
    write(folder, {"deep-framework.js": "/* script */", "deep-framework.mjs": "/* module */", "deep-framework.js.map": "{}", "types.d.ts": ""})
    return folder


def two_microapps(tmp_path: Path, *, globals_: Mapping[str, Any] | None = None, **changes: Any) -> App:
    """A root with a page, and `deep.todo` with what a test asks for; write their files first, into `DeepRoot` and `DeepTodo`."""
    root = microapp(tmp_path / "DeepRoot", "deep.root", is_root=True, globals=globals_ or {})
    return app(root, microapp(tmp_path / "DeepTodo", "deep.todo", **changes))


def action(name: str, **changes: Any) -> Action:
    """A function `deep.todo:task:<name>`."""
    made = Action(
        microapp="deep.todo",
        resource="task",
        name=name,
        description="",
        type="lambda",
        methods=("POST",),
        source=Path("/nowhere"),
        url=None,
        cache_ttl_s=-1,
        force_user_identity=True,
        validation_schema=None,
        memory_mb=512,
        timeout_s=30,
        runtime="python",
        cron=None,
        cron_payload=None,
        scope="public",
        authorization="AWS_IAM",
        key_required=False,
        declared_uses=None,
        code=Code(),
        place=PLACE,
    )
    return replace(made, **changes)


def task(*actions: Action) -> tuple[Resource, ...]:
    """The resources of a microapplication with the one resource `task`."""
    return (Resource("deep.todo", "task", actions),)


def schema(name: str, content: Mapping[str, Any]) -> Validation:
    return Validation(name, content, Path(f"/nowhere/{name}.json"))
