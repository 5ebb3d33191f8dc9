"""What a Python function does with models and with other actions, told from its syntax trees.

Values are followed by name, through assignments, returns and parameters, without regard to the order of statements: `todos = db.get("Todo")` makes
`todos` a table wherever the function says it. What cannot be told (a model's name that is computed, a table handed to other code) is noted as
unclear, never guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from deep.errors import Place
from deep.frozen import dataclass

TABLE_METHODS = frozenset(
    (
        *("create_item", "create_unique_on_fields", "find_one_by_id", "find_all", "find_all_paginated"),
        *("find_by", "find_one_by", "find_all_by", "find_matching", "find_all_matching"),
        *("update_item", "update_item_conditional", "delete_by_id", "delete_by_id_conditional"),
    )
)
"""The methods of a model's table that reach it."""


@dataclass(frozen=True, slots=True)
class TableCall:
    """A call of a table's method. `fields` are those it searches by, None where the code computes them; () for methods that search by none."""

    model: str
    method: str
    fields: tuple[str, ...] | None
    place: Place


@dataclass(frozen=True, slots=True)
class Code:
    """All that an action's code was found to do.

    `actions` are references such as `@deep.todo:task:create`; `sdk` are services (`*` when computed) and the places that make SDK clients for them.
    """

    calls: tuple[TableCall, ...] = ()
    actions: tuple[tuple[str, Place], ...] = ()
    unclear: tuple[Place, ...] = ()
    sdk: tuple[tuple[str, Place], ...] = ()

    def with_calls(self, calls: tuple[TableCall, ...]) -> Code:
        """The same, and what the framework does in the code's stead."""
        return replace(self, calls=(*self.calls, *calls))


@dataclass(frozen=True, slots=True)
class _Service:
    """A value that is a service of the kernel: `db` or `resource`."""

    name: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A value that is a model's table; None for a model whose name is computed."""

    model: str | None


@dataclass(frozen=True, slots=True)
class _Resource:
    """A value that is a resource (`@deep.todo:task`) or an action of one; None where its reference is computed."""

    reference: str | None


_Kind = _Service | _Table | _Resource
_Scope = tuple[str, ...]
"""Where a name is bound: the module's name, then the functions and classes around it."""


def read_code(trees: Mapping[str, ast.Module]) -> Code:
    """What the modules of one action do; `trees` by the file name that places are told by."""
    return _Reader(trees).read()


