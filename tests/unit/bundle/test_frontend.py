"""The browser's configuration: its shape, and what never gets into it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from deep.bundle.frontend import Endpoints, frontend_config, local_identity_pool
from deep.bundle.model_schema import model_schema
from deep.errors import Place
from deep.model import App, Model
from deep.wire.config import UserPoolShape
from tests.unit.bundle.site_apps import TARGET, action, schema, task, two_microapps, write


def todo(tmp_path: Path) -> App:
    write(tmp_path / "DeepRoot/Frontend", {"index.html": ""})
    write(tmp_path / "DeepTodo/Frontend", {"bootstrap.js": ""})
    create = action("create", validation_schema="NewTodo", cache_ttl_s=60)
    rates = action("rates", type="external", url="https://rates.example/v1", methods=("GET", "POST"), authorization="NONE", source=None)
    made = two_microapps(
        tmp_path,
        globals_={"version": "1.0"},
        resources=task(create, rates),
        frontend_parameters=MappingProxyType({"page": MappingProxyType({"sizes": (10, 20)})}),
        backend_parameters={"apiSecret": "hunter2"},
        validations=(schema("NewTodo", MappingProxyType({"type": "object", "required": ["Title"]})),),
    )
    return replace(made, models=(Model("Todo", {"Title": "string", "Completed": "boolean"}, (), {}, Place("Todo.json", 1, 1)),))


def test_the_whole_document(tmp_path: Path) -> None:
    app = todo(tmp_path)
    assert frontend_config(app, TARGET) == {
        "version": 1,
        "env": "dev",
        "deployId": "1234abcd",
        "awsRegion": "us-east-1",
        "apiBaseUrl": "",
        "identityPoolId": local_identity_pool(app, TARGET),
        "identityEndpoint": "/_/cognito-identity",
        "identityProviders": {},
        "userPool": None,
        "apiSigning": {"service": "execute-api", "region": "us-east-1", "host": None},
        "actAs": None,
        "roles": ["unauthenticated", "authenticated"],
        "acl": {role: ["deep.todo:task:rates"] for role in ("unauthenticated", "authenticated")},
        "liveReload": None,
        "globals": {"version": "1.0"},
        "models": {"Todo": {"Title": "string", "Completed": "boolean"}},
        "validationSchemas": {"Todo": model_schema(app.models[0]), "NewTodo": {"type": "object", "required": ["Title"]}},
        "microapps": {
            "deep.root": {"isRoot": True, "hasBootstrap": False, "parameters": {}, "resources": {}},
            "deep.todo": {
                "isRoot": False,
                "hasBootstrap": True,
                "parameters": {"page": {"sizes": [10, 20]}},
                "resources": {
                    "task": {
                        "create": {
                            "type": "lambda",
                            "methods": ["POST"],
                            "source": {"api": "/deep-todo/task/create", "original": "arn:aws:lambda:::function:deep.todo-task-create"},
                            "cacheTtl": 60,
                            "scope": "public",
                            "authorization": "AWS_IAM",
                            "keyRequired": False,
                            "validationSchema": "NewTodo",
                        },
                        "rates": {
                            "type": "external",
                            "methods": ["GET", "POST"],
                            "source": {"api": "https://rates.example/v1", "original": "https://rates.example/v1"},
                            "cacheTtl": -1,
                            "scope": "public",
                            "authorization": "NONE",
                            "keyRequired": False,
                            "validationSchema": None,
                        },
                    }
                },
            },
        },
    }


def test_backend_parameters_never_reach_the_browser(tmp_path: Path) -> None:
    """Parity 38."""
    text = json.dumps(frontend_config(todo(tmp_path), TARGET))
    assert "hunter2" not in text
    assert "apiSecret" not in text


def test_providers_that_the_app_trusts_are_named_with_their_client_ids(tmp_path: Path) -> None:
    providers = {"accounts.google.com": "client-1.apps.example", "www.amazon.com": None}
    app = two_microapps(tmp_path, globals_={"security": MappingProxyType({"identityProviders": MappingProxyType(providers)})})
    assert frontend_config(app, TARGET)["identityProviders"] == {"accounts.google.com": "client-1.apps.example"}


def test_the_user_pool_is_named_where_there_is_one(tmp_path: Path) -> None:
    pool: UserPoolShape = {
        "id": "us-east-1_a",
        "clientId": "c",
        "endpoint": "/_/cognito-idp",
        "issuer": "http://localhost:8000/_/cognito-idp/us-east-1_a",
    }
    assert frontend_config(todo(tmp_path), TARGET, Endpoints(user_pool=pool))["userPool"] == pool


def test_deployed_endpoints_replace_the_local_ones(tmp_path: Path) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:DeepDevDeepTodoTaskCreate1234abcd"
    endpoints = Endpoints("https://api.example", "https://cognito.example/", "us-east-1:pool", None, {"deep.todo:task:create": arn})
    config = frontend_config(todo(tmp_path), TARGET, endpoints)
    assert (config["apiBaseUrl"], config["identityEndpoint"], config["identityPoolId"]) == (
        "https://api.example",
        "https://cognito.example/",
        "us-east-1:pool",
    )
    assert config["microapps"]["deep.todo"]["resources"]["task"]["create"]["source"]["original"] == arn


def test_a_validation_schema_of_a_models_name_stands_for_the_model(tmp_path: Path) -> None:
    """Parity 41: the browser checks by the same schema as the function."""
    made = two_microapps(tmp_path, validations=(schema("Todo", {"type": "object"}),))
    app = replace(made, models=(Model("Todo", {"Title": "string"}, (), {}, Place("Todo.json", 1, 1)),))
    assert frontend_config(app, TARGET)["validationSchemas"] == {"Todo": {"type": "object"}}


def test_local_pools_are_one_for_each_app(tmp_path: Path) -> None:
    made = todo(tmp_path)
    other = replace(made, property=replace(made.property, app_identifier="other"))
    assert local_identity_pool(made, TARGET) == local_identity_pool(made, TARGET)
    assert local_identity_pool(made, TARGET) != local_identity_pool(other, TARGET)
    assert local_identity_pool(made, TARGET).startswith("us-east-1:")
