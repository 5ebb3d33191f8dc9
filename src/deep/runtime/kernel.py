"""The kernel: what a handler reaches everything through: `self.kernel.get("db")` (`deep-2016` 2.2).

One kernel serves one identity. A warm process keeps the kernels of the last few identities; what services keep (a cache, say) is never seen by
another identity (parity 72), and the number kept is bounded.
"""

from __future__ import annotations

from deep.names import split_reference
from deep.runtime.configuration import find_config
from deep.runtime.deployment import Deployment
from deep.runtime.exceptions import InvalidArgumentError, MissingServiceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from deep.runtime.context import Context
    from deep.wire.config import FunctionMicroappShape, RuntimeConfig

MOST_KERNELS = 64
"""How many identities' kernels a process keeps; the one unused for longest goes first."""

_kernels: dict[tuple[int, str | None], Kernel] = {}
_deployments: dict[str, Deployment] = {}


class Kernel:
    """Services by name, and the configuration of this function."""

    def __init__(self, deployment: Deployment, identity_id: str | None = None) -> None:
        self.deployment = deployment
        self.identity_id = identity_id
        self.context: Context | None = None
        """The running invocation's; None between invocations."""
        self._services: dict[str, Any] = {}

    @classmethod
    def from_lambda_context(cls, lambda_context: object, event: object = None) -> Kernel:
        """The kernel of the caller of an invocation, as `KernelFromLambdaContext` of the original (parity 63)."""
        from deep.runtime.context import identity_of

        return kernel_for(process_deployment(), identity_of(event, lambda_context))

    @property
    def config(self) -> RuntimeConfig:
        return self.deployment.config

    @property
    def env(self) -> str:
        return self.config["env"]

    @property
    def deploy_id(self) -> str:
        return self.config["deployId"]

    @property
    def microapp(self) -> str:
        """Identifier of the microapplication this function belongs to."""
        return self.config["microapp"]

    def get(self, name: str) -> Any:
        """The service `name`. Raises MissingServiceError naming it and what there is."""
        if name not in self._services:
            build = _SERVICES.get(name)
            if build is None:
                raise MissingServiceError(f"there is no service {name!r}; services are {', '.join(sorted(_SERVICES))}")
            self._services[name] = build(self)
        return self._services[name]

    def has(self, name: str) -> bool:
        return name in _SERVICES

    def get_param(self, path: str, default: Any = None) -> Any:
        """A backend parameter of this microapplication; `a|b` is `b` inside `a`. A secret one is fetched now: ServiceError when that fails."""
        return self.get_microapp_param(self.microapp, path, default)

    def get_microapp_param(self, microapp: str, path: str, default: Any = None) -> Any:
        """A backend parameter of another microapplication. Raises InvalidArgumentError when the app has no such microapplication."""
        value: Any = self.microapp_config(microapp)["parameters"]
        for part in path.split("|"):
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        return self.deployment.secrets.revealed(value) if _has_secret(value) else value

    def resolve(self, reference: str) -> tuple[str, str]:
        """`@deep.todo:task` -> (`deep.todo`, `task`); `@:x` and `@this:x` are not known. Raises InvalidArgumentError for bad or unknown ones."""
        try:
            microapp, path = split_reference(reference)
        except ValueError as error:
            raise InvalidArgumentError(str(error)) from None
        self.microapp_config(microapp)
        return microapp, path

    def microapp_config(self, microapp: str) -> FunctionMicroappShape:
        """What this function knows of a microapplication. Raises InvalidArgumentError for an unknown one."""
        known = self.config["microapps"]
        if microapp not in known:
            raise InvalidArgumentError(f"there is no microapplication {microapp!r}; known are {', '.join(known)}")
        return known[microapp]


def process_deployment() -> Deployment:
    """The deployment of the function this process runs, read once."""
    path = find_config()
    if path not in _deployments:
        _deployments[path] = Deployment.load(path)
    return _deployments[path]


def kernel_for(deployment: Deployment, identity_id: str | None) -> Kernel:
    """The identity's kernel, kept or new."""
    key = (id(deployment), identity_id)
    kernel = _kernels.pop(key, None)
    if kernel is None or kernel.deployment is not deployment:
        kernel = Kernel(deployment, identity_id)
    while len(_kernels) >= MOST_KERNELS:
        del _kernels[next(iter(_kernels))]
    _kernels[key] = kernel  # last in the dict is the one used last
    return kernel


def _has_secret(value: Any) -> bool:
    """Whether a parameter's value holds a reference (`deep.runtime.secrets`, which most functions never load)."""
    return isinstance(value, dict) and ("$secret" in value or any(_has_secret(inner) for inner in value.values()))


def _db(kernel: Kernel) -> object:
    from deep.runtime.db.service import Caller, Db

    deployment, identity = kernel.deployment, kernel.identity_id
    caller = None if identity is None else Caller(identity, deployment.tables_client_of(identity))
    return Db(deployment.tables_client, kernel.config["tables"], caller)


def _asset(kernel: Kernel) -> object:
    from deep.runtime.asset import Asset

    return Asset(kernel)


def _cache(kernel: Kernel) -> object:
    from deep.runtime.cache import Cache

    return Cache()


def _log(kernel: Kernel) -> object:
    from deep.runtime.log import Log

    return Log(kernel)


def _resource(kernel: Kernel) -> object:
    from deep.runtime.resource import Resources

    return Resources(kernel)


def _security(kernel: Kernel) -> object:
    from deep.runtime.security import Security

    return Security(kernel)


def _validation(kernel: Kernel) -> object:
    from deep.runtime.validation import Validation

    return Validation(kernel.deployment)


_SERVICES: dict[str, Callable[[Kernel], object]] = {
    "asset": _asset,
    "cache": _cache,
    "db": _db,
    "log": _log,
    "resource": _resource,
    "security": _security,
    "validation": _validation,
}
