"""The API of an app as an OpenAPI 3.1 document: what may be sent where, by whom, and what comes back.

Made of what the gateway and the functions really do: routes from `resources.json`, inputs from the compiled schemas, errors in the runtime's words.
Sources: OpenAPI Specification 3.1.1; JSON Schema 2020-12, which its schemas are written in, whereas ours are of draft 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deep.bundle.function import plain
from deep.bundle.model_schema import model_schema
from deep.model import Action, App

JSON = "application/json"
_IN_QUERY = frozenset(("GET", "HEAD", "DELETE"))
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "AWS Signature Version 4 with an identity's temporary credentials, service execute-api",
    "x-amazon-apigateway-authtype": "awsSigv4",
}
_KEY = {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "A key made by `deepify key add`"}

_MESSAGE = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
_ERROR = {
    "type": "object",
    "properties": {
        "errorType": {"type": "string"},
        "errorMessage": {"type": "string"},
        "errorStack": {"type": "string"},
        "validationErrors": {
            "type": "array",
            "items": {"type": "object", "properties": {"path": {"type": "string"}, "message": {"type": "string"}}, "required": ["path", "message"]},
        },
    },
    "required": ["errorType", "errorMessage"],
}
_FAILURES = {
    "BadRequest": ("The input is not JSON, does not fit the schema, or is refused by the function", ("Error", "Message")),
    "Forbidden": ("The caller is not let in: no or a wrong signature, role or key", ("Message", "Error")),
    "NotFound": ("There is no such thing", ("Error", "Message")),
    "Conflict": ("The thing exists already, or is in another state", ("Error",)),
    "TooLarge": ("The input is larger than 6 MB", ("Message",)),
    "TooMany": ("Too many calls at once; `retry-after` says when to try again", ("Message",)),
    "Failed": ("The function failed", ("Error", "Message")),
    "BadGateway": ("The function died, or answered what is no answer", ("Message",)),
    "Timeout": ("The function took too long", ("Message",)),
}
_STATUSES = {
    "400": "BadRequest",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "413": "TooLarge",
    "429": "TooMany",
    "500": "Failed",
    "502": "BadGateway",
    "504": "Timeout",
}


def openapi_document(app: App, server: str = "/") -> dict[str, Any]:
    """Paths, inputs, answers and security of every action that has a route. `server` is the URL that the paths are below."""
    served = [action for action in app.actions if action.type == "lambda" and action.scope != "private"]
    described = [microapp for microapp in app.microapps if any(action.microapp == microapp.identifier for action in served)]
    return {
        "openapi": "3.1.1",
        "info": {"title": app.property.app_name, "version": str(app.root.globals.get("version") or app.root.version)},
        "servers": [{"url": server}],
        "tags": [{"name": microapp.identifier, "description": microapp.description} for microapp in described],
        "paths": {action.path: _path(action, app) for action in served},
        "components": {
            "schemas": {"Error": _ERROR, "Message": _MESSAGE, **dict(_inputs(app, served))},
            "responses": {name: _response(*told) for name, told in _FAILURES.items()},
            "securitySchemes": {"signature": _SIGNATURE, "key": _KEY},
        },
    }


def _path(action: Action, app: App) -> dict[str, Any]:
    methods = (*action.methods, "HEAD") if "GET" in action.methods and "HEAD" not in action.methods else action.methods
    return {method.lower(): _operation(action, method, app) for method in methods}


def _operation(action: Action, method: str, app: App) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{action.identifier.replace(':', '.')}.{method.lower()}",
        "tags": [action.microapp],
        "summary": action.description or action.identifier,
        "responses": {
            "200": {"description": "What the function answers", "content": {JSON: {"schema": {}}}},
            **{status: {"$ref": f"#/components/responses/{name}"} for status, name in _STATUSES.items()},
        },
        "security": _security(action),
    }
    if action.validation_schema is None:
        return operation
    if method in _IN_QUERY:
        operation["parameters"] = list(_parameters(_source(app, action.validation_schema), action.validation_schema))
    else:
        content = {JSON: {"schema": {"$ref": _reference(action.validation_schema)}}}
        operation["requestBody"] = {"content": content, "required": True}
    return operation


def _security(action: Action) -> list[dict[str, list[str]]]:
    """All schemes of one object are needed at once; an empty object lets everybody in."""
    needed: dict[str, list[str]] = {"signature": []} if action.authorization == "AWS_IAM" else {}
    return [needed | ({"key": []} if action.key_required else {})]


def _parameters(schema: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The members of an object as query parameters; each a text, which the function converts to what its schema asks for."""
    properties = schema.get("properties")
    for member in properties if isinstance(properties, Mapping) else ():
        yield {
            "name": member,
            "in": "query",
            "required": member in schema.get("required", ()),
            "schema": {"$ref": f"{_reference(name)}/properties/{_escaped(member)}"},
        }


def _response(description: str, schemas: tuple[str, ...]) -> dict[str, Any]:
    named = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    return {"description": description, "content": {JSON: {"schema": named[0] if len(named) == 1 else {"anyOf": named}}}}


def _inputs(app: App, served: list[Action]) -> Iterator[tuple[str, Any]]:
    names = sorted({action.validation_schema for action in served if action.validation_schema is not None})
    for name in names:
        yield f"{name}Input", modern(_source(app, name), _reference(name))


def _source(app: App, name: str) -> dict[str, Any]:
    """The draft 7 schema of that name: a validation schema, or a model's."""
    for validation in app.validations:
        if validation.name == name:
            return dict(plain(validation.schema))
    return next((model_schema(model) for model in app.models if model.name == name), {})


def _reference(name: str) -> str:
    return f"#/components/schemas/{name}Input"


def _escaped(member: str) -> str:
    """A step of a JSON pointer in a URI fragment (RFC 6901, 3 and 6)."""
    from urllib.parse import quote

    return quote(member.replace("~", "~0").replace("/", "~1"), safe="~")


_MAPS = frozenset(("properties", "patternProperties", "definitions", "dependentSchemas"))
_LITERAL = frozenset(("enum", "const", "default", "examples"))


def modern(schema: Any, home: str) -> Any:
    """A draft 7 schema as one of 2020-12 that lives at `home`: tuples, dependencies and references are written anew; meanings stay."""
    if isinstance(schema, list):
        return [modern(item, home) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    made: dict[str, Any] = {}
    for word, value in schema.items():
        if word in ("$schema", "$id", "$comment"):
            continue
        if word in _LITERAL:
            made[word] = value
        elif word in _MAPS and isinstance(value, Mapping):
            made[word] = {name: modern(child, home) for name, child in value.items()}
        else:
            made |= _modern_word(word, value, schema, home)
    return made


def _modern_word(word: str, value: Any, schema: Mapping[str, Any], home: str) -> dict[str, Any]:
    is_tuple = isinstance(schema.get("items"), list)
    match word:
        case "$ref":
            return {"$ref": home + value.removeprefix("#")}
        case "items" if is_tuple:
            return {"prefixItems": modern(value, home)}
        case "additionalItems":
            return {"items": modern(value, home)} if is_tuple else {}
        case "dependencies":
            return {
                "dependentRequired": {name: needed for name, needed in value.items() if isinstance(needed, list)},
                "dependentSchemas": {name: modern(needed, home) for name, needed in value.items() if not isinstance(needed, list)},
            }
        case _:
            return {word: modern(value, home)}
