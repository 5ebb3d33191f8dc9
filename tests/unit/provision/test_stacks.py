"""An app as stacks of CloudFormation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.target import Target
from deep.model import Model, load_app
from deep.provision.release import Package, Release, release_of
from deep.provision.stacks import Stacks, compile_stacks
from deep.provision.template import Resource, Template, joined, sub
from deep.security.function_policy import function_document
from deep.security.identity_policy import identity_document
from tests.fakes.apps import HERE, action_of, app_of, only_api

TODO = Path(__file__).parents[3] / "apps" / "todo"
TARGET = Target("dev", "0badcafe", "us-east-1", "123456789012")


def release(app: Any, target: Target = TARGET) -> Release:
    return release_of(app, target, {action.identifier: Package(f"functions/{action.name}.zip") for action in app.actions})


@pytest.fixture(scope="module")
def todo() -> Stacks:
    return compile_stacks(release(load_app(TODO, environ={})))


def of_type(template: Template, type_: str) -> list[Resource]:
    return [resource for resource in template.resources if resource.type == type_]


def test_equal_releases_are_equal_bytes(todo: Stacks) -> None:
    again = compile_stacks(release(load_app(TODO, environ={})))
    assert [stack.template.text() for stack in again.in_order] == [stack.template.text() for stack in todo.in_order]
    assert list(again.nested) == list(todo.nested)


def test_every_resource_that_can_be_tagged_is(todo: Stacks) -> None:
    """Parity 115."""
    untagged = {
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::IdentityPoolRoleAttachment",
        "AWS::S3::BucketPolicy",
        "AWS::CloudFront::OriginAccessControl",
    }
    untagged |= {"AWS::CloudFront::ResponseHeadersPolicy", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::Lambda::Permission"}
    untagged |= {"AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Version"}
    templates = (*(stack.template for stack in todo.in_order), *todo.nested.values())
    bare = {
        resource.type
        for template in templates
        for resource in template.resources
        if not {"Tags", "UserPoolTags", "IdentityPoolTags"} & set(resource.properties)
    }
    assert bare <= untagged


def test_what_people_keep_is_never_deleted_with_its_stack(todo: Stacks) -> None:
    """Parity 81."""
    kept = todo.data.template.as_json()["Resources"].values()
    assert {resource["Type"] for resource in kept} >= {"AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::Cognito::IdentityPool"}
    assert all(resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain" for resource in kept)
    assert not any("DeletionPolicy" in resource for resource in todo.app.template.as_json()["Resources"].values())


def test_each_microapplication_with_functions_is_a_nested_stack(todo: Stacks) -> None:
    """Parity 113."""
    ((key, template),) = todo.nested.items()
    (nested,) = of_type(todo.app.template, "AWS::CloudFormation::Stack")
    assert nested.properties["TemplateURL"] == f"https://s3.us-east-1.amazonaws.com/deepdev64331eb8-123456789012-us-east-1-artefacts/{key}"
    assert key == f"templates/{template.digest}.json"
    assert (
        len(of_type(template, "AWS::Lambda::Function"))
        == len(of_type(template, "AWS::IAM::Role"))
        == len(of_type(template, "AWS::Logs::LogGroup"))
        == 6
    )


def test_a_stack_declares_exactly_the_parameters_it_is_given(todo: Stacks) -> None:
    for stack in todo.in_order:
        assert set(stack.takes) == set(stack.template.parameters)
        for kind, output in stack.takes.values():
            given = {one.kind: one for one in todo.in_order}[kind]
            assert output in given.template.outputs
            assert todo.in_order.index(given) < todo.in_order.index(stack)


def test_a_policy_is_the_compilers_word_for_word() -> None:
    """Parity 88: what is attached is what was proved."""
    made = release(load_app(TODO, environ={}))
    stacks = compile_stacks(made)
    (nested,) = stacks.nested.values()
    action = made.app.action("deep.todo:task:retrieve")
    role = next(resource for resource in nested.resources if resource.logical_id == "RoleTaskRetrieve")
    *used, failing = role.properties["Policies"][0]["PolicyDocument"]["Statement"]
    assert used == function_document(made.app, action, made.names).as_json()["Statement"]
    assert failing["Action"] == ["sqs:SendMessage"]
    visitor = next(resource for resource in stacks.app.template.resources if resource.logical_id == "IdentityRoleUnauthenticated")
    document = identity_document(made.app, made.grants, "unauthenticated", made.names, only_api("${Api}")).as_json()
    attached = visitor.properties["Policies"][0]["PolicyDocument"]["Statement"]
    assert [[sub(arn) for arn in statement["Resource"]] for statement in document["Statement"]] == [statement["Resource"] for statement in attached]


def test_the_distribution_reads_the_site_and_is_told_what_is_missing(todo: Stacks) -> None:
    """Without leave to list a bucket, what is not in it would be answered as denied."""
    (policy,) = of_type(todo.app.template, "AWS::S3::BucketPolicy")
    bucket = "arn:aws:s3:::deepdev64331eb8-123456789012-us-east-1-site"
    statements = policy.properties["PolicyDocument"]["Statement"]
    allowed = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert [(statement["Action"], statement["Resource"]) for statement in allowed] == [("s3:GetObject", f"{bucket}/*"), ("s3:ListBucket", bucket)]
    assert all("distribution/${Distribution}" in str(statement["Condition"]) for statement in allowed)


def test_a_private_action_has_no_route_and_a_schedule_calls_its_function_alone() -> None:
    """Parity 36."""
    sweep = action_of("sweep", scope="private", cron="0 6 * * ? *", cron_payload={"all": True})
    (nested,) = compile_stacks(release(app_of(sweep))).nested.values()
    assert of_type(nested, "AWS::ApiGatewayV2::Route") == []
    (rule,) = of_type(nested, "AWS::Events::Rule")
    assert (rule.properties["ScheduleExpression"], rule.properties["Targets"][0]["Input"]) == ("cron(0 6 * * ? *)", '{"all": true}')
    (permission,) = of_type(nested, "AWS::Lambda::Permission")
    assert permission.properties["Principal"] == "events.amazonaws.com"
    assert permission.properties["SourceAccount"] == "123456789012"


def test_head_is_routed_where_get_is() -> None:
    (nested,) = compile_stacks(release(app_of(action_of("list", methods=("GET",))))).nested.values()
    assert [route.properties["RouteKey"] for route in of_type(nested, "AWS::ApiGatewayV2::Route")] == [
        "GET /deep-todo/task/list",
        "HEAD /deep-todo/task/list",
    ]


def test_an_owned_models_role_is_taken_by_its_function_alone() -> None:
    """Parity 79."""
    notes = Model("Note", {"Text": "string"}, (), {}, HERE, own=True)
    keep = action_of("keep", declared_uses=_uses({"Note": frozenset({"create"})}))
    made = release(app_of(notes, keep))
    (nested,) = compile_stacks(made).nested.values()
    data = next(resource for resource in nested.resources if resource.logical_id == "DataRoleTaskKeep")
    (trust,) = data.properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": made.names.role_arn("deep.todo:task:keep")}
    assert data.depends_on == ("RoleTaskKeep",), "IAM refuses a principal that does not exist yet"


def test_two_resources_of_one_name_are_refused() -> None:
    from deep.provision.template import Fragment

    twice = Fragment((Resource("A", "AWS::SNS::Topic", {}),))
    with pytest.raises(ValueError, match="two resources are called A"):
        joined("", [twice, twice], {})


def test_templates_are_json(todo: Stacks) -> None:
    for template in (*(stack.template for stack in todo.in_order), *todo.nested.values()):
        assert json.loads(template.text()) == json.loads(json.dumps(template.as_json()))


def _uses(models: Any) -> Any:
    from deep.model import Uses

    return Uses(models, (), (), HERE)


def test_a_tables_items_end_where_its_model_says_so() -> None:
    ending = Model("Session", {"Until": "number"}, (), {}, HERE, ttl="Until")
    (table,) = of_type(compile_stacks(release(app_of(ending))).data.template, "AWS::DynamoDB::Table")
    assert table.properties["TimeToLiveSpecification"] == {"AttributeName": "Until", "Enabled": True}
