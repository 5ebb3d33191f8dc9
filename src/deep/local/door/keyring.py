"""What functions are told of AWS: the door's address for every service, and credentials of their own, as Lambda's environment has them."""

from __future__ import annotations

from collections.abc import Mapping

from deep.local.identity.vault import Credentials, FunctionBearer, Vault

SERVICES = ("COGNITO_IDENTITY_PROVIDER", "DYNAMODB", "LAMBDA", "SSM", "STS")
"""Services that are named one by one, for programs that do not know the variable for all."""


class Keyring:
    """Credentials by action, issued once in a run: an edit of the app must not look like an edit of every function."""

    def __init__(self, vault: Vault, url: str) -> None:
        self._vault = vault
        self._url = url
        self._issued: dict[str, Credentials] = {}

    def environment(self, identifier: str) -> Mapping[str, str]:
        """Environment variables of the action's function."""
        if identifier not in self._issued:
            self._issued[identifier] = self._vault.issue(FunctionBearer(identifier), None)
        credentials = self._issued[identifier]
        return {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AWS_ENDPOINT_URL": self._url,
            **{f"AWS_ENDPOINT_URL_{service}": self._url for service in SERVICES},
        }
