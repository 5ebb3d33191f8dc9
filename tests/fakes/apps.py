"""Small apps as values, without files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deep.errors import Place
from deep.model import Action, App, Code, Exports, Folders, Microapp, Model, Property, Resource, Role, Uses, Validation
from deep.model.app import Monitoring

HERE = Place("resources.json", 1, 1)


def validation_of(name: str, schema: Mapping[str, Any]) -> Validation:
    return Validation(name, schema, Path(f"/app/Data/Validation/{name}.json"))


def action_of(name: str, **members: Any) -> Action:
    """An action `deep.todo:task:<name>` with the defaults of `resources.json`."""
    plain: dict[str, Any] = {
        "microapp": "deep.todo",
        "resource": "task",
        "name": name,
        "description": "",
        "type": "lambda",
        "methods": ("POST",),
        "source": Path("/app/Backend/src"),
        "url": None,
        "cache_ttl_s": -1,
        "force_user_identity": True,
        "validation_schema": None,
        "memory_mb": 512,
        "timeout_s": 30,
        "runtime": "python3.11",
        "cron": None,
        "cron_payload": None,
        "scope": "public",
        "authorization": "AWS_IAM",
        "key_required": False,
        "declared_uses": None,
        "code": Code(),
        "place": HERE,
    }
    return Action(**{**plain, **members})


def microapp_of(identifier: str, **members: Any) -> Microapp:
    plain: dict[str, Any] = {
        "identifier": identifier,
        "name": identifier,
        "description": "",
        "version": "1.0.0",
        "is_root": False,
        "author": None,
        "contributors": (),
        "dependencies": {},
        "folders": Folders(),
        "frontend_engines": (),
        "tags": (),
        "path": Path("/app"),
        "parameters": (),
        "frontend_parameters": {},
        "backend_parameters": {},
        "globals": {},
        "resources": (),
        "models": (),
        "validations": (),
        "roles": (),
        "exports": Exports(),
        "hooks": (),
        "hook_writes": (),
        "migrations": (),
        "fixtures": (),
        "place": Place("deepkg.json", 1, 1),
    }
    return Microapp(**{**plain, **members})


def only_api(api: str) -> Callable[[str], str]:
    """From any microapplication to this API's id."""
    return lambda _: api


def opted_in(app: App) -> App:
    """The app with all that is set up for those alone who want it, in the environment dev."""
    monitoring = {"dev": Monitoring(dashboard=True, alarms=True, notify=("ops@example.com",))}
    return replace(app, property=replace(app.property, monitoring=monitoring, waf={"dev": True}))


def beside(app: App, *identifiers: str) -> App:
    """The app with more microapplications, which have an action `task:show` each."""
    shown = {identifier: action_of("show", microapp=identifier) for identifier in identifiers}
    more = tuple(microapp_of(identifier, resources=(Resource(identifier, "task", (action,)),)) for identifier, action in shown.items())
    uses = {action.identifier: Uses({}, (), (), HERE) for action in shown.values()}
    return replace(app, microapps=(*app.microapps, *more), uses={**app.uses, **uses})


def app_of(*parts: Model | Validation | Action | Role) -> App:
    """A property with an empty root and `deep.todo`, which holds `parts`."""
    models = tuple(part for part in parts if isinstance(part, Model))
    actions = tuple(part for part in parts if isinstance(part, Action))
    todo = microapp_of(
        "deep.todo",
        backend_parameters={"mail": {"from": "a@b.c"}},
        frontend_parameters={"colour": "red"},
        models=models,
        validations=tuple(part for part in parts if isinstance(part, Validation)),
        resources=(Resource("deep.todo", "task", actions),),
        roles=tuple(part for part in parts if isinstance(part, Role)),
    )
    root = microapp_of("deep.root", is_root=True, globals={"engine": ("vanilla",)})
    own = Property(Path("/app"), "Todo", "todo", "dev", "123456789012", "us-east-1", None, (), None, "v1", False, {}, False)
    uses = {action.identifier: action.declared_uses or Uses({}, (), (), action.place) for action in actions if action.type == "lambda"}
    return App(own, (root, todo), models, uses, ())
