"""What a function finds beside its code: `_config.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deep.bundle.target import Target
from deep.model import Action, App, Microapp, Model
from deep.names import CloudNames, app_hash
from deep.security.function_policy import data_document, data_role
from deep.wire.config import CONFIG_VERSION, SECRET_REFERENCE, FunctionActionShape, FunctionMicroappShape, IndexShape, RuntimeConfig, TableShape


def function_config(app: App, action: Action, target: Target, microapps: dict[str, FunctionMicroappShape] | None = None) -> RuntimeConfig:
    """The configuration of one action's function. Holds the tables and the actions that its function uses, so that it changes when these do, and no
    secret: of those, where they are kept.

    `microapps` are `microapp_shapes`, from those who ask for many configurations.
    """
    names = cloud_names(app, target)
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
        "microapps": _known(app, action, microapp_shapes(app, target) if microapps is None else microapps),
    }
    if action.key_required:
        config["apiKeys"] = sorted(app.property.api_keys.values())
    if data_document(app, action, names) is not None:
        config["dataRole"] = names.role_arn(data_role(action))
    return config


def cloud_names(app: App, target: Target) -> CloudNames:
    """The names and ARNs of the app where it is bundled for."""
    return CloudNames(target.env, app_hash(target.account_id, app.property.app_identifier), target.account_id, target.region)


def microapp_shapes(app: App, target: Target) -> dict[str, FunctionMicroappShape]:
    """What can be known of all microapplications, by identifier."""
    return {microapp.identifier: _microapp(app, microapp, target) for microapp in app.microapps}


def model_table_name(app: App, model: Model, target: Target) -> str:
    """The DynamoDB table of a model (parity 76)."""
    return cloud_names(app, target).table(model.name, own=model.own)


def action_function_name(app: App, action: Action, target: Target) -> str:
    """The Lambda function of an action."""
    return cloud_names(app, target).function(action.identifier)


def plain(value: Any) -> Any:
    """Read-only mappings and tuples as the dicts and lists that JSON writers know."""
    if isinstance(value, Mapping):
        return {key: plain(child) for key, child in value.items()}
    return [plain(child) for child in value] if isinstance(value, list | tuple) else value


def _models(app: App, action: Action) -> Iterable[Model]:
    """Those the function uses; all of them when its code could not be told, for it may compute a model's name."""
    return app.models if _is_untold(action) else (model for model in app.models if model.name in app.uses[action.identifier].models)


def _known(app: App, action: Action, microapps: Mapping[str, FunctionMicroappShape]) -> dict[str, FunctionMicroappShape]:
    """The microapplications with the actions that the function calls; with all of them when its code could not be told."""
    if _is_untold(action):
        return dict(microapps)
    known: dict[str, FunctionMicroappShape] = {identifier: {**shape, "resources": {}} for identifier, shape in microapps.items()}
    for identifier in app.uses[action.identifier].actions:
        microapp, resource, name = identifier.split(":")
        known[microapp]["resources"].setdefault(resource, {})[name] = microapps[microapp]["resources"][resource][name]
    return known


def _is_untold(action: Action) -> bool:
    return action.declared_uses is None and (bool(action.code.unclear) or action.language != "python")


def _table(app: App, model: Model, target: Target) -> TableShape:
    shape: TableShape = {"name": model_table_name(app, model, target), "fields": plain(model.fields), "indexes": []}
    for index in model.indexes:
        told: IndexShape = {"name": index.name, "partition": index.partition}
        if index.sort is not None:
            told["sort"] = index.sort
        shape["indexes"].append(told)
    if model.settings.get("open"):
        shape["open"] = True
    if model.own:
        shape["own"] = True
    return shape


def _microapp(app: App, microapp: Microapp, target: Target) -> FunctionMicroappShape:
    return {
        "isRoot": microapp.is_root,
        "parameters": _parameters(microapp, cloud_names(app, target)),
        "resources": {resource.name: {action.name: _action(app, action, target) for action in resource.actions} for resource in microapp.resources},
    }


def _parameters(microapp: Microapp, names: CloudNames) -> dict[str, Any]:
    """The backend parameters; a secret one is a reference, `{"$secret": "/DeepDev1234abcd/deep.todo/mail/key"}`, read when it is asked for."""
    tree: dict[str, Any] = plain(microapp.backend_parameters)
    for parameter in microapp.parameters:
        if parameter.secret and parameter.value is not None:
            *outer, last = parameter.name.split("|")
            node = tree
            for step in outer:
                node = node.setdefault(step, {})
            node[last] = {SECRET_REFERENCE: names.parameter(microapp.identifier, parameter.name), "type": parameter.type}
    return tree


def _action(app: App, action: Action, target: Target) -> FunctionActionShape:
    shape: FunctionActionShape = {"type": action.type, "methods": list(action.methods), "path": action.path}
    if action.url is not None:
        shape["url"] = action.url
    else:
        shape["functionName"] = cloud_names(app, target).entry(action.identifier)
    return shape
