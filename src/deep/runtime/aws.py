"""Where AWS services are and with which credentials they are called, read from the environment as AWS's SDKs do."""

from __future__ import annotations

import os

from deep.runtime.exceptions import ConfigurationError
from deep.wire.sigv4 import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """The function's own role, which Lambda and the local platform put into the environment. Raises ConfigurationError when it is not there."""
    try:
        return Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], environment.get("AWS_SESSION_TOKEN") or None)
    except KeyError as missing:
        raise ConfigurationError(f"no AWS credentials: {missing.args[0]} is not in the environment") from None


def region(fallback: str, environment: Mapping[str, str] = os.environ) -> str:
    """`AWS_REGION`, else `AWS_DEFAULT_REGION`, else `fallback` (the deployment's)."""
    return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or fallback


def endpoint(service: str, region_name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The service's URL: `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`, else AWS's regional one."""
    told = environment.get(f"AWS_ENDPOINT_URL_{service.upper()}") or environment.get("AWS_ENDPOINT_URL")
    if told:
        return told
    domain = "amazonaws.com.cn" if region_name.startswith("cn-") else "amazonaws.com"
    return f"https://{service}.{region_name}.{domain}"
