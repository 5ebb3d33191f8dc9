"""Compiled validation schemas: one Python file that ships beside a function's code and imports nothing but the standard library.

Each JSON Schema is compiled by fastjsonschema, so that a function interprets nothing and imports no validation library.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from deep.bundle.cache_folder import keep_sealed, kept_sealed
from deep.bundle.model_schema import schemas_of
from deep.errors import Problem, ProjectError
from deep.model import App

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
"""What a schema is read as when it does not say."""

_PRELUDE = Path(__file__).with_name("validator_prelude.py")
_KNOWN_IMPORTS = frozenset(
    ("from decimal import Decimal", "import re", "from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException")
)


def compile_validators(app: App) -> str:
    """The text of `_validators.py`, whose `VALIDATORS` maps a schema's name to `validator(data, convert=False) -> (data, errors)`.

    Raises ProjectError naming every schema that cannot be compiled.
    """
    schemas = schemas_of(app)
    paths = {validation.name: str(validation.path) for validation in app.validations}
    compiled, problems = {}, []
    for name, schema in schemas.items():
        try:
            compiled[name] = compile_schema(schema)
        except (re.error, RecursionError, ValueError, TypeError, KeyError, AttributeError) as error:
            message = f'the validation schema "{name}" cannot be compiled: {error}'
            problems.append(Problem("bad-schema", message, file=paths.get(name), help="see https://json-schema.org for draft 7's keywords"))
    if problems:
        raise ProjectError(*problems)
    return render_validators({name: (schemas[name], code) for name, code in compiled.items()})


def compile_validators_once(app: App, folder: Path) -> bytes:
    """As `compile_validators`, kept in `folder` for the next time: named by the schemas and by all that compiles them."""
    digest = sha256(json.dumps(schemas_of(app)).encode())
    for part in _compiler():
        digest.update(b"\0" + part)
    path = folder / f"{digest.hexdigest()}.validators"
    text = kept_sealed(path)
    if text is None:
        text = compile_validators(app).encode()
        keep_sealed(path, text)
    return text


def _compiler() -> Iterator[bytes]:
    """What the text is made by, byte for byte: Python, this file, the prelude and fastjsonschema, which need not be imported for that."""
    yield sys.version.encode()
    spec = find_spec("fastjsonschema")
    places = spec.submodule_search_locations if spec is not None else None
    for path in (Path(__file__), _PRELUDE, *(path for place in places or () for path in sorted(Path(place).glob("*.py")))):
        yield path.read_bytes()


def render_validators(compiled: Mapping[str, tuple[Mapping[str, Any], str]]) -> str:
    """The file for schemas by name, each with its compiled code."""
    from textwrap import indent

    parts = [_PRELUDE.read_text(encoding="utf-8")]
    for number, (_, code) in enumerate(compiled.values()):
        parts.append(f"def _build_{number}():\n{indent(code, '    ')}\n    return validate\n")
    entries = "".join(f"    {name!r}: Validator({schema!r}, _build_{number}),\n" for number, (name, (schema, _)) in enumerate(compiled.items()))
    parts.append(f"VALIDATORS = {{\n{entries}}}\n")
    return "\n\n".join(parts)


def compile_schema(schema: Mapping[str, Any]) -> str:
    """The Python text of one schema: a function `validate(data)` that raises all of a document's errors at once.

    Raises ValueError and others for what is no schema; a reference that leads out of the schema is refused.
    """
    import fastjsonschema

    refuse = dict.fromkeys(("http", "https", "ftp", "file", "data", ""), _refuse_reference)
    code = fastjsonschema.compile_to_code({"$schema": DRAFT_7, **schema}, handlers=refuse, use_default=False, fast_fail=False)
    head, _, body = code.partition("\n\n\n")  # two empty lines end the imports
    unknown = {line for line in head.splitlines() if line and not line.startswith("VERSION")} - _KNOWN_IMPORTS
    if unknown:
        raise ValueError(f"the compiled schema would import {', '.join(sorted(unknown))}")
    # Functions get their numbers from JSON, which makes no Decimal: an empty tuple keeps the isinstance checks right without the import.
    lines = ["Decimal = ()", *(["import re"] if "re.compile(" in body else [])]
    return "\n".join([*lines, body])


def _refuse_reference(uri: str) -> NoReturn:
    raise ValueError(f"$ref {uri!r} leads out of the schema; copy what it needs under definitions")
