"""The catalogue of mistakes in metadata files: each is told once, at its place, with what mends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deep.errors import ExitCode, ProjectError, render_all
from deep.model import load_app
from tests.unit.model.conftest import CREATE, HEALTHY, Bench

CASES = Path(__file__).parents[2] / "cases" / "model"
SHOP = HEALTHY["Shop/deepkg.json"]
RESOURCES = "Shop/Backend/resources.json"
MODEL = "Shop/Data/Models/Task.json"
ROLE = "Shop/Data/Roles/authenticated.json"
SCHEMA = "Shop/Data/Validation/NewTask.json"


def shop(**changes: Any) -> dict[str, Any]:
    return {"Shop/deepkg.json": {key: value for key, value in {**SHOP, **changes}.items() if value is not None}}


def action(**changes: Any) -> dict[str, Any]:
    return {RESOURCES: {"task": {"create": {**CREATE, **changes}}}}


def role(**changes: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": ["acme.shop:task:create"], "Resource": ["acme.shop:task"], **changes}
    return {ROLE: {"Version": "2015-10-07", "Statement": [statement]}}


@pytest.mark.parametrize(
    ("files", "code", "place", "help_"),
    [
        # deepkg.json: parity 31
        pytest.param(shop(identifer="acme.shop"), "unknown-field", "Shop/deepkg.json:5:3", 'did you mean "identifier"?', id="12 unknown field"),
        pytest.param(shop(version=None), "missing-field", "Shop/deepkg.json:1:1", 'add "version": "0.1.0"', id="13 missing field"),
        pytest.param(shop(version=1), "wrong-type", "Shop/deepkg.json:4:14", None, id="14 wrong type"),
        pytest.param(shop(version="1.0"), "wrong-text", "Shop/deepkg.json:4:14", None, id="version that is none"),
        pytest.param(shop(propertyRoot="yes"), "wrong-type", "Shop/deepkg.json:5:19", None, id="flag as text"),
        pytest.param(shop(author={"name": "A", "website": "acme"}), "wrong-text", "Shop/deepkg.json:7:16", None, id="website without http"),
        pytest.param(shop(frontendEngine=["anguler"]), "unknown-value", "Shop/deepkg.json:6:5", 'did you mean "angular"?', id="unknown engine"),
        pytest.param(shop(identifier="Acme Shop"), "wrong-text", "Shop/deepkg.json:2:17", 'such as "acme-shop"', id="16 spaces and capitals"),
        pytest.param(shop(identifier="acme..shop"), "wrong-text", "Shop/deepkg.json:2:17", 'such as "acme.shop"', id="16 two dots"),
        pytest.param(shop(identifier="../shop"), "wrong-text", "Shop/deepkg.json:2:17", 'such as "shop"', id="16 traversal"),
        pytest.param(shop(identifier="sh\u043ep"), "wrong-text", "Shop/deepkg.json:2:17", 'such as "sh-p"', id="16 homoglyph"),
        pytest.param(shop(identifier="a" * 200), "wrong-text", "Shop/deepkg.json:2:17", f'such as "{"a" * 64}"', id="16 200 characters"),
        pytest.param(
            shop(identifier="con"), "reserved-identifier", "Shop/deepkg.json:2:17", 'put your name before it, such as "acme.con"', id="17 reserved"
        ),
        pytest.param(shop(identifier="acme.root"), "duplicate-identifier", "Shop/deepkg.json:2:17", "change the identifier of one", id="18 twice"),
        pytest.param(shop(propertyRoot=True), "duplicate-root", "Shop/deepkg.json:2:17", None, id="47 two roots"),
        pytest.param(shop(dependencies={"acme.shop": "*"}), "self-dependency", "Shop/deepkg.json:6:5", "remove this line", id="34 itself"),
        pytest.param(
            shop(dependencies={"acme.rot": "*"}), "missing-dependency", "Shop/deepkg.json:6:5", 'did you mean "acme.root"?', id="33 missing"
        ),
        pytest.param({"Shop/deepkg.json": []}, "wrong-type", "Shop/deepkg.json:1:1", None, id="6 array"),
        pytest.param({"Shop/deepkg.json": ""}, "json-empty", "Shop/deepkg.json", None, id="5 empty"),
        # resources.json
        pytest.param(action(source="src/Task/Creat"), "missing-source", f"{RESOURCES}:9:17", 'did you mean "src/Task/Create"?', id="42 source"),
        pytest.param(action(source="../../Root"), "source-outside", f"{RESOURCES}:9:17", "name a folder below it", id="source outside"),
        pytest.param(action(methods=["FETCH"]), "unknown-value", f"{RESOURCES}:7:9", None, id="48 unknown method"),
        pytest.param(action(methods=["post"]), "unknown-value", f"{RESOURCES}:7:9", 'did you mean "POST"?', id="48 lower case"),
        pytest.param(action(methods=["GET", "GET"]), "listed-twice", f"{RESOURCES}:8:9", "remove one", id="48 twice"),
        pytest.param(action(methods=[]), "empty-list", f"{RESOURCES}:6:18", 'such as ["GET"]', id="48 empty"),
        pytest.param(action(type="lamda"), "unknown-value", f"{RESOURCES}:5:15", 'did you mean "lambda"?', id="49 type"),
        pytest.param(action(type="external"), "wrong-text", f"{RESOURCES}:9:17", 'write https://..., or set "type": "lambda"', id="49 external path"),
        pytest.param({RESOURCES: {"ta/sk": {"create": CREATE}}}, "wrong-text", f"{RESOURCES}:2:3", 'such as "ta-sk"', id="52 slash"),
        pytest.param({RESOURCES: {"task": {"cr\u00e9er": CREATE}}}, "wrong-text", f"{RESOURCES}:3:5", 'such as "cr-er"', id="52 unicode"),
        pytest.param(action(engine={"memory": 64}), "wrong-number", f"{RESOURCES}:11:19", None, id="35 memory"),
        pytest.param(action(engine={"timeout": 901}), "wrong-number", f"{RESOURCES}:11:20", None, id="35 timeout"),
        pytest.param(action(engine={"memory": 512.5}), "wrong-number", f"{RESOURCES}:11:19", None, id="35 half a megabyte"),
        pytest.param(action(engine={"runtime": "python3"}), "unknown-value", f"{RESOURCES}:11:20", None, id="35 runtime"),
        pytest.param(action(cacheTtl=-2), "wrong-number", f"{RESOURCES}:10:19", None, id="35 cacheTtl"),
        pytest.param(action(cron="0 25 * * ? *"), "wrong-cron", f"{RESOURCES}:10:15", None, id="36 cron hour"),
        pytest.param(action(cron="* * * *"), "wrong-text", f"{RESOURCES}:10:15", None, id="36 cron fields"),
        pytest.param(action(scope="privat"), "unknown-value", f"{RESOURCES}:10:16", 'did you mean "private"?', id="36 scope"),
        pytest.param(action(api={"authorization": "IAM"}), "unknown-value", f"{RESOURCES}:11:26", 'did you mean "AWS_IAM"?', id="36 authorization"),
        pytest.param(action(validationSchema="NewTsk"), "unknown-schema", f"{RESOURCES}:10:27", 'did you mean "NewTask"?', id="35 schema"),
        pytest.param(action(uses={"models": {"Todoo": ["get"]}}), "unknown-model", f"{RESOURCES}:12:11", "models are Task", id="unknown model"),
        # code
        pytest.param(
            {"Shop/Backend/src/Task/Create/handler.py": "def handle():\n    return )\n"},
            "python-syntax",
            "Shop/Backend/src/Task/Create/handler.py:2:12",
            None,
            id="46 syntax",
        ),
        pytest.param(
            {"Shop/Backend/src/Task/Create/deeper/part.py": "return 1"},
            "python-syntax",
            "Shop/Backend/src/Task/Create/deeper/part.py:1:1",
            None,
            id="46 return outside of a function, in a module beside it",
        ),
        pytest.param(
            {"Shop/Backend/src/Task/Create/handler.py": "class Handeler:\n    pass\n"},
            "missing-handler",
            "Shop/Backend/src/Task/Create/handler.py:1:1",
            "add a class Handler with a method handle(self, request)",
            id="44 no class",
        ),
        pytest.param(
            {"Shop/Backend/src/Task/Create/handler.py": None, "Shop/Backend/src/Task/Create/notes.txt": ""},
            "missing-handler",
            f"{RESOURCES}:9:17",
            None,
            id="44 no file",
        ),
        # models: parity 40
        pytest.param({MODEL: {"Title": "strng"}}, "unknown-value", f"{MODEL}:2:12", 'did you mean "string"?', id="unknown type"),
        pytest.param({MODEL: {"Title": {"Text": 1}}}, "wrong-type", f"{MODEL}:3:13", None, id="nested wrong type"),
        pytest.param({MODEL: {"My Title": "string"}}, "wrong-text", f"{MODEL}:2:3", 'such as "My-Title"', id="field with a space"),
        pytest.param(
            {MODEL: {"A": "string", "_settings": {"readCapacty": 1}}}, "unknown-field", f"{MODEL}:4:5", 'did you mean "readCapacity"?', id="setting"
        ),
        pytest.param(
            {MODEL: {"A": "string", "_settings": {"indexes": ["B"]}}},
            "unknown-field",
            f"{MODEL}:5:7",
            "the model has Id, createdAt, updatedAt, A",
            id="index",
        ),
        pytest.param({MODEL: {"A": "string", "_settings": {"indexes": [{"sort": "A"}]}}}, "missing-field", f"{MODEL}:5:7", None, id="no partition"),
        pytest.param(
            {MODEL: {"A": "map", "_settings": {"indexes": [{"partition": "Id", "sort": "A"}]}}},
            "unindexable-field",
            f"{MODEL}:7:17",
            None,
            id="map as key",
        ),
        pytest.param({MODEL: {"A": "date", "_settings": {"indexes": ["A", "A"]}}}, "listed-twice", f"{MODEL}:6:7", "remove one", id="index twice"),
        pytest.param(
            {MODEL: {"A": "number", "_settings": {"ttl": "a"}}}, "unknown-field", f"{MODEL}:4:12", 'did you mean "A"?', id="ttl of no field"
        ),
        pytest.param({MODEL: {"A": "date", "_settings": {"ttl": "A"}}}, "ttl-type", f"{MODEL}:4:12", 'make it "A": "number"', id="ttl in words"),
        pytest.param({"Shop/Data/Models/2 do.json": {}}, "wrong-file-name", "Shop/Data/Models/2 do.json", None, id="model's name"),
        # schemas: parity 41
        pytest.param({SCHEMA: {"type": "objekt"}}, "unknown-value", f"{SCHEMA}:2:11", 'did you mean "object"?', id="schema type"),
        pytest.param({SCHEMA: {"requird": ["A"]}}, "unknown-field", f"{SCHEMA}:2:3", 'did you mean "required"?', id="schema keyword"),
        pytest.param({SCHEMA: {"properties": {"A": {"pattern": "("}}}}, "wrong-pattern", f"{SCHEMA}:4:18", None, id="schema pattern"),
        pytest.param({SCHEMA: {"$ref": "#/definitions/A"}}, "unknown-reference", f"{SCHEMA}:2:11", None, id="schema reference"),
        pytest.param({SCHEMA: {"$ref": "https://acme.example/a.json"}}, "remote-reference", f"{SCHEMA}:2:11", None, id="schema elsewhere"),
        pytest.param({SCHEMA: {"$schema": "http://json-schema.org/draft-04/schema#"}}, "schema-draft", f"{SCHEMA}:2:14", None, id="schema draft"),
        # roles: item 60
        pytest.param(role(Action=["acme.shop:task:creat"]), "unknown-action", f"{ROLE}:7:9", 'did you mean "acme.shop:task:create"?', id="60 action"),
        pytest.param(
            role(Action="acme.shp:task:create"), "unknown-action", f"{ROLE}:6:17", 'did you mean "acme.shop:task:create"?', id="60 microapp"
        ),
        pytest.param(role(Effect="allow"), "unknown-value", f"{ROLE}:5:17", 'did you mean "Allow"?', id="60 effect"),
        pytest.param(role(Resource=["acme.shop:cart"]), "resource-mismatch", f"{ROLE}:7:9", 'add "acme.shop:task" to Resource', id="60 resource"),
        pytest.param(
            role(Action=["acme.shop:task:*"]), "wildcard", f"{ROLE}:7:9", 'name them one by one, or add "wide": true to the statement', id="60 *"
        ),
        pytest.param(role(Action=["task:create"]), "wrong-reference", f"{ROLE}:7:9", None, id="60 form"),
        pytest.param({ROLE: {"Version": "2012-10-17", "Statement": []}}, "unknown-value", f"{ROLE}:2:14", None, id="60 version"),
        # files by name
        pytest.param({"Shop/hook.inti.py": ""}, "unknown-hook", "Shop/hook.inti.py", 'did you mean "init"?', id="hook's moment"),
        pytest.param({"Shop/hook.init.py": "def f(:\n"}, "python-syntax", "Shop/hook.init.py:1:7", None, id="hook's syntax"),
        pytest.param({"Shop/Data/Migration/first.py": ""}, "wrong-file-name", "Shop/Data/Migration/first.py", None, id="migration's name"),
        pytest.param(
            {"Shop/Data/Fixtures/Tsk.json": []}, "unknown-model", "Shop/Data/Fixtures/Tsk.json", 'did you mean "Task"?', id="fixture's model"
        ),
        # deeploy.json
        pytest.param({"deeploy.json": {"env": "production"}}, "unknown-value", "deeploy.json:2:10", None, id="env"),
        pytest.param({"deeploy.json": {"awsAccountId": "12"}}, "wrong-text", "deeploy.json:2:19", None, id="account"),
        pytest.param({"deeploy.json": {"domain": "Acme.COM"}}, "wrong-text", "deeploy.json:2:13", None, id="domain"),
        pytest.param({"deeploy.json": {"cors": ["*"]}}, "wrong-text", "deeploy.json:3:5", None, id="any origin"),
        pytest.param({"deeploy.json": {"cors": ["https://a.example/"]}}, "wrong-text", "deeploy.json:3:5", None, id="origin with a path"),
        pytest.param({"deeploy.json": {"cors": ["http://a.example"]}}, "wrong-text", "deeploy.json:3:5", None, id="origin without TLS"),
        pytest.param({"deeploy.json": {"cors": "https://a.example"}}, "wrong-type", "deeploy.json:2:11", None, id="an origin alone"),
        pytest.param({"deeploy.json": {"apiKeys": {"a": "hunter2"}}}, "wrong-text", "deeploy.json:3:10", None, id="a key instead of its digest"),
        # names of files: item 26
        pytest.param(
            {"Shop/deepkg.json": None, "Shop/Deepkg.json": SHOP}, "wrong-case", "Shop/Deepkg.json", "rename it to deepkg.json", id="26 deepkg.json"
        ),
        pytest.param(
            {RESOURCES: None, "Shop/Backend/Resources.json": {}},
            "wrong-case",
            "Shop/Backend/Resources.json",
            "rename it to resources.json",
            id="26 resources",
        ),
    ],
)
def test_a_mistake_is_told_once_at_its_place(bench: Bench, files: dict[str, Any], code: str, place: str, help_: str | None) -> None:
    problems = [problem for problem in bench.problems(files) if (problem.code, str(problem.place or problem.file)) == (code, place)]
    assert len(problems) == 1, bench.problems(files)
    if help_ is not None:
        assert problems[0].help == help_


@pytest.mark.parametrize(
    "files",
    [shop(version=1), action(methods=["FETCH"]), action(source="src/Nowhere"), {MODEL: {"Title": "strng"}}, {RESOURCES: '{"task": '}, {MODEL: "{"}],
    ids=["deepkg", "methods", "source", "model", "cut resources", "cut model"],
)
def test_a_mistake_in_one_file_is_not_blamed_on_others(bench: Bench, files: dict[str, Any]) -> None:
    """The role and the schema name what the spoilt file declares; nobody is told that it does not exist."""
    users = {**role(), SCHEMA: {}, "Shop/Data/Fixtures/Task.json": []}
    assert len(bench.problems({**users, **files})) == 1


def test_a_broken_deepkg_json_does_not_hide_the_mistakes_of_the_other_files(bench: Bench) -> None:
    problems = bench.problems({"Shop/deepkg.json": "{", MODEL: {"A": "b"}, **action(methods=["A"]), "Shop/parameters.json": {"globals": {}}})
    assert [problem.place.file for problem in problems if problem.place] == [RESOURCES, MODEL, "Shop/deepkg.json"]


def test_ten_different_mistakes_are_ten_errors_in_one_run() -> None:
    """The whole screen, as `deepify server` shows it."""
    case = CASES / "ten-mistakes"
    with pytest.raises(ProjectError) as caught:
        load_app(case / "property", environ={})
    assert len(caught.value.problems) == 10
    assert len({problem.code for problem in caught.value.problems}) == 10
    assert caught.value.exit_code == ExitCode.PROJECT
    assert render_all(caught.value.problems) + "\n" == (case / "expected.txt").read_text()


def test_the_order_of_errors_is_by_file_and_place(bench: Bench) -> None:
    files = {**action(methods=["A"], type="b"), **shop(version=1), MODEL: {"A": "b", "B": "c"}, "deeploy.json": "["}
    problems = bench.problems(files)
    places = [(problem.place.file, problem.place.line) for problem in problems if problem.place]
    assert places == sorted(places)
    assert problems == bench.problems(files)


def test_two_actions_of_one_route_and_method_name_both_places(bench: Bench) -> None:
    """Item 50: dots become dashes, so `acme.shop` and `acme-shop` answer at one path; so do two spellings of a name in the cloud."""
    other = {"Other/deepkg.json": {**SHOP, "identifier": "acme-shop"}, "Other/Backend/resources.json": {"task": {"create": CREATE}}}
    code = {"Other/Backend/src/Task/Create/handler.py": "class Handler: ..."}
    told = {problem.code: problem for problem in bench.problems({**other, **code})}
    assert set(told) == {"same-route", "same-cloud-name"}
    assert "Other/Backend/resources.json:3:5 and Shop/Backend/resources.json:3:5" in told["same-cloud-name"].message


def test_names_that_are_one_in_the_cloud_are_refused(bench: Bench) -> None:
    """Item 53: never a silent collision."""
    problem = bench.problem({RESOURCES: {"task": {"say-hello": CREATE, "sayHello": CREATE}}})
    assert problem.code == "same-cloud-name"
    assert '"AcmeShopTaskSayHello"' in problem.message


def test_a_long_name_is_a_warning_that_shows_the_cut_name(bench: Bench) -> None:
    """Item 53."""
    (warning,) = bench.load({RESOURCES: {"task": {"a" * 60: CREATE}}}).warnings
    assert warning.code == "long-name"
    assert "DeepStageAcmeShopTaskAaaa" in warning.message


def test_two_models_of_one_name_share_a_table_and_must_agree(bench: Bench) -> None:
    model = {"Title": "string", "Owner": "string", "_settings": {"indexes": ["Owner"]}}
    exporting = shop(exports={"models": ["Task"]})
    (merged,) = bench.load({"Root/Data/Models/Task.json": model, **exporting}).models
    assert dict(merged.fields) == {"Title": "string", "Done": "boolean", "Owner": "string"}
    assert [index.name for index in merged.indexes] == ["Owner-index"]
    assert bench.problem({"Root/Data/Models/Task.json": {"Title": "number"}, **exporting}).code == "conflicting-model"
    assert bench.problem({"Root/Data/Models/Task.json": {"Title": "string"}}).code == "not-exported"
    own = {"Title": "string", "_settings": {"own": True}}
    assert bench.problem({"Root/Data/Models/Task.json": own, **exporting}).code == "conflicting-model"


def test_two_schemas_of_one_name_must_be_alike(bench: Bench) -> None:
    assert bench.load({"Root/Data/Validation/NewTask.json": HEALTHY[SCHEMA]}).validations[0].name == "NewTask"
    assert bench.problem({"Root/Data/Validation/NewTask.json": {"type": "array"}}).code == "duplicate-schema"


def test_what_authors_add_for_themselves_is_left_alone(bench: Bench) -> None:
    remarks = {"x-owner": {"team": 1}, "//": "a remark", "$schema": "../deepkg.json"}
    bench.load({**shop(**remarks), **action(**remarks), MODEL: {"A": "string", **remarks}, "deeploy.json": remarks})
    assert [dict(model.fields) for model in bench.load().models] == [{"Title": "string", "Done": "boolean"}]


def test_a_wide_statement_may_use_wildcards(bench: Bench) -> None:
    app = bench.load(role(Action=["acme.shop:*:*"], Resource=["acme.shop:*"], wide=True))
    assert app.microapp("acme.shop").roles[0].statements[0].wide is True


def test_problems_are_data_too(bench: Bench) -> None:
    told = json.loads(json.dumps([problem.as_json() for problem in bench.problems(shop(version=1))]))
    assert (told[0]["file"], told[0]["line"], told[0]["found"], told[0]["expected"]) == ("Shop/deepkg.json", 4, "a number", "a string")
