"""Calls of AWS: the only file of the toolchain that uses boto3. Credentials are found by its own chain and never touch a file of ours."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deep.errors import RefusedError
from deep.provision.account.refusals import Answer, is_absence, is_unanswered, refusal, unreachable

ATTEMPTS = 8


class Calls:
    """An account in a region. `endpoint_url` leads to anything that speaks AWS's protocols; `profile` names one of the AWS files.

    Each call raises DeepError: what AWS, or the way to it, says no to.
    """

    def __init__(self, region: str, *, endpoint_url: str | None = None, profile: str | None = None) -> None:
        self._region = region
        self._endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}
        self._making = Lock()
        self._session = _told(lambda: boto3.Session(profile_name=profile, region_name=region))

    def _client(self, service: str) -> Any:
        """Clients may be used by several threads at once, and not made (boto3 documentation, "Multithreading or multiprocessing with clients")."""
        with self._making:
            if service not in self._clients:
                wait_s = 930 if service == "lambda" else 60  # functions may run for 15 minutes
                config = Config(
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, connect_timeout=10, read_timeout=wait_s, tcp_keepalive=True
                )
                self._clients[service] = _told(lambda: cast(Any, self._session.client)(service, endpoint_url=self._endpoint_url, config=config))
            return self._clients[service]

    def _call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        return cast(dict[str, Any], _told(lambda: getattr(self._client(service), operation)(**arguments)))

    def _listed(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """What all pages of the operation's answer list under a key."""
        pages = self._client(service).get_paginator(operation).paginate(**arguments)
        return cast("list[Any]", _told(lambda: [one for page in pages for one in page.get(key, ())]))

    def _unless_absent(self, service: str, operation: str, **arguments: Any) -> dict[str, Any] | None:
        return self._unless(is_absence, service, operation, **arguments)

    def _ask(self, service: str, operation: str, **arguments: Any) -> dict[str, Any] | None:
        """The call's answer; {} where there is nothing of that name, None where the account does not tell, or does not know the question."""
        try:
            return self._unless(is_unanswered, service, operation, **arguments)
        except RefusedError as error:
            if isinstance(error.__cause__, ClientError) and is_absence(error.__cause__.response):
                return {}
            raise

    def _unless(self, excused: Callable[[Answer], bool], service: str, operation: str, **arguments: Any) -> dict[str, Any] | None:
        """The call's answer; None where AWS refuses it in a way that is excused."""

        def call() -> Any:
            try:
                return getattr(self._client(service), operation)(**arguments)
            except ClientError as error:
                if excused(error.response):
                    return None
                raise

        return cast("dict[str, Any] | None", _told(call))


def _told(call: Callable[[], Any]) -> Any:
    """The call's result; what AWS or the way to it says no to, as errors of ours."""
    try:
        return call()
    except ClientError as error:
        raise refusal(error.operation_name, error.response) from error
    except BotoCoreError as error:
        raise unreachable(error, ", ".join(boto3.Session().available_profiles) or "none") from error
