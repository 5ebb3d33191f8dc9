"""From a folder to an `App`: the article's files, both dialects, every default, and which microapplications a path means."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from deep.errors import DeepError, ExitCode, ProjectError, UsageError
from deep.model import Index, app_as_json, load_app
from deep.model.app import Monitoring
from deep.model.property import generated_deeploy, load_property
from deep.model.read import Disk
from deep.model.reading import Reading
from tests.unit.model.conftest import CREATE, HEALTHY, Bench

REPOSITORY = Path(__file__).parents[3]
ARTICLE = REPOSITORY / "tests" / "cases" / "model" / "article"
RESOURCES = "Shop/Backend/resources.json"


def test_the_files_of_the_article_load_unchanged() -> None:
    """Parity 32."""
    app = load_app(ARTICLE, environ={})
    todo = app.microapp("deep.todo")
    assert [(action.identifier, action.methods, action.path) for action in todo.actions] == [
        ("deep.todo:task:create", ("POST",), "/deep-todo/task/create"),
        ("deep.todo:task:retrieve", ("GET",), "/deep-todo/task/retrieve"),
        ("deep.todo:task:delete", ("DELETE",), "/deep-todo/task/delete"),
        ("deep.todo:task:update", ("PUT",), "/deep-todo/task/update"),
    ]
    assert {(action.runtime, action.language) for action in todo.actions} == {("nodejs", "nodejs")}
    assert [(model.name, dict(model.fields)) for model in app.models] == [("Todo", {"Title": "string", "Completed": "boolean"})]
    assert todo.author is not None
    assert (todo.author.name, todo.contributors[0].email, todo.frontend_engines) == ("Mitoc Group", "hello@deep.mg", ("angular",))
    assert (todo.frontend_parameters, todo.backend_parameters, todo.globals) == ({}, {}, {})
    assert [(hook.moment, hook.language) for hook in todo.hooks] == [("init", "nodejs")]
    assert (todo.roles[0].name, todo.roles[0].statements[0].actions) == ("authenticated", ("deep.todo:task:create",))
    assert app.warnings == ()


@pytest.mark.parametrize("name", ["apps/todo", "apps/hello-world"])
def test_the_apps_of_this_repository_load(name: str) -> None:
    app = load_app(REPOSITORY / name, environ={})
    assert app.actions
    assert app.warnings == ()


def test_an_action_without_options_has_every_default(bench: Bench) -> None:
    """Parity 34, 35, 36."""
    (action,) = bench.load().actions
    assert (action.type, action.url, action.source) == ("lambda", None, bench.path / "Shop/Backend/src/Task/Create")
    assert (action.memory_mb, action.timeout_s, action.runtime, action.language) == (512, 30, "python", "python")
    assert (action.cache_ttl_s, action.force_user_identity, action.validation_schema, action.declared_uses) == (-1, True, None, None)
    assert (action.cron, action.cron_payload, action.scope, action.authorization, action.key_required) == (None, None, "public", "AWS_IAM", False)
    assert (str(action.place), action.description) == ("Shop/Backend/resources.json:3:5", "Makes a task")


def test_an_action_with_every_option(bench: Bench) -> None:
    """Parity 34, 35, 36."""
    options = {
        "methods": ["GET", "HEAD"],
        "cacheTtl": 0,
        "forceUserIdentity": False,
        "validationSchema": "NewTask",
        "uses": {"models": {"Task": ["create"]}},
        "engine": {"memory": 10240, "timeout": 900, "runtime": "python3.13"},
        "cron": "0/5 8-17 ? * MON-FRI *",
        "cronPayload": {"all": True},
        "api": {"authorization": "NONE", "keyRequired": True},
        "skipCompile": True,
    }
    (action,) = bench.load(bench.action(**options)).actions
    assert (action.methods, action.cache_ttl_s, action.force_user_identity) == (("GET", "HEAD"), 0, False)
    assert action.validation_schema == "NewTask"
    assert action.declared_uses
    assert action.declared_uses.models == {"Task": frozenset({"create"})}
    assert (action.memory_mb, action.timeout_s, action.runtime, action.language) == (10240, 900, "python3.13", "python")
    assert (action.cron, action.cron_payload, action.scope) == ("0/5 8-17 ? * MON-FRI *", {"all": True}, "private")
    assert (action.authorization, action.key_required) == ("NONE", True)


def test_a_scope_that_is_written_stands_beside_a_cron(bench: Bench) -> None:
    (action,) = bench.load(bench.action(cron="0 6 * * ? *", scope="protected")).actions
    assert action.scope == "protected"


def test_an_external_action_has_a_url_and_no_code(bench: Bench) -> None:
    """Parity 34."""
    (action,) = bench.load(bench.action(type="external", source="https://api.acme.example/v1")).actions
    assert (action.type, action.url, action.source, action.runtime, action.language) == ("external", "https://api.acme.example/v1", None, None, None)


def test_a_validation_schema_may_be_a_model(bench: Bench) -> None:
    """Parity 41: every model is a schema of its own name."""
    assert bench.load(bench.action(validationSchema="Task")).actions[0].validation_schema == "Task"


def test_the_later_dialect_of_folders_is_found_too(bench: Bench) -> None:
    """Parity 33."""
    later = {name: None if name.startswith("Shop/") else content for name, content in HEALTHY.items()}
    later |= {"shop/deepkg.json": HEALTHY["Shop/deepkg.json"], "shop/backend/resources.json": HEALTHY[RESOURCES]}
    later |= {
        "shop/backend/src/Task/Create/bootstrap.py": "handler = print",
        "shop/data/models/Task.json": {"A": "string"},
        "shop/frontend/index.html": "",
    }
    shop = bench.load(later).microapp("acme.shop")
    assert shop.folders.frontend == bench.path / "shop/frontend"
    assert [model.name for model in shop.models] == ["Task"]
    assert [action.name for action in shop.actions] == ["create"]


def test_folders_may_be_anywhere_by_autoload(bench: Bench) -> None:
    """Parity 33."""
    autoload = {"backend": "server", "models": "server/tables", "docs": "nowhere"}
    files = {
        "Shop/deepkg.json": {**HEALTHY["Shop/deepkg.json"], "autoload": autoload},
        "Shop/server/resources.json": {"cart": {"fill": CREATE}},
        "Shop/server/src/Task/Create/handler.py": "from shop import *",
        "Shop/server/tables/Cart.json": {"Owner": "string"},
    }
    app = bench.load(files)
    assert [action.identifier for action in app.actions] == ["acme.shop:cart:fill"]
    assert [model.name for model in app.models] == ["Cart"]
    assert [(warning.code, warning.file or str(warning.place)) for warning in app.warnings] == [("missing-folder", "Shop/deepkg.json:8:13")]


def test_models_have_every_type_nested_fields_and_indexes(bench: Bench) -> None:
    """Parity 40, 80."""
    types = [
        "string",
        "number",
        "boolean",
        "binary",
        "email",
        "website",
        "map",
        "uuid",
        "timeUUID",
        "mapSet",
        "stringSet",
        "numberSet",
        "binarySet",
        "date",
    ]
    fields = {f"F{number}": type_ for number, type_ in enumerate(types)} | {"Address": {"Street": "string", "Place": {"Zip": "number"}}}
    settings = {"indexes": ["F0", {"partition": "F4", "sort": "createdAt"}], "readCapacity": 5, "open": True}
    (model,) = bench.load({"Shop/Data/Models/Task.json": {**fields, "_settings": settings}}).models
    assert dict(model.fields) == fields
    assert model.indexes == (Index("F0-index", "F0"), Index("F4-createdAt-index", "F4", "createdAt"))
    assert dict(model.settings) == {"open": True, "readCapacity": 5, "writeCapacity": 1, "maxReadCapacity": 10000, "maxWriteCapacity": 10000}


def test_hooks_migrations_and_fixtures_are_found_by_name(bench: Bench) -> None:
    """Parity 42, 43, 44."""
    names = [
        "hook.init.py",
        "hook.init.js",
        "hook.post-install.js",
        "Data/Migration/version20.py",
        "Data/Migration/version3.py",
        "Data/Fixtures/Task.json",
    ]
    shop = bench.load({f"Shop/{name}": "def up(kernel):\n    pass\n" for name in names}).microapp("acme.shop")
    assert [(hook.moment, hook.language) for hook in shop.hooks] == [("init", "python"), ("post-install", "nodejs")]
    assert [migration.version for migration in shop.migrations] == [3, 20]
    assert [fixture.model for fixture in shop.fixtures] == ["Task"]


def test_joi_schemas_are_warned_of(bench: Bench) -> None:
    (warning,) = bench.load({"Shop/Data/Validation/Old.js": "module.exports = Joi => Joi.any()"}).warnings
    assert (warning.code, warning.help) == ("joi-schema", "write it as a JSON Schema in Shop/Data/Validation/Old.json")


def test_a_schema_is_kept_as_it_is_written(bench: Bench) -> None:
    """Parity 41: properties called like keywords are not taken for keywords."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": ["object", "null"],
        "properties": {"pattern": {"type": "string"}, "$ref": {"$ref": "#/definitions/a~1b"}, "requird": True},
        "definitions": {"a/b": {"enum": [1, None, {"$ref": "nowhere"}]}},
        "x-note": 1,
        "default": {"pattern": "("},
    }
    (validation,) = bench.load({"Shop/Data/Validation/NewTask.json": schema}).validations
    assert validation.schema == schema


