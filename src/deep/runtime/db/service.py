"""The `db` service: the models of the app, by name."""

from __future__ import annotations

from deep.runtime.db.table import Table
from deep.runtime.exceptions import MissingUserContextError, ModelNotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from deep.runtime.dynamodb import TablesClient
    from deep.wire.config import TableShape


class Caller:
    """On whose behalf own models are used: an identity, and the client whose credentials reach that identity's items and no others."""

    __slots__ = ("client", "identity_id")

    def __init__(self, identity_id: str, client: TablesClient) -> None:
        self.identity_id = identity_id
        self.client = client


class Db:
    """`db.get("Todo")` is the model's table. `caller` is None when the invocation carries no identity."""

    def __init__(self, client: TablesClient, shapes: Mapping[str, TableShape], caller: Caller | None = None) -> None:
        self._client = client
        self._shapes = shapes
        self._caller = caller
        self._tables: dict[str, Table] = {}

    @property
    def models(self) -> tuple[str, ...]:
        """Names of all models."""
        return tuple(self._shapes)

    def has(self, model: str) -> bool:
        return self._declared_name(model) is not None

    def get(self, model: str) -> Table:
        """The model's table; the later versions' `todo-list` is the same as `TodoList`.

        Raises ModelNotFoundError naming what there is, and MissingUserContextError (403) for an own model when nobody is known to call.
        """
        name = self._declared_name(model)
        if name is None:
            raise ModelNotFoundError(f"there is no model {model!r}; declared are {', '.join(self._shapes) or 'none'}")
        if name not in self._tables:
            self._tables[name] = self._table(name, self._shapes[name])
        return self._tables[name]

    def _table(self, name: str, shape: TableShape) -> Table:
        if not shape.get("own"):
            return Table(self._client, name, shape)
        if self._caller is None:
            raise MissingUserContextError(f"items of {name} belong to whoever made them, and this call carries no identity")
        return Table(self._caller.client, name, shape, self._caller.identity_id)

    def _declared_name(self, model: str) -> str | None:
        if model in self._shapes:
            return model
        from deep.names import studly

        return next((name for name in self._shapes if name == studly(model)), None)
