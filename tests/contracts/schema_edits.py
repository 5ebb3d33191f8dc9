"""A property whose models are edited at random, with rows written in between, and a memory of every row that must still be there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from deep.bundle.function import model_table_name
from deep.bundle.tables import table_definitions
from deep.bundle.target import Target
from deep.local.engines.dynamodb_http import DynamoDbHttp
from deep.local.engines.tables import reconcile_tables
from deep.model import App, Index, Model
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import DynamoDb
from tests.fakes.apps import HERE, app_of

ALICE, BOB = "us-east-1:alice", "us-east-1:bob"
FIELDS = ("Title", "Rank", "Town", "Mail", "Owner")
VALUES: Mapping[str, tuple[Any, ...]] = {"string": ("a", "b", "7"), "number": (1, 2, 7)}


class Killed(BaseException):
    """The platform's process is gone, in the middle of something."""


class Mortal:
    """Carries calls to an engine until it dies: before its `lives`-th call is sent, or just after it was answered."""

    def __init__(self, caller: DynamoDbHttp, lives: int, *, after: bool) -> None:
        self._caller, self._lives, self._after = caller, lives, after

    async def call(self, operation: str, document: dict[str, Any]) -> dict[str, Any]:
        self._lives -= 1
        if self._lives == 0 and not self._after:
            raise Killed
        answer = await self._caller.call(operation, document)
        if self._lives == 0:
            raise Killed
        return answer


@dataclass(slots=True)
class Declared:
    """A model as its file says."""

    fields: dict[str, str]
    indexes: list[tuple[str, ...]] = field(default_factory=list)
    own: bool = False

    def model(self, name: str) -> Model:
        indexes = tuple(Index(f"{'-'.join(keys)}-index", *keys) for keys in self.indexes)
        return Model(name, dict(self.fields), indexes, {}, HERE, self.own)

    def forget(self, name: str) -> None:
        """The field goes, and every index that names it."""
        self.fields.pop(name, None)
        self.indexes = [keys for keys in self.indexes if name not in keys]


@dataclass(frozen=True, slots=True)
class Row:
    """What was written, and by whom; nobody in particular where the model was shared."""

    owner: str | None
    data: dict[str, Any]