def test_a_property_without_deeploy_json_has_lasting_defaults(bench: Bench) -> None:
    """Parity 39: nothing is written by loading."""
    path = bench.write({"deeploy.json": None})
    before = sorted(path.rglob("*"))
    found = load_app(path, environ={}).property
    assert found.is_generated
    assert (found.app_identifier, found.env, found.account_id, found.region) == (found.app_identifier, "dev", "123456789012", "us-west-2")
    assert found == load_app(path, environ={}).property
    assert sorted(path.rglob("*")) == before
    (path / "deeploy.json").write_text(json.dumps(generated_deeploy(path)))
    written = load_property(Reading(Disk(path)), path)
    assert (written.app_identifier, written.app_name, written.is_generated) == (found.app_identifier, found.app_name, False)


def test_origins_and_keys_that_open_the_api_are_the_propertys(bench: Bench) -> None:
    digest = f"sha256-{'0a' * 32}"
    opened = {"cors": ["https://partner.example", "http://localhost:3000"], "apiKeys": {"partner": digest}}
    app = bench.load({"deeploy.json": opened})
    assert app.property.cors == ("https://partner.example", "http://localhost:3000")
    assert app.property.api_keys == {"partner": digest}
    closed = bench.load({"deeploy.json": {}}).property
    assert (closed.cors, closed.api_keys) == ((), {})


