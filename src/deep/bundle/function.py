"""What a function finds beside its code: `_config.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deep.bundle.target import Target
from deep.model import Action, App, Microapp, Model
from deep.names import app_hash, function_name, table_name
from deep.wire.config import CONFIG_VERSION, FunctionActionShape, FunctionMicroappShape, IndexShape, RuntimeConfig, TableShape


def function_config(app: App, action: Action, target: Target) -> RuntimeConfig:
    """The configuration of one action's function. Holds the tables that its function uses and no secret."""
    config: RuntimeConfig = {
        "version": CONFIG_VERSION,
        "env": target.env,
        "deployId": target.deploy_id,
        "region": target.region,
        "accountId": target.account_id,
        "appIdentifier": app.property.app_identifier,
        "microapp": action.microapp,
        "action": action.identifier,
        "forceUserIdentity": action.force_user_identity,
        "validationSchema": action.validation_schema,
        "development": target.development,
        "globals": plain(app.root.globals),
        "tables": {model.name: _table(app, model, target) for model in _models(app, action)},
        "microapps": {microapp.identifier: _microapp(app, microapp, target) for microapp in app.microapps},
    }
    if action.key_required:
        config["apiKeys"] = sorted(app.property.api_keys.values())
    return config


def model_table_name(app: App, model: Model, target: Target) -> str:
    """The DynamoDB table of a model (parity 76)."""
    return table_name(target.env, model.name, _hash(app, target))


def action_function_name(app: App, action: Action, target: Target) -> str:
    """The Lambda function of an action."""
    return function_name(target.env, action.microapp, action.resource, action.name, _hash(app, target))


def plain(value: Any) -> Any:
    """Read-only mappings and tuples as the dicts and lists that JSON writers know."""
    if isinstance(value, Mapping):
        return {key: plain(child) for key, child in value.items()}
    return [plain(child) for child in value] if isinstance(value, list | tuple) else value


def _hash(app: App, target: Target) -> str:
    return app_hash(target.account_id, app.property.app_identifier)


def _models(app: App, action: Action) -> Iterable[Model]:
    """Those the function uses; all of them when its code could not be told, for it may compute a model's name."""
    if action.declared_uses is None and (action.code.unclear or action.language != "python"):
        return app.models
    return (model for model in app.models if model.name in app.uses[action.identifier].models)


def _table(app: App, model: Model, target: Target) -> TableShape:
    shape: TableShape = {"name": model_table_name(app, model, target), "fields": plain(model.fields), "indexes": []}
    for index in model.indexes:
        told: IndexShape = {"name": index.name, "partition": index.partition}
        if index.sort is not None:
            told["sort"] = index.sort
        shape["indexes"].append(told)
    if model.settings.get("open"):
        shape["open"] = True
    return shape


def _microapp(app: App, microapp: Microapp, target: Target) -> FunctionMicroappShape:
    return {
        "isRoot": microapp.is_root,
        "parameters": plain(microapp.backend_parameters),
        "resources": {resource.name: {action.name: _action(app, action, target) for action in resource.actions} for resource in microapp.resources},
    }


def _action(app: App, action: Action, target: Target) -> FunctionActionShape:
    shape: FunctionActionShape = {"type": action.type, "methods": list(action.methods), "path": action.path}
    if action.url is not None:
        shape["url"] = action.url
    else:
        shape["functionName"] = action_function_name(app, action, target)
    return shape
