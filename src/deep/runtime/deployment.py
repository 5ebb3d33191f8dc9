"""What one deployment of a function is: its configuration, validators and service clients, shared by all invocations of a process."""

from __future__ import annotations

import os

from deep.runtime import aws, jsontext
from deep.runtime.exceptions import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from deep.runtime.dynamodb import DynamoDb, TablesClient
    from deep.runtime.retry import RetryPolicy
    from deep.runtime.secrets import Secrets
    from deep.runtime.session import DataSessions
    from deep.wire.config import RuntimeConfig
    from deep.wire.invocation import FieldError

    Validator = Callable[[Any, bool], tuple[Any, list[FieldError]]]

VALIDATORS_FILE = "_validators.py"


class Deployment:
    """Nothing in it depends on who calls: what does lives in the `Kernel`."""

    def __init__(self, config: RuntimeConfig, validators_path: str | None = None) -> None:
        self.config = config
        self._validators_path = validators_path
        self._validators: Mapping[str, Validator] | None = None
        self._tables_client: DynamoDb | None = None
        self._data_sessions: DataSessions | None = None
        self._secrets: Secrets | None = None
        self._retry: RetryPolicy | None = None

    @classmethod
    def load(cls, path: str) -> Deployment:
        """From the `_config.json` at `path`; `_validators.py` is looked for beside it. Raises ConfigurationError."""
        try:
            with open(path, "rb") as file:
                config = jsontext.loads(file.read())
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"the function's configuration {path} cannot be read: {error}") from error
        return cls(config, os.path.join(os.path.dirname(path), VALIDATORS_FILE))

    @property
    def region(self) -> str:
        return aws.region(self.config["region"])

    @property
    def retry(self) -> RetryPolicy:
        """One quota of retries for all services."""
        if self._retry is None:
            from deep.runtime.retry import RetryPolicy

            self._retry = RetryPolicy()
        return self._retry

    @property
    def tables_client(self) -> DynamoDb:
        """The client all tables share, with its kept connections."""
        if self._tables_client is None:
            from deep.runtime.dynamodb import DynamoDb

            self._tables_client = DynamoDb(aws.endpoint("dynamodb", self.region), self.region, aws.credentials(), retry=self.retry)
        return self._tables_client

    @property
    def secrets(self) -> Secrets:
        """Values of secret parameters, shared by all identities: who calls changes none."""
        if self._secrets is None:
            from deep.runtime.secrets import Secrets
            from deep.runtime.signed import Service

            self._secrets = Secrets(Service("ssm", self.region, aws.credentials(), self.retry))
        return self._secrets

    def tables_client_of(self, identity_id: str) -> TablesClient:
        """The client for own models, on behalf of an identity: under the data role where the configuration names one."""
        role = self.config.get("dataRole")
        if role is None:
            return self.tables_client
        from deep.runtime.session import CallerTables, DataSessions
        from deep.runtime.signed import Service

        if self._data_sessions is None:
            self._data_sessions = DataSessions(Service("sts", self.region, aws.credentials(), self.retry), role, self.tables_client)
        return CallerTables(self._data_sessions, identity_id)

    @property
    def validators(self) -> Mapping[str, Validator]:
        """Compiled schemas by name; none when the app has none."""
        if self._validators is None:
            self._validators = _load_validators(self._validators_path)
        return self._validators

    def close(self) -> None:
        """Closes kept connections. For tests and tools; a function's process ends with them open."""
        for client in (self._tables_client, self._data_sessions, self._secrets):
            if client is not None:
                client.close()


def _load_validators(path: str | None) -> Mapping[str, Validator]:
    if path is None or not os.path.exists(path):
        return {}
    from importlib.machinery import SourceFileLoader
    from types import ModuleType

    # By path, not by name: beside the code of one function may lie the configuration of another (parity 72).
    module = ModuleType("_deep_validators")
    SourceFileLoader("_deep_validators", path).exec_module(module)
    return module.VALIDATORS  # type: ignore[no-any-return]
