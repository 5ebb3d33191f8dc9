"""Where a function's configuration is. Imports nothing, because every cold start comes by here."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_FILE = "_config.json"


def find_config(environment: Mapping[str, str] = os.environ) -> str:
    """Path of the configuration: `DEEP_CONFIG`, else beside the code (`LAMBDA_TASK_ROOT`), else in the working directory."""
    return environment.get("DEEP_CONFIG") or os.path.join(environment.get("LAMBDA_TASK_ROOT") or os.getcwd(), CONFIG_FILE)


def config_text() -> bytes:
    """The configuration as it is written; empty where there is none, as when a handler is tried alone."""
    try:
        with open(find_config(), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
