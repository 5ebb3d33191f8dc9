"""The `security` service: who calls."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from deep.runtime.kernel import Kernel


class Security:
    """The Cognito identity of the caller, as the API vouched for it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def identity_id(self) -> str | None:
        """The identity, anonymous ones included; None when the call carries none."""
        return self._kernel.identity_id

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller has not logged in: no identity, or one without a provider."""
        context = self._kernel.context
        return context is None or not context.is_authenticated
