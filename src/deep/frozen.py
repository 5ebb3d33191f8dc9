"""Frozen dataclasses whose classes cost little to make, and whose instances are made quickly.

The standard library writes seven methods of a frozen class as texts and compiles each when the class is made, which was a quarter of `deepify plan`.
Here `__init__` alone is compiled, and fills the slots directly; the other methods are closures over the names of the fields. What is read off a class
stays the standard library's (`fields`, `replace`, `asdict`, `match`), and so does its type for whoever checks types.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter, ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, order: bool = False) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, which makes the classes that are not frozen."""
        if not (frozen and slots):
            return dataclasses.dataclass(slots=slots, order=order)
        return lambda written: _made(written, order=order)


__all__ = ["dataclass"]


def _made(written: type, *, order: bool) -> type:
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(written)
    fields = dataclasses.fields(made)
    compared = _reading([field.name for field in fields if field.compare])
    methods: dict[str, Any] = {
        "__init__": _init(made, fields),
        "__repr__": _repr([field.name for field in fields if field.repr]),
        "__eq__": _comparing(compared, lambda ours, theirs: ours == theirs),
        "__hash__": lambda self: hash(compared(self)),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _getstate,
        "__setstate__": _setstate,
    }
    if order:
        methods |= {f"__{operator.__name__}__": _comparing(compared, operator) for operator in (lt, le, gt, ge)}
    for name, method in methods.items():
        if written.__dict__.get(name) is None:  # a class that has its own `__eq__` has None for `__hash__`
            setattr(made, name, method)
    return made


def _init(made: type, fields: Sequence[dataclasses.Field[Any]]) -> Any:
    """The one method whose parameters are its own. A slot's descriptor writes where `__setattr__` refuses to."""
    known: dict[str, Any] = {"_MISSING": dataclasses.MISSING}
    parameters, lines = ["self"], ["pass"]
    for field in fields:
        if not field.init or field.kw_only:
            raise TypeError(f"{made.__qualname__}.{field.name}: fields of frozen classes are parameters, in their order")
        name, value = field.name, field.name
        known[f"_set_{name}"] = getattr(made, name).__set__
        if field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            parameters.append(f"{name}=_MISSING")
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        elif field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"_set_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    namespace: dict[str, Any] = {}
    exec(f"def __init__({', '.join(parameters)}):\n  " + "\n  ".join(lines), known, namespace)  # noqa: S102  # names of fields alone
    namespace["__init__"].__qualname__ = f"{made.__qualname__}.__init__"
    return namespace["__init__"]


def _reading(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads these fields of an instance."""
    match names:
        case []:
            return lambda instance: ()
        case [name]:
            return lambda instance: (getattr(instance, name),)
        case _:
            return attrgetter(*names)


def _comparing(compared: Callable[[Any], tuple[Any, ...]], operator: Callable[[Any, Any], Any]) -> Any:
    return lambda self, other: operator(compared(self), compared(other)) if other.__class__ is self.__class__ else NotImplemented


def _repr(names: Sequence[str]) -> Any:
    return lambda self: f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


def _refuse(self: Any, name: str, _: Any = None) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change field {name!r}")


def _getstate(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, field.name) for field in dataclasses.fields(self))


def _setstate(self: Any, state: tuple[Any, ...]) -> None:
    """Of a copy, or what was pickled."""
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
