"""An app has as many HTTP APIs as it needs, and every artefact that says which one serves a microapplication says the same."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest

from deep.bundle.frontend import frontend_config
from deep.errors import RefusedError
from deep.model import Action, App, Resource, load_app
from deep.model.app import Quotas
from deep.names import url_segment
from deep.provision.changes import Templates
from deep.provision.checks.check import findings
from deep.provision.compiled import compile_release
from deep.provision.deployer.policy import deployer_documents
from deep.provision.parts import Keeping
from deep.provision.planning.limits import refuse_excess
from deep.provision.planning.plan import plan
from deep.provision.release import Release, nested_id
from deep.provision.resources.apis import MOST_INTEGRATIONS, apis_of, numbered
from deep.provision.rights import documents_of
from deep.security.evaluate import Access, evaluate
from deep.security.iam import Document, statement
from deep.security.identity_policy import route_methods
from deep.wiring.shipping import deployed_endpoints
from tests.fakes.apps import action_of, app_of, beside, microapp_of, opted_in
from tests.generated.property import write_property
from tests.unit.provision.resources.test_policies import large_app
from tests.unit.provision.test_stacks import release


def with_routes(app: App, most: int) -> App:
    return replace(app, property=replace(app.property, quotas=Quotas(routes=most)))


def at_random(seed: int) -> App:
    """Up to thirty microapplications, each of a size of its own; some actions are private, some microapplications have no other."""
    random, empty = Random(seed), app_of()
    app = with_routes(empty, random.choice([300, 450, 1_000]))
    for number in range(random.randint(1, 30)):
        identifier = f"acme.part{number}"
        actions = tuple(
            action_of(
                f"action{place}",
                microapp=identifier,
                methods=tuple(random.sample(["GET", "POST", "PUT", "DELETE"], random.randint(1, 4))),
                scope=random.choice(["public", "protected", "private"]),
            )
            for place in range(random.choice([1, 5, 40, 70]))
        )
        part = microapp_of(identifier, resources=(Resource(identifier, "task", actions),))
        uses = {action.identifier: next(iter(large_app(1, 1).uses.values())) for action in actions}
        app = replace(app, microapps=(*app.microapps, part), uses={**app.uses, **uses})
    return app


@dataclass(frozen=True)
class Made:
    """A release, and what was made of it."""

    release: Release
    templates: Templates

    @property
    def root(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.templates["app"]["Resources"]
        return found

    @property
    def config(self) -> Mapping[str, Any]:
        return self.root["Distribution"]["Properties"]["DistributionConfig"]  # type: ignore[no-any-return]

    @property
    def called(self) -> list[Action]:
        return [action for action in self.release.app.actions if action.scope != "private"]

    def given(self, microapp: str) -> str:
        """The API that the microapplication's stack is given."""
        return str(self.root[nested_id(microapp)]["Properties"]["Parameters"]["Api"]["Ref"])

    def routes(self) -> Iterator[tuple[str, str]]:
        """Each route and the API that it ends up in."""
        for microapp in self.release.app.microapps:
            for one in self.templates.get(nested_id(microapp.identifier), {"Resources": {}})["Resources"].values():
                if one["Type"] == "AWS::ApiGatewayV2::Route":
                    assert one["Properties"]["ApiId"] == {"Ref": "Api"}
                    yield one["Properties"]["RouteKey"], self.given(microapp.identifier)

    def led_to(self, action: Action) -> str:
        """The API that the distribution asks for an action: whose host it is."""
        (behaviour,) = (one for one in self.config["CacheBehaviors"] if one["PathPattern"] == f"/{url_segment(action.microapp)}/*/*")
        (origin,) = (one for one in self.config["Origins"] if one["Id"] == behaviour["TargetOriginId"])
        return str(origin["DomainName"]["Fn::Sub"])

    def document(self, role: str) -> Document:
        """What a role may call, `${Api}` as the id of each API; without what it may call directly."""
        name = self.release.names.role(f"identity {role}")
        properties = next(one["Properties"] for one in self.root.values() if one["Properties"].get("RoleName") == name)
        told = [one for document in documents_of(self.templates["app"], properties) for one in document["Statement"]]
        arns = [
            arn["Fn::Sub"].replace("${", "").replace("}", "") for one in told if one["Action"] == ["execute-api:Invoke"] for arn in one["Resource"]
        ]
        return Document((statement({"execute-api:Invoke"}, set(arns)),))


def made_of(app: App) -> Made:
    told = release(app)
    return Made(told, compile_release(told).templates)


