"""IAM roles: one for each role of the app that the identity pool gives to callers, one for each function, one for its caller's own items.

Their policies are `deep.security`'s documents, word for word; here is only who may take a role. Sources: Amazon Cognito Developer Guide, "Role trust
and permissions"; AWS Lambda Developer Guide, "Lambda execution role".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deep.errors import Problem, RefusedError
from deep.model import Action
from deep.provision.release import Release, logical
from deep.provision.resources.apis import Apis, apis_of
from deep.provision.resources.buckets import tag_list
from deep.provision.resources.dead_letters import dead_letters_arn
from deep.provision.resources.policies import attached, fits
from deep.provision.resources.users import CLIENT, IDENTITIES, POOL, PROVIDER
from deep.provision.template import Fragment, Resource, get_att, ref, sub
from deep.security.function_policy import data_document, data_role, function_document
from deep.security.grants import AUTHENTICATED, UNAUTHENTICATED
from deep.security.iam import Document, statement
from deep.security.identity_policy import identity_document, shortened


def identity_roles(release: Release) -> Fragment:
    """A role for visitors, for users, and for each group; which one a caller gets, the identity pool decides by the user's token."""
    apis = apis_of(release)
    roles = tuple(part for role in release.grants.roles for part in _identity_role(release, apis, role))
    groups = tuple(_group(release, precedence, group) for precedence, group in enumerate(release.grants.groups))
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole", "IdentityProvider": sub(f"${{{PROVIDER}}}:${{{CLIENT}}}")}
    attachment = Resource(
        "IdentityPoolRoles",
        "AWS::Cognito::IdentityPoolRoleAttachment",
        {
            "IdentityPoolId": ref(IDENTITIES),
            "Roles": {role: get_att(role_id(role), "Arn") for role in (UNAUTHENTICATED, AUTHENTICATED)},
            "RoleMappings": {"users": mapping},
        },
    )
    return Fragment((*roles, *groups, attachment))


def role_id(role: str) -> str:
    return logical("IdentityRole", role)


def _identity_role(release: Release, apis: Apis, role: str) -> tuple[Resource, ...]:
    amr = UNAUTHENTICATED if role == UNAUTHENTICATED else AUTHENTICATED
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": ref(IDENTITIES)},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr},
        },
    }
    return _role(release, role_id(role), (f"identity {role}", "calls what the app's rules grant"), (trust, _identity_rights(release, apis, role)))


def _identity_rights(release: Release, apis: Apis, role: str) -> Document:
    """Every ARN in full where a role has room for that. Raises RefusedError where it has none even for the shortest way to say it."""

    def api_of(microapp: str) -> str:
        return f"${{{apis.of(microapp)}}}"

    document = identity_document(release.app, release.grants, role, release.names, api_of)
    if fits(document):
        return document
    short = shortened(document, release.app, release.names, api_of)
    if not fits(short):
        message = f"role {role} may call so many actions that IAM has no room for saying which"
        help_ = "give the role whole resources or microapplications, or make actions that pages call by their routes alone `protected`"
        raise RefusedError(Problem("too-many-rights", message, help=help_))
    return short


def _group(release: Release, precedence: int, group: str) -> Resource:
    properties = {"GroupName": group, "Precedence": precedence, "RoleArn": get_att(role_id(group), "Arn"), "UserPoolId": ref(POOL)}
    return Resource(logical("Group", group), "AWS::Cognito::UserPoolGroup", properties)


def function_roles(release: Release, action: Action) -> Fragment:
    """The execution role of an action's function, and the role it takes to reach its caller's own items, if it has such."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    told = (action.identifier, f"runs {action.identifier}")
    own, *policies = _role(release, execution_role_id(action), told, (trust, _function_rights(release, action)))
    owned = data_document(release.app, action, release.names)
    if owned is None:
        return Fragment((own, *policies))
    taking = {
        "Effect": "Allow",
        "Principal": {"AWS": release.names.role_arn(action.identifier)},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringLike": {"aws:RequestTag/identity": "*"}},
    }
    data, *more = _role(
        release, logical("DataRole", action.resource, action.name), (data_role(action), "reaches one identity's items"), (taking, owned)
    )
    return Fragment((own, *policies, replace(data, depends_on=(own.logical_id,)), *more))


def _function_rights(release: Release, action: Action) -> Document:
    """What the action uses, and what Lambda does under its role when every try of a call has failed."""
    failing = statement({"sqs:SendMessage"}, {dead_letters_arn(release)})
    return Document((*function_document(release.app, action, release.names).statements, failing))


def execution_role_id(action: Action) -> str:
    return logical("Role", action.resource, action.name)


def _role(release: Release, logical_id: str, told: tuple[str, str], rules: tuple[dict[str, Any], Document]) -> tuple[Resource, ...]:
    """The role, first, and the managed policies that it needs."""
    name, description = told
    trust, document = rules
    rights = attached(logical_id, release.names.role(name), document)
    properties: dict[str, Any] = {
        "RoleName": release.names.role(name),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Description": f"{description} ({release.app.property.app_identifier}, {release.target.env})",
        "Tags": tag_list(release),
        **rights.properties,
    }
    return (Resource(logical_id, "AWS::IAM::Role", properties), *rights.resources)