def test_an_action_that_nobody_has_a_key_for_is_warned_of(bench: Bench) -> None:
    locked = bench.action(api={"keyRequired": True})
    (warning,) = bench.load(locked).warnings
    assert (warning.code, warning.place and warning.place.line) == ("no-api-key", 3)
    assert bench.load({**locked, "deeploy.json": {"apiKeys": {"a": f"sha256-{'0' * 64}"}}}).warnings == ()


def test_a_file_says_what_is_watched_where(bench: Bench) -> None:
    told = {"prod": {"dashboard": True, "alarms": {"notify": ["ops@example.com"]}}, "dev": {"alarms": {}}, "test": {}}
    assert bench.load({"deeploy.json": {"monitoring": told}}).property.monitoring == {
        "prod": Monitoring(dashboard=True, alarms=True, notify=("ops@example.com",)),
        "dev": Monitoring(alarms=True),
        "test": Monitoring(),
    }


@pytest.mark.parametrize("told", [{"dashboard": True}, {"prod": {"alarms": True}}, {"prod": {"alarms": {"notify": ["ops"]}}}, {"production": {}}])
def test_what_is_not_to_be_watched_so_is_told(bench: Bench, told: object) -> None:
    with pytest.raises(ProjectError) as caught:
        bench.load({"deeploy.json": {"monitoring": told}})
    assert {problem.place.file for problem in caught.value.problems if problem.place} == {"deeploy.json"}


def test_an_environment_that_there_is_not_is_told_by_its_name(bench: Bench) -> None:
    with pytest.raises(ProjectError) as caught:
        bench.load({"deeploy.json": {"monitoring": {"prd": {}}}})
    told = caught.value.problems[0]
    assert (told.message, told.expected, told.help) == ('"prd" cannot be the environment', "dev, stage, test, prod", 'did you mean "prod"?')


