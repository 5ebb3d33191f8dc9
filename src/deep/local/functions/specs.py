"""From actions to what their processes need: the files beside their code, and an environment that holds nothing of the developer's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

import orjson

from deep.bundle.function import action_function_name, function_config
from deep.bundle.target import Target
from deep.bundle.validators import compile_validators
from deep.local.functions.launching import FunctionSpec
from deep.model import Action, App


def local_actions(app: App) -> tuple[Action, ...]:
    """The actions whose functions this machine runs: those in Python."""
    return tuple(action for action in app.actions if action.type == "lambda" and action.language == "python")


def function_specs(
    app: App, target: Target, folder: Path, requirements: Mapping[Path, Path], aws: Callable[[str], Mapping[str, str]]
) -> dict[str, FunctionSpec]:
    """A specification per function, by its action's identifier, with its configuration and the app's validators written into `folder`.

    `requirements` are the installed ones by source folder. `aws` tells a function, by its action's identifier, where services are and with which
    credentials it calls them, in the environment variables of AWS's SDKs. Raises ProjectError, writing nothing, for schemas that cannot be compiled.
    """
    validators = compile_validators(app).encode()
    replace_file(folder / "_validators.py", validators)
    specs = {}
    for action in local_actions(app):
        if action.source is not None:
            config = orjson.dumps(function_config(app, action, target))
            path = folder / f"{action.identifier.replace(':', '-')}.json"
            replace_file(path, config)
            name = action_function_name(app, action, target)
            specs[action.identifier] = FunctionSpec(
                identifier=action.identifier,
                arn=f"arn:aws:lambda:{target.region}:{target.account_id}:function:{name}",
                root=action.source,
                config_path=path,
                memory_mb=action.memory_mb,
                timeout_s=action.timeout_s,
                requirements=requirements.get(action.source),
                environment=_environment(action, action.source, name, target.region) | dict(aws(action.identifier)),
                revision=sha256(config + validators).hexdigest(),
            )
    return specs


def _environment(action: Action, source: Path, name: str, region: str) -> dict[str, str]:
    """What AWS Lambda defines (Developer Guide, "Defined runtime environment variables"). Nothing of the developer's own is there: neither keys, nor
    profiles, nor the way home to them."""
    return {
        "_HANDLER": "bootstrap.handler" if (source / "bootstrap.py").exists() else "handler.handler",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(action.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": gettempdir(),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONUTF8": "1",
        "TZ": ":UTC",
    }


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file that differs, whole or not at all: a process that starts at this moment reads the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == content:
        return
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
