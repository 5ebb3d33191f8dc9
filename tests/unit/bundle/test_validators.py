"""Compiled validators: their verdicts equal jsonschema's, and all errors of a document are told."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastjsonschema import JsonSchemaDefinitionException
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from deep.bundle import model_schema as schemas
from deep.bundle.cache_folder import keep_sealed
from deep.bundle.model_schema import model_schema
from deep.bundle.validators import compile_schema, compile_validators, compile_validators_once, render_validators
from deep.errors import Place, ProjectError
from deep.model import Model
from deep.runtime import fields
from deep.runtime.deployment import Deployment
from deep.runtime.exceptions import ValidationError
from deep.runtime.fields import check
from deep.runtime.validation import Validation
from tests.fakes.apps import app_of, validation_of
from tests.fakes.tables import function_config

PERSON = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "age": {"type": "integer", "minimum": 0},
        "weight": {"type": "number"},
        "member": {"type": "boolean"},
        "address": {
            "type": "object",
            "required": ["street"],
            "properties": {"street": {"type": "string"}, "lines": {"type": "array", "items": {"type": "string"}}},
        },
    },
}


def load(source: str) -> ModuleType:
    module = ModuleType("_validators")
    exec(compile(source, "_validators.py", "exec"), module.__dict__)
    return module


def validator_of(schema: dict[str, Any]) -> Any:
    return load(render_validators({"X": (schema, compile_schema(schema))})).VALIDATORS["X"]


def test_generated_code_imports_only_the_standard_library() -> None:
    pattern = {"properties": {"a": {"pattern": "^x", "format": "date-time"}}, "patternProperties": {"^y": {"format": "email"}}}
    source = compile_validators(app_of(validation_of("Pattern", pattern), validation_of("Person", PERSON)))
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert imported == {"__future__", "re", "typing", "collections.abc"}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_every_error_of_a_document_by_dotted_path() -> None:
    """Parity 68."""
    _, errors = validator_of(PERSON)({"name": "", "weight": "x", "address": {"lines": ["a", 5]}})
    assert {error["path"]: error["message"] for error in errors} == {
        "age": "is required",
        "name": "must be longer than or equal to 1 characters",
        "weight": "must be number",
        "address.street": "is required",
        "address.lines.1": "must be string",
    }


def test_unknown_keys_are_stripped() -> None:
    """Parity 68."""
    data = {"name": "a", "age": 1, "x": 1, "address": {"street": "s", "y": 2}}
    assert validator_of(PERSON)(data) == ({"name": "a", "age": 1, "address": {"street": "s"}}, [])
    assert "x" in data, "what the caller holds is not changed"


@pytest.mark.parametrize(
    ("schema", "data", "kept"),
    [
        ({"properties": {"a": {}}, "additionalProperties": True}, {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        ({"properties": {"a": {}}, "additionalProperties": {"properties": {"c": {}}}}, {"b": {"c": 1, "d": 2}}, {"b": {"c": 1}}),
        ({"patternProperties": {"^x": {}}}, {"x1": 1, "y": 2}, {"x1": 1}),
        ({"type": "object"}, {"any": {"thing": 1}}, {"any": {"thing": 1}}),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}),
        (
            {"items": [{"properties": {"a": {}}}], "additionalItems": {"properties": {"b": {}}}},
            [{"a": 1, "x": 1}, {"b": 1, "x": 1}],
            [{"a": 1}, {"b": 1}],
        ),
        (
            {"definitions": {"n": {"properties": {"n": {"$ref": "#/definitions/n"}}}}, "$ref": "#/definitions/n"},
            {"n": {"n": {}, "x": 1}},
            {"n": {"n": {}}},
        ),
    ],
)
def test_what_is_stripped(schema: dict[str, Any], data: Any, kept: Any) -> None:
    assert validator_of(schema)(data) == (kept, [])


def test_additional_properties_false_refuses_instead() -> None:
    _, errors = validator_of({"properties": {"a": {}}, "additionalProperties": False})({"b": 1})
    assert len(errors) == 1


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("number", "1.5", 1.5),
        ("number", "-2", -2),
        ("number", "1e3", 1000.0),
        ("integer", "007", 7),
        ("boolean", "true", True),
        ("boolean", "false", False),
        (["number", "null"], "4", 4),
        (["number", "string"], "4", "4"),
        ("string", "4", "4"),
    ],
)
def test_text_is_converted_where_the_schema_says(type_: Any, text: str, value: Any) -> None:
    """Parity 68."""
    validator = validator_of({"properties": {"x": {"type": type_}, "l": {"items": {"type": type_}}}})
    converted, errors = validator({"x": text, "l": [text]}, True)
    assert (converted, errors) == ({"x": value, "l": [value]}, [])
    assert type(converted["x"]) is type(value)
    if value != text:
        assert validator({"x": text})[1], "only when asked to"


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("number", "1_0"),
        ("number", "nan"),
        ("number", "1e999"),
        ("number", ""),
        ("integer", "1.5"),
        ("integer", "٣"),
        ("boolean", "yes"),
        ("number", "9" * 5000),
    ],
)
def test_text_that_is_no_number_is_refused(type_: str, text: str) -> None:
    _, errors = validator_of({"properties": {"x": {"type": type_}}})({"x": text}, True)
    assert [error["path"] for error in errors] == ["x"]


NAMES = st.sampled_from(["a", "b", "c", "with space", "da.sh-ed", "quo\"te's", "{brace}", "ключ"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"])
LEAF = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | st.lists(TYPES, min_size=1, unique=True),
        "minimum": st.integers(-2, 2),
        "maxLength": st.integers(0, 3),
        "enum": st.lists(JSON, min_size=1, max_size=3),
    },
)
SCHEMAS = st.recursive(
    LEAF,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
            "items": inner,
            "minItems": st.integers(0, 2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema=SCHEMAS, documents=st.lists(JSON, min_size=1, max_size=4))
def test_verdicts_equal_jsonschemas(schema: dict[str, Any], documents: list[Any]) -> None:
    try:
        validator = validator_of(schema)
    except JsonSchemaDefinitionException:
        # The compiler also refuses to compile what no object can fit: a property that is required and not allowed.
        reject()
    for document in documents:
        _, errors = validator(document)
        assert (errors == []) == Draft7Validator(schema).is_valid(document), (schema, document, errors)


def test_deep_documents_do_not_break_the_function() -> None:
    validator = validator_of({"definitions": {"n": {"properties": {"n": {"$ref": "#/definitions/n"}}}}, "$ref": "#/definitions/n"})
    document: dict[str, Any] = {}
    for _ in range(5000):
        document = {"n": document}
    assert validator(document)[1] == [{"path": "", "message": "is nested too deeply"}]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nothing"},
        {"properties": 5},
        {"pattern": "("},
        {"$ref": "http://example.test/x.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#/definitions/no"},
        {"$ref": "other.json"},
    ],
)
def test_bad_schemas_are_problems_of_their_files(schema: dict[str, Any]) -> None:
    good, bad = validation_of("Good", PERSON), validation_of("Bad", {"properties": {"a": schema}})
    with pytest.raises(ProjectError) as caught:
        compile_validators(app_of(good, bad))
    assert [(problem.code, Path(problem.file or "").name) for problem in caught.value.problems] == [("bad-schema", "Bad.json")]


def test_two_schemas_do_not_mix(tmp_path: Path) -> None:
    """Parity 68: by name, through the service, from the file beside the configuration."""
    first, second = {"properties": {"a": {"pattern": "^x$"}}}, {"properties": {"a": {"pattern": "^y$"}}}
    path = tmp_path / "_validators.py"
    path.write_text(compile_validators(app_of(validation_of("First", first), validation_of("Second", second))))
    service = Validation(Deployment(function_config(), str(path)))  # type: ignore[arg-type]
    assert service.validate("First", {"a": "x", "b": 1}) == {"a": "x"}
    assert service.validate("Second", {"a": "y"}) == {"a": "y"}
    assert (service.has_schema("First"), service.has_schema("Third")) == (True, False)
    with pytest.raises(ValidationError, match="a: must match pattern"):
        service.validate("First", {"a": "y"})


TODO = Model("Todo", {"Title": "string", "Done": "boolean", "Rank": "number", "Place": {"Street": "string"}}, (), {}, Place("Todo.json", 1, 1))


def test_a_model_is_a_schema() -> None:
    """Parity 68."""
    validator = load(compile_validators(app_of(TODO))).VALIDATORS["Todo"]
    assert validator({"Title": "a", "Id": "1", "Extra": 1}) == ({"Title": "a", "Id": "1"}, [])
    assert [error["path"] for error in validator({"Title": 5, "Place": {"Street": 1}})[1]] == ["Title", "Place.Street"]
    assert validator({"Rank": "5", "Done": "true"}, True) == ({"Rank": 5, "Done": True}, [])


def test_an_open_model_strips_nothing() -> None:
    model = Model("Note", {"Title": "string"}, (), {"open": True}, Place("Note.json", 1, 1))
    assert validator_of(model_schema(model))({"Title": "a", "Extra": 1}) == ({"Title": "a", "Extra": 1}, [])


KINDS = sorted(fields._KINDS)
TEXTS = st.one_of(
    st.text(max_size=4),
    st.sampled_from(
        ["2016-02-01", "2016-02-01T10:00:00Z", "a@b.c", "https://a.b", "AAE=", "a@b.c\n", "01234567-89ab-cdef-0123-456789abcdef", "2016-1-1"]
    ),
    *(st.from_regex(f"^(?:{pattern})$") for pattern in schemas.PATTERNS.values()),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
)


def test_both_halves_know_the_same_texts() -> None:
    assert fields.PATTERNS == schemas.PATTERNS
    assert all(re.compile(pattern) for pattern in schemas.PATTERNS.values())


@settings(deadline=None, max_examples=400)
@given(kind=st.sampled_from(KINDS), value=VALUES)
def test_a_models_schema_and_its_table_agree(kind: str, value: Any) -> None:
    """What the compiled schema of a model lets through, the table takes, and nothing else."""
    schema = model_schema(Model("M", {"x": kind}, (), {}, Place("M.json", 1, 1)))
    try:
        check({"x": kind}, {"x": value})
    except ValidationError:
        accepted = False
    else:
        accepted = True
    assert (MODEL_VALIDATORS.setdefault(kind, validator_of(schema))({"x": value})[1] == []) == accepted


MODEL_VALIDATORS: dict[str, Any] = {}


def test_schemas_are_compiled_once_and_again_where_they_changed_or_damage_came(tmp_path: Path) -> None:
    first, second = app_of(validation_of("X", PERSON)), app_of(validation_of("X", {**PERSON, "required": ["name"]}))
    assert compile_validators_once(first, tmp_path) == compile_validators(first).encode()
    (kept,) = tmp_path.iterdir()
    keep_sealed(kept, b"as it was kept")
    assert compile_validators_once(first, tmp_path) == b"as it was kept"
    assert compile_validators_once(second, tmp_path) == compile_validators(second).encode()
    kept.write_bytes(kept.read_bytes() + b"x")
    assert compile_validators_once(first, tmp_path) == compile_validators(first).encode()