def test_the_originals_deeploy_json_loads_and_its_credentials_are_warned_of(bench: Bench) -> None:
    """Parity 39, 90."""
    example = {
        "appIdentifier": "6f0a0e7c", "env": "test", "awsAccountId": 123456789000, "domain": "example.com", "hooks": {"approved": {}},
        "aws": {"accessKeyId": "AKIASECRET", "secretAccessKey": "hushhush", "region": "us-east-1"},
    }  # fmt: skip
    app = bench.load({"deeploy.json": example})
    assert (app.property.account_id, app.property.env, app.property.region, app.property.domain) == (
        "123456789000",
        "test",
        "us-east-1",
        "example.com",
    )
    assert [(warning.code, warning.place and warning.place.line) for warning in app.warnings] == [
        ("credential-in-file", 10),
        ("credential-in-file", 11),
    ]
    assert "hushhush" not in json.dumps(app_as_json(app)["property"])


def test_the_root_that_is_part_of_deep_serves_a_property_without_one(bench: Bench) -> None:
    """Parity 47, 48."""
    app = bench.load({"Root/deepkg.json": None})
    assert [(microapp.identifier, microapp.is_root) for microapp in app.microapps] == [("deep.root", True), ("acme.shop", False)]
    assert app.root.globals["basePath"] == "/"


def test_the_root_comes_first_and_the_others_by_identifier(bench: Bench) -> None:
    others = {f"{name}/deepkg.json": {"identifier": f"acme.{name.lower()}", "name": name, "version": "1.0.0"} for name in ("Zoo", "Art")}
    assert [microapp.identifier for microapp in bench.load(others).microapps] == ["acme.root", "acme.art", "acme.shop", "acme.zoo"]


def test_a_property_may_live_in_src(bench: Bench, tmp_path: Path) -> None:
    inner = Bench(tmp_path / "src")
    inner.load()
    assert load_app(tmp_path, environ={}).path == tmp_path / "src"


def test_one_microapp_is_loaded_with_its_dependencies_and_the_root_alone(bench: Bench) -> None:
    """Parity 131; the mistakes of microapplications that are not asked for do not stand in the way."""
    other = {"Other/deepkg.json": {"identifier": "acme.other", "name": "Other", "version": "one"}, "Broken/deepkg.json": "{"}
    pay = {"Pay/deepkg.json": {"identifier": "acme.pay", "name": "Pay", "version": "1.0.0", "dependencies": {"acme.bank": "*"}}}
    bank = {"Bank/deepkg.json": {"identifier": "acme.bank", "name": "Bank", "version": "1.0.0"}}
    shop = {"Shop/deepkg.json": {**HEALTHY["Shop/deepkg.json"], "dependencies": {"acme.pay": "^1.0.0"}}}
    path = bench.write({**other, **pay, **bank, **shop})
    app = load_app(path / "Shop", environ={})
    assert [microapp.identifier for microapp in app.microapps] == ["acme.root", "acme.bank", "acme.pay", "acme.shop"]
    assert app.path == path
    with pytest.raises(DeepError):
        load_app(path, environ={})


def test_a_role_may_name_actions_of_microapps_that_are_not_loaded(bench: Bench) -> None:
    statement = {"Effect": "Allow", "Action": "acme.shop:task:create", "Resource": "acme.shop:task"}
    lone = {"Lone/deepkg.json": {"identifier": "acme.lone", "name": "Lone", "version": "1.0.0"}}
    path = bench.write({**lone, "Lone/Data/Roles/guest.json": {"Version": "2015-10-07", "Statement": [statement]}})
    assert load_app(path / "Lone", environ={}).microapp("acme.lone").roles[0].statements[0].resources == ("acme.shop:task",)


