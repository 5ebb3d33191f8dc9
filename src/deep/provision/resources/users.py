"""Amazon Cognito: the user pool, its client for browsers, and the identity pool whose identities own items. All of it is people's data."""

from __future__ import annotations

from typing import Any

from deep.provision.release import Release
from deep.provision.template import Fragment, Resource, get_att, ref, sub

POOL = "UserPool"
CLIENT = "UserPoolClient"
IDENTITIES = "IdentityPool"
PROVIDER = "UserPoolProvider"

TIER = "LITE"
"""Sign-up, sign-in by SRP, groups and recovery are all in it, for a third of what a user of AWS's default, Essentials, costs."""


def users(release: Release) -> Fragment:
    """Accounts with SRP sign-in, e-mail codes and Cognito's default password rules; visitors have identities as well."""
    pool = Resource(
        POOL,
        "AWS::Cognito::UserPool",
        {
            "UserPoolName": release.stem,
            "UserPoolTier": TIER,
            "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
            "AutoVerifiedAttributes": ["email"],
            "DeletionProtection": "ACTIVE",
            "Policies": {"PasswordPolicy": _password_policy()},
            "Schema": [{"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True}],
            "UserPoolTags": release.tags,
            "UsernameConfiguration": {"CaseSensitive": False},
        },
        keeps_data=True,
    )
    client = Resource(
        CLIENT,
        "AWS::Cognito::UserPoolClient",
        {
            "ClientName": f"{release.stem}-browser",
            "EnableTokenRevocation": True,
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "PreventUserExistenceErrors": "ENABLED",
            "UserPoolId": ref(POOL),
        },
        keeps_data=True,
    )
    outputs = {POOL: ref(POOL), CLIENT: ref(CLIENT), IDENTITIES: ref(IDENTITIES), PROVIDER: get_att(POOL, "ProviderName")}
    return Fragment((pool, client, _identities(release)), outputs)


def _identities(release: Release) -> Resource:
    provider = {"ClientId": ref(CLIENT), "ProviderName": get_att(POOL, "ProviderName"), "ServerSideTokenCheck": True}
    properties: dict[str, Any] = {
        "IdentityPoolName": release.stem,
        "AllowClassicFlow": False,
        "AllowUnauthenticatedIdentities": True,
        "CognitoIdentityProviders": [provider],
        "IdentityPoolTags": [{"Key": key, "Value": value} for key, value in sorted(release.tags.items())],
    }
    named = _external_providers(release)
    if named:
        properties["SupportedLoginProviders"] = named
    return Resource(IDENTITIES, "AWS::Cognito::IdentityPool", properties, keeps_data=True)


def _external_providers(release: Release) -> dict[str, str]:
    """The providers that the root's globals name: `security|identityProviders|accounts.google.com` (deep-2016 3.4)."""
    security = release.app.root.globals.get("security") or {}
    named = security.get("identityProviders") or {}
    return {domain: str(client) for domain, client in sorted(named.items()) if client}


def _password_policy() -> dict[str, Any]:
    return {
        "MinimumLength": 8,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "RequireUppercase": True,
        "TemporaryPasswordValidityDays": 7,
    }


def issuer(release: Release, pool_parameter: str) -> Any:
    """The URL that the pool's tokens name."""
    return sub(f"https://cognito-idp.{release.target.region}.amazonaws.com/${{{pool_parameter}}}")