@pytest.fixture(scope="module", params=["generated", "even", "uneven", *range(4)])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Apps of 500 actions in 12 and in 41 microapplications, and others at random."""
    match request.param:
        case "generated":
            return made_of(load_app(write_property(tmp_path_factory.mktemp("large") / "app", actions=500), environ={}))
        case "even":
            return made_of(large_app(40, 13))
        case "uneven":
            return made_of(with_routes(large_app(12, 42), 1_000))
        case seed:
            return made_of(at_random(seed))


def test_every_api_stays_within_what_aws_takes(made: Made) -> None:
    routes, integrations = defaultdict[str, int](int), defaultdict[str, int](int)
    for _, api in made.routes():
        routes[api] += 1
    for action in made.called:
        integrations[made.given(action.microapp)] += 1
    assert max(routes.values()) <= made.release.app.property.quotas.routes
    assert max(integrations.values()) <= MOST_INTEGRATIONS
    names = {name for name, one in made.root.items() if one["Type"] == "AWS::ApiGatewayV2::Api"}
    assert names == routes.keys() == {numbered("Api", f"Api{number}" if number > 1 else "Api") for number in range(1, len(names) + 1)}
    assert findings(made.templates) == ()


def test_every_action_that_can_be_called_has_its_routes_in_one_api(made: Made) -> None:
    served: dict[str, list[str]] = {}
    for route, api in made.routes():
        served.setdefault(route, []).append(api)
    wanted = {f"{method} {action.path}": [made.given(action.microapp)] for action in made.called for method in route_methods(action)}
    assert served == wanted


def test_stack_distribution_and_page_name_one_api_for_an_action(made: Made) -> None:
    """One rule, and whatever follows from it."""
    hosts = {numbered("ApiUrl", api): f"https://{api}.execute-api" for api in apis_of(made.release).ids}
    assert hosts.keys() == {name for name in made.templates["app"]["Outputs"] if name.startswith("ApiUrl")}
    outputs = defaultdict(str, hosts)
    signing = frontend_config(made.release.app, made.release.target, deployed_endpoints(made.release, outputs))["apiSigning"]
    for action in made.called:
        api = made.given(action.microapp)
        assert made.led_to(action) == f"${{{api}}}.execute-api.us-east-1.amazonaws.com"
        assert signing.get("hosts", {}).get(action.microapp, signing["host"]) == f"{api}.execute-api"


def test_roles_may_call_an_action_at_its_own_api_and_at_no_other(made: Made) -> None:
    for role in made.release.grants.roles:
        document = made.document(role)
        for action in made.called[::7]:
            is_granted = made.release.grants.decide(role, action.identifier).allowed
            for api in apis_of(made.release).ids:
                arn = made.release.names.invoke_arn(api, action.methods[0], action.path)
                assert evaluate(document, Access("execute-api:Invoke", arn)).allowed == (is_granted and api == made.given(action.microapp))


def test_an_app_that_fits_has_one_api_called_as_ever() -> None:
    told = made_of(app_of(action_of("create"))).templates["app"]
    assert [name for name in (*told["Resources"], *told["Outputs"]) if name.startswith("Api")] == ["Api", "ApiLogs", "ApiStage", "ApiUrl"]
    assert "Api2" not in json.dumps(made_of(large_app(18, 13)).templates)


def several(todo: int = 2) -> App:
    """Of the three microapplications with actions the first has so many; an API takes two."""
    app = opted_in(beside(app_of(*(action_of(f"act{number}") for number in range(todo))), "acme.a", "acme.b"))
    return with_routes(replace(app, property=replace(app.property, cors=("https://partner.example",))), 2)


def without(app: App, identifier: str) -> App:
    return replace(app, microapps=tuple(one for one in app.microapps if one.identifier != identifier))


def test_a_second_api_has_all_that_the_first_has() -> None:
    root = made_of(several()).root

    def told(name: str) -> str:
        return json.dumps(root[name]).replace("Api2", "Api").replace("ApiLogs2", "ApiLogs").replace("-2", "")

    assert root["Api2"]["Properties"]["CorsConfiguration"]["AllowOrigins"] == ["https://partner.example"]
    for name in ("Api", "ApiLogs", "ApiStage", "AlarmApi"):
        assert told(f"{name}2") == told(name)
        assert root[f"{name}2"] != root[name]
    names = {root["Api2"]["Properties"]["Name"], root["ApiLogs2"]["Properties"]["LogGroupName"], root["AlarmApi2"]["Properties"]["AlarmName"]}
    assert names == {"DeepDevc962e927-2", "/aws/apigateway/DeepDevc962e927-2", "DeepDevc962e927-api-2"}


def test_the_dashboard_shows_all_apis() -> None:
    body = json.loads(made_of(several()).root["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    shown = {widget["properties"].get("title", ""): widget["properties"] for widget in body["widgets"]}
    assert [metric[3] for metric in shown["Requests"]["metrics"]] == ["${Api}"] * 3 + ["${Api2}"] * 3
    sources = "SOURCE '/aws/apigateway/DeepDevc962e927' | SOURCE '/aws/apigateway/DeepDevc962e927-2' | filter"
    assert shown["Latest requests that failed"]["query"].startswith(sources)


def test_whoever_deploys_may_write_the_log_of_every_api() -> None:
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/DeepDevc962e927"
    for app, more in ((without(several(), "acme.b"), []), (several(), [f"{group}-*", f"{group}-*:*"])):
        told = deployer_documents(compile_release(release(with_routes(app, 3 if not more else 2))))
        arns = {arn for document in told for one in document.statements for arn in one.resources if "/aws/apigateway/" in arn}
        assert arns == {group, f"{group}:*", *more}


def test_what_aws_has_raised_is_made_use_of() -> None:
    app = large_app(23, 11)
    assert [len(apis_of(release(one)).ids) for one in (app, with_routes(app, 350))] == [2, 1]


def test_a_microapplication_that_moves_is_told_with_what_is_made_anew() -> None:
    """The first one grows, the second has no room beside it any more. Nobody may more or less than before."""
    before, after = made_of(several(1)), made_of(several(2))
    assert (before.given("acme.a"), after.given("acme.a"), after.given("acme.b")) == ("Api", "Api2", "Api2")
    made = plan(compile_release(after.release), before.templates)
    moved = {(change.logical_id, change.doing) for change in made.changes if change.stack == "MicroappAcmeA"}
    assert moved == {(name, "replace") for name in ("ApigatewayPermissionTaskShow", "IntegrationTaskShow", "RouteTaskShowPost")}
    assert not any("acme-a" in right.resource for right in (*made.rights.gained, *made.rights.lost))


def partly(standing: App, app: App, *functions: str) -> Made:
    told = replace(release(app), keeping=Keeping(frozenset(functions), made_of(standing).templates))
    return Made(told, compile_release(told).templates)


def test_in_a_deploy_of_parts_what_stands_keeps_its_api() -> None:
    """A whole deploy would move `acme.a`; of parts, one does not, whichever they are."""
    for functions in ((), ("acme.a:task:show",), ("deep.todo:task:act0", "acme.b:task:show")):
        made = partly(several(1), several(2), *functions)
        assert {name: made.given(name) for name in ("deep.todo", "acme.a", "acme.b")} == {"deep.todo": "Api", "acme.a": "Api", "acme.b": "Api2"}
        assert findings(made.templates) == ()


def test_a_new_microapplication_gets_the_first_api_with_room_or_a_new_one() -> None:
    """Its host is not told to pages before it is there."""
    room = partly(without(several(), "acme.b"), several(), "acme.b:task:show")
    assert (room.given("acme.b"), "Api3" in room.root) == ("Api2", False)
    full = partly(without(without(several(), "acme.a"), "acme.b"), several(), "acme.b:task:show")
    assert full.given("acme.b") == "Api2"
    assert {"Api2", "ApiStage2", "ApiLogs2"} <= full.root.keys()
    assert "ApiUrl2" in full.templates["app"]["Outputs"]
    assert dict(apis_of(full.release).serving) == {"deep.todo": "Api", "acme.b": "Api2"}
    assert findings(full.templates) == ()


def test_pages_alone_are_told_the_hosts_that_stand() -> None:
    made = partly(several(1), several(2))
    outputs = {**dict.fromkeys(("UserPool", "UserPoolClient", "IdentityPool"), ""), "ApiUrl": "https://first", "ApiUrl2": "https://second"}
    assert deployed_endpoints(made.release, outputs).api_hosts == {"acme.b": "second"}


def test_parts_that_an_api_has_no_room_for_are_refused() -> None:
    made = partly(several(1), several(2), "deep.todo:task:act1")
    with pytest.raises(RefusedError) as refused:
        refuse_excess(made.templates, Quotas(routes=2))
    (problem,) = refused.value.problems
    assert problem.message == "the API of acme.a and 1 more would have 3 routes, and AWS takes at most 2"
    assert "deploy the whole app" in str(problem.help)