@pytest.mark.parametrize(
    ("path", "help_"), [("nowhere", None), ("Shop/deepkg.json", None), ("Shop/Backend/src", "did you mean {}/Shop?"), ("empty", "deepify helloworld")]
)
def test_a_path_that_means_no_property_is_a_mistake_of_usage(bench: Bench, path: str, help_: str | None) -> None:
    """Item 89."""
    root = bench.write({})
    (root / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        load_app(root / path)
    assert caught.value.exit_code == ExitCode.USAGE
    if help_:
        assert help_.format(root) in (caught.value.problems[0].help or "")


def test_a_path_may_be_relative_or_begin_at_home(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity 3."""
    path = bench.write({})
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("HOME", str(path.parent))
    assert load_app(Path(path.name), environ={}).path == load_app(Path("~") / path.name, environ={}).path == path


def test_microapps_and_actions_are_found_by_identifier(bench: Bench) -> None:
    app = bench.load()
    assert app.action("@acme.shop:task:create") is app.action("acme.shop:task:create")
    with pytest.raises(DeepError) as caught:
        app.action("acme.shop:task:creat")
    assert caught.value.problems[0].help == 'did you mean "acme.shop:task:create"?'
    with pytest.raises(DeepError) as caught:
        app.microapp("acme.shp")
    assert caught.value.problems[0].help == 'did you mean "acme.shop"?'


def test_the_app_as_json_is_plain_and_complete(bench: Bench) -> None:
    """`deepify inspect`."""
    told = json.loads(json.dumps(app_as_json(bench.load())))
    assert list(told) == ["formatVersion", "property", "microapps", "models", "warnings"]
    shop = told["microapps"][1]
    action = shop["resources"][0]["actions"][0]
    assert (action["identifier"], action["path"], action["source"]) == (
        "acme.shop:task:create",
        "/acme-shop/task/create",
        "Shop/Backend/src/Task/Create",
    )
    assert (action["forceUserIdentity"], action["place"]) == (True, {"file": RESOURCES, "line": 3, "column": 5, "length": 8})
    assert (shop["isRoot"], shop["folders"]["backend"], told["models"][0]["fields"]) == (
        False,
        "Shop/Backend",
        {"Title": "string", "Done": "boolean"},
    )
    assert told["property"]["path"] == str(bench.path)


def test_loading_grows_with_the_size_of_the_app_and_no_faster(bench: Bench, tmp_path: Path) -> None:
    """64 actions, the size that the article names, cost about as many times 8 as they are: nothing is looked up by going through everything."""
    small, large = Bench(tmp_path / "small").write(_marketplace(8)), bench.write(_marketplace(64))
    assert len(load_app(large, environ={}).actions) == 64 + 1
    assert _cpu_s(large) / _cpu_s(small) < 2 * 64 / 8


def _cpu_s(path: Path) -> float:
    """Processor time of one load, the least of three: other programs do not count in it."""

    def once() -> float:
        started = time.process_time()
        load_app(path, environ={})
        return time.process_time() - started

    return min(once() for _ in range(3))


def _marketplace(actions: int) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for number in range(actions):
        name = f"App{number % 12}"
        files[f"{name}/deepkg.json"] = {"identifier": f"acme.app{number % 12}", "name": name, "version": "1.0.0"}
        action = {**CREATE, "source": f"src/Action{number}"}
        files.setdefault(f"{name}/Backend/resources.json", {"thing": {}})["thing"][f"action{number}"] = action
        files[f"{name}/Backend/src/Action{number}/handler.py"] = "class Handler:\n" + "    def handle(self, request):\n        return {}\n\n" * 20
        files[f"{name}/Data/Models/Thing{number}.json"] = {"Title": "string"}
    return files


def test_python_that_warns_is_not_refused(bench: Bench) -> None:
    """An invalid escape is the author's affair, told when the module is imported."""
    assert bench.load({"Shop/Backend/src/Task/Create/handler.py": 'PATTERN = "\\d"\nif True:\n    handler = print\n'}).actions


@pytest.mark.parametrize("source", [b"\x00", b"\xff\xfe", b"(" * 5000, b"-" * 200_000 + b"1", b"# coding: nonsense\n"])
def test_python_of_any_bytes_is_told_of_not_crashed_on(bench: Bench, source: bytes) -> None:
    """Item 46."""
    assert {problem.code for problem in bench.problems({"Shop/Backend/src/Task/Create/handler.py": source})} == {"python-syntax"}


def test_environment_variables_are_the_process_own_by_default(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.write({"Shop/parameters.json": {"backend": {"mail": {"type": "string"}}}})
    monkeypatch.setenv("DEEP_PARAMETER_ACME_SHOP_BACKEND_MAIL", "a@b.c")
    assert load_app(path).microapp("acme.shop").backend_parameters == {"mail": "a@b.c"}
