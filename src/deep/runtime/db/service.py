"""The `db` service: the models of the app, by name."""

from __future__ import annotations

from deep.runtime.db.table import Table
from deep.runtime.exceptions import ModelNotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from deep.runtime.dynamodb import DynamoDb
    from deep.wire.config import TableShape


class Db:
    """`db.get("Todo")` is the model's table."""

    def __init__(self, client: DynamoDb, shapes: Mapping[str, TableShape]) -> None:
        self._client = client
        self._shapes = shapes
        self._tables: dict[str, Table] = {}

    @property
    def models(self) -> tuple[str, ...]:
        """Names of all models."""
        return tuple(self._shapes)

    def has(self, model: str) -> bool:
        return self._declared_name(model) is not None

    def get(self, model: str) -> Table:
        """The model's table; the later versions' `todo-list` is the same as `TodoList`. Raises ModelNotFoundError naming what there is."""
        name = self._declared_name(model)
        if name is None:
            raise ModelNotFoundError(f"there is no model {model!r}; declared are {', '.join(self._shapes) or 'none'}")
        if name not in self._tables:
            self._tables[name] = Table(self._client, name, self._shapes[name])
        return self._tables[name]

    def _declared_name(self, model: str) -> str | None:
        if model in self._shapes:
            return model
        from deep.names import studly

        return next((name for name in self._shapes if name == studly(model)), None)