class Edits:
    """One sequence. `models` is what the files say, `rows` what must be in the tables, by model and Id."""

    def __init__(self, seed: int, endpoint: str, client: DynamoDb) -> None:
        self._random = Random(seed)
        self._target = Target(f"s{seed}", "00000000", "us-east-1", "123456789012", development=True)
        self._endpoint, self._client = endpoint, client
        self.models = {name: Declared({"Title": "string", "Rank": "number"}) for name in ("Note", "Task")}
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.models}
        self.kills = 0
        self._removed: dict[str, Declared] = {}

    def run(self, steps: int) -> None:
        """Edits, brings the tables in line (killed now and then), looks, writes; and at last shares all models, so that every row can be seen."""
        self._bring_in_line()
        for _ in range(steps):
            self._write()
            for _ in range(self._random.randint(1, 3)):
                self._edit()
            self._bring_in_line()
            self.check()
        self.models |= self._removed
        for model in self.models.values():
            model.own = False
        self._bring_in_line()
        self.check()

    # --- edits ---

    def _edit(self) -> None:
        name = self._random.choice(list(self.rows))
        if name in self._removed:
            self.models[name] = self._removed.pop(name)
            return
        edit = self._random.choice(
            (self._add, self._remove, self._rename, self._retype, self._index, self._index, self._unindex, self._own, self._drop)
        )
        edit(name, self.models[name])

    def _add(self, _: str, model: Declared) -> None:
        names = [one for one in FIELDS if one not in model.fields and not (model.own and one == "Owner")]
        if names:
            model.fields[self._random.choice(names)] = self._random.choice(("string", "number"))

    def _remove(self, _: str, model: Declared) -> None:
        if len(model.fields) > 1:
            model.forget(self._random.choice(list(model.fields)))

    def _rename(self, name: str, model: Declared) -> None:
        self._add(name, model)
        self._remove(name, model)

    def _retype(self, _: str, model: Declared) -> None:
        one = self._random.choice(list(model.fields))
        model.fields[one] = "number" if model.fields[one] == "string" else "string"

    def _index(self, _: str, model: Declared) -> None:
        keys = tuple(self._random.sample([*model.fields, "createdAt"], min(len(model.fields), self._random.randint(1, 2))))
        if keys not in model.indexes and (not model.own or keys[0] not in [one[0] for one in model.indexes]):
            model.indexes.append(keys)

    def _unindex(self, _: str, model: Declared) -> None:
        if model.indexes:
            model.indexes.remove(self._random.choice(model.indexes))

    def _own(self, _: str, model: Declared) -> None:
        model.own = not model.own
        if model.own and "Owner" in model.fields:
            model.fields.setdefault("Title", "string")
            model.forget("Owner")

    def _drop(self, name: str, model: Declared) -> None:
        self._removed[name] = model
        del self.models[name]

    # --- the platform ---

    def _bring_in_line(self) -> None:
        app = self._app()
        caller = DynamoDbHttp(self._endpoint)
        definitions = table_definitions(app, self._target)
        while self._random.random() < 0.5:
            try:
                mortal = Mortal(caller, self._random.randint(1, 40), after=self._random.random() < 0.5)
                asyncio.run(reconcile_tables(mortal, definitions))
            except Killed:
                self.kills += 1
        assert asyncio.run(reconcile_tables(caller, definitions)).problems == ()
        assert asyncio.run(reconcile_tables(caller, definitions)).done == ()

    def _app(self) -> App:
        return app_of(*(model.model(name) for name, model in self.models.items()))

    def tables(self, name: str) -> Iterator[tuple[str | None, Table]]:
        """The model's table as each of its users has it."""
        model = self.models[name]
        app = self._app()
        declared = next(one for one in app.models if one.name == name)
        indexes = [{"name": one.name, "partition": one.partition, **({"sort": one.sort} if one.sort else {})} for one in declared.indexes]
        shape: Any = {"name": model_table_name(app, declared, self._target), "fields": model.fields, "indexes": indexes, "own": model.own}
        for owner in (ALICE, BOB) if model.own else (None,):
            yield owner, Table(self._client, name, shape, owner)

    # --- rows ---

    def _write(self) -> None:
        for name in self.models:
            for owner, table in self.tables(name):
                for _ in range(self._random.randint(0, 4)):
                    item = table.create_item(self._data(name))
                    self.rows[name][item["Id"]] = Row(owner, self._told(item))
                self._change(name, owner, table)

    def _change(self, name: str, owner: str | None, table: Table) -> None:
        seen = sorted(self._visible(name, owner))
        if seen:
            item = table.update_item(self._random.choice(seen), self._data(name))
            row = self.rows[name][item["Id"]]
            self.rows[name][item["Id"]] = Row(row.owner, {**row.data, **self._told(item)})
        if len(seen) > 3:
            gone = self._random.choice(seen)
            assert table.delete_by_id(gone)
            del self.rows[name][gone]

    def _data(self, name: str) -> dict[str, Any]:
        fields = self.models[name].fields
        return {one: self._random.choice(VALUES[kind]) for one, kind in fields.items() if self._random.random() < 0.8}

    @staticmethod
    def _told(item: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in item.items() if key in FIELDS}

    def _visible(self, name: str, owner: str | None) -> dict[str, dict[str, Any]]:
        """What this user must see: an own model's rows are those it wrote itself, without a shared row's `Owner`."""
        if owner is None:
            return {key: row.data for key, row in self.rows[name].items()}
        mine = {key: row.data for key, row in self.rows[name].items() if row.owner == owner}
        return {key: {one: value for one, value in data.items() if one != "Owner"} for key, data in mine.items()}

    # --- what is asked ---

    def check(self) -> None:
        """No row is lost, none is seen by others, and every finder answers right."""
        for name, model in self.models.items():
            for owner, table in self.tables(name):
                wanted = self._visible(name, owner)
                assert {item["Id"]: self._told(item) for item in table.find_all()} == wanted
                for asked in self._questions(model):
                    found = sorted(item["Id"] for item in table.find_all_matching(asked))
                    assert found == sorted(key for key, data in wanted.items() if all(data.get(one) == value for one, value in asked.items())), asked

    @staticmethod
    def _questions(model: Declared) -> Iterator[dict[str, Any]]:
        """By a pair's first field alone a search leaves out what has no second one: such a row is not in the index."""
        sparse = {keys[0] for keys in model.indexes if keys[1:] not in ((), ("createdAt",)) and not model.own}
        for one, kind in model.fields.items():
            if one not in sparse:
                yield from ({one: value} for value in VALUES[kind])
        for keys in model.indexes:
            if len(keys) == 2 and "createdAt" not in keys:
                first, second = (VALUES[model.fields[key]] for key in keys)
                yield from ({keys[0]: one, keys[1]: other} for one, other in zip(first, second, strict=True))