@dataclass(slots=True)
class _Reader:
    trees: Mapping[str, ast.Module]
    functions: dict[str, list[tuple[_Scope, ast.FunctionDef | ast.AsyncFunctionDef]]] = field(default_factory=dict)
    kinds: dict[tuple[_Scope, str], set[_Kind]] = field(default_factory=dict)
    calls: dict[TableCall, None] = field(default_factory=dict)
    actions: dict[tuple[str, Place], None] = field(default_factory=dict)
    unclear: dict[Place, None] = field(default_factory=dict)
    sdk: dict[tuple[str, Place], None] = field(default_factory=dict)
    unpacked: set[ast.expr] = field(default_factory=set)

    def read(self) -> Code:
        nodes = [found for file, tree in self.trees.items() for found in _scoped(tree, (file,))]
        for scope, node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions.setdefault(node.name, []).append((scope, node))
        while self._bind_all(nodes):
            pass
        for scope, node in nodes:
            if isinstance(node, ast.Call):
                self._note(scope, node)
            elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict) and node not in self.unpacked:
                self._note_escaping(scope, node.values if isinstance(node, ast.Dict) else node.elts, _place(scope[0], node))
        return Code(tuple(self.calls), tuple(self.actions), tuple(self.unclear), tuple(self.sdk))

    def _bind_all(self, nodes: list[tuple[_Scope, ast.AST]]) -> bool:
        """One pass over all bindings; whether anything new was learnt."""
        before = sum(map(len, self.kinds.values()))
        for scope, node in nodes:
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._bind(scope, target, value)
                case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                    self._bind(scope, target, value)
                case ast.Return(value=ast.expr() as value):
                    self._add((scope[:1], f"{scope[-1]}()"), self._kinds_of(scope, value))
                case ast.Call():
                    self._bind_arguments(scope, node)
                case _:
                    pass
        return sum(map(len, self.kinds.values())) > before

    def _bind(self, scope: _Scope, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(id=name), _:
                self._add((scope, name), self._kinds_of(scope, value))
            case ast.Attribute(attr=name), _:
                self._add((scope[:1], f".{name}"), self._kinds_of(scope, value))
            case ((ast.Tuple(elts=names) | ast.List(elts=names)), (ast.Tuple(elts=values) | ast.List(elts=values))) if _pair(names, values):
                self.unpacked.add(value)
                for name_, value_ in zip(names, values, strict=True):
                    self._bind(scope, name_, value_)
            case _:
                pass

    def _bind_arguments(self, scope: _Scope, call: ast.Call) -> None:
        """Hands kinds to the parameters of functions of the same modules, by the function's name."""
        for inner, function in self.functions.get(_called(call) or "", ()):
            parameters = [parameter.arg for parameter in function.args.args]
            given = parameters[1:] if parameters[:1] in (["self"], ["cls"]) else parameters
            pairs = [*zip(given, call.args, strict=False), *((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)]
            for parameter, value in pairs:
                self._add((inner, parameter), self._kinds_of(scope, value))

    def _add(self, key: tuple[_Scope, str], kinds: set[_Kind]) -> None:
        if kinds:
            self.kinds.setdefault(key, set()).update(kinds)

    def _kinds_of(self, scope: _Scope, value: ast.expr) -> set[_Kind]:
        match value:
            case ast.Name(id=name):
                return self._named(scope, name)
            case ast.Attribute(attr=name):
                return self._anywhere(f".{name}") | self._anywhere(f"{name}()")
            case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[key, *_]):
                return self._got(scope, owner, key) or self._anywhere("get()")
            case ast.Call():
                return self._anywhere(f"{_called(value)}()")
            case ast.IfExp(body=first, orelse=second):
                return self._kinds_of(scope, first) | self._kinds_of(scope, second)
            case ast.BoolOp(values=values):
                return {kind for one in values for kind in self._kinds_of(scope, one)}
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                return self._kinds_of(scope, inner)
            case _:
                return set()

    def _named(self, scope: _Scope, name: str) -> set[_Kind]:
        """What a name is, from the innermost scope outwards; a name imported from another module of the action is that module's."""
        for depth in range(len(scope), 0, -1):
            found = self.kinds.get((scope[:depth], name))
            if found:
                return found
        return {kind for file in self.trees for kind in self.kinds.get(((file,), name), ())}

    def _anywhere(self, name: str) -> set[_Kind]:
        return {kind for file in self.trees for kind in self.kinds.get(((file,), name), ())}

    def _got(self, scope: _Scope, owner: ast.expr, key: ast.expr) -> set[_Kind]:
        """What `owner.get(key)` is: a service of a kernel, a table of a `db`, a resource of a `resource`."""
        text = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
        kinds = self._kinds_of(scope, owner)
        if _Service("db") in kinds:
            return {_Table(text)}
        if _Service("resource") in kinds:
            return {_Resource(text)}
        return {_Service(text)} if text in ("db", "resource") else set()

    def _note(self, scope: _Scope, call: ast.Call) -> None:
        place = _place(scope[0], call)
        if service := _sdk_service(call):
            self.sdk[(service, place)] = None
        if isinstance(call.func, ast.Attribute):
            for kind in self._kinds_of(scope, call.func.value):
                self._note_method(kind, call, place)
        if _called(call) not in self.functions:
            self._note_escaping(scope, [*call.args, *(keyword.value for keyword in call.keywords)], place)

    def _note_escaping(self, scope: _Scope, escaping: list[ast.expr], place: Place) -> None:
        """Tables among these values are no longer followed."""
        if any(isinstance(kind, _Table) for one in escaping for kind in self._kinds_of(scope, one)):
            self.unclear[place] = None

    def _note_method(self, kind: _Kind, call: ast.Call, place: Place) -> None:
        method = _called(call) or ""
        match kind:
            case _Table(model=None) if method in TABLE_METHODS:
                self.unclear[place] = None
            case _Table(model=str() as model) if method in TABLE_METHODS:
                self.calls[TableCall(model, method, _fields(method, call), place)] = None
            case _Resource(reference=None) if method in ("request", "action"):
                self.unclear[place] = None
            case _Resource(reference=str() as reference) if method in ("request", "action"):
                self._note_action(reference, call, place)
            case _:
                pass

    def _note_action(self, reference: str, call: ast.Call, place: Place) -> None:
        if reference.count(":") == 2:
            self.actions[(reference, place)] = None
        elif call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            self.actions[(f"{reference}:{call.args[0].value}", place)] = None
        else:
            self.unclear[place] = None


def _scoped(tree: ast.AST, scope: _Scope) -> Iterator[tuple[_Scope, ast.AST]]:
    """Every node with the scope it is in."""
    for child in ast.iter_child_nodes(tree):
        inner = (*scope, child.name) if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else scope
        yield inner, child
        yield from _scoped(child, inner)


def _pair(names: list[ast.expr], values: list[ast.expr]) -> bool:
    """Whether `a, b = x, y` says which name is which value."""
    return len(names) == len(values) and not any(isinstance(one, ast.Starred) for one in (*names, *values))


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def _fields(method: str, call: ast.Call) -> tuple[str, ...] | None:
    """The fields that a search names, as far as the code spells them."""
    if not method.startswith("find") or method in ("find_one_by_id", "find_all", "find_all_paginated"):
        return ()
    first = call.args[0] if call.args else next((keyword.value for keyword in call.keywords if keyword.arg in ("field", "params")), None)
    match first:
        case ast.Constant(value=str() as name):
            return (name,)
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            return tuple(str(key.value) for key in keys if isinstance(key, ast.Constant))
        case _:
            return None


def _sdk_service(call: ast.Call) -> str | None:
    """`boto3.client("ses")` -> `ses`; `*` where the service's name is computed."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="boto3"), attr="client" | "resource"):
            first = call.args[0] if call.args else None
            return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "*"
        case _:
            return None


def _place(file: str, node: ast.expr) -> Place:
    told = node.func if isinstance(node, ast.Call) else node
    end = told.end_col_offset if told.end_lineno == node.lineno else None
    return Place(file, told.lineno, told.col_offset + 1, max((end or node.col_offset + 1) - told.col_offset, 1))
