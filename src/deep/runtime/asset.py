"""The `asset` service: where files of frontends are (parity 52)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from deep.runtime.kernel import Kernel


class Asset:
    """URLs of microapplications' files."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def locate(self, reference: str) -> str:
        """`@deep.todo:js/x.js` -> `deep.todo/js/x.js?_v=<deployId>`; files of the root microapplication have no prefix."""
        microapp, path = self._kernel.resolve(reference)
        prefix = "" if self._kernel.microapp_config(microapp)["isRoot"] else f"{microapp}/"
        return f"{prefix}{path}?_v={self._kernel.deploy_id}"
