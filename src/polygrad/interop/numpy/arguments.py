"""How the arguments of NumPy's functions are read, and the table of the functions that tensors answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..._core.scalars import PYTHON_SCALARS
from ..._core.tensor import Tensor
from ..._dtypes import BY_NAME, get_default_dtype
from ..._functions import creation
from ..._functions.common import place_of
from ..._functions.dtypes import result_type
from ...array_api import asarray

#: What NumPy gives an argument that is left out, other than None.
_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "where": (True,), "order": ("C", "K"), "casting": ("same_kind",), "subok": (True, False), "mode": ("raise",),
    "kind": ("quicksort", "stable", "mergesort", "heapsort"),
}  # fmt: skip


class Signature(NamedTuple):
    """The parameters of a function of NumPy's, from text: ``"a / axis dtype !out"``.

    Those before the stroke are arrays, and are handed on by position; the others are handed on by name, ``axis:dim`` under the
    name ``dim``.  ``!`` marks what has no meaning for tensors and must be left out.
    """

    arrays: tuple[str, ...]
    #: NumPy's name of every parameter → the name that it is handed on with, or None.
    names: dict[str, str | None]

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read the notation."""
        arrays, _, others = text.rpartition("/")
        names: dict[str, str | None] = {name: name for name in arrays.split()}
        for word in others.split():
            name, _, known = word.lstrip("!").partition(":")
            names[name] = None if word[0] == "!" else known or name
        return cls(tuple(arrays.split()), names)

    def bind(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments to hand on.  Raises TypeError for those that NumPy does not have, or that tensors do not."""
        if len(args) > len(self.names):
            raise TypeError(f"{name}() takes at most {len(self.names)} arguments, not {len(args)}")
        given = dict(zip(self.names, args, strict=False))
        for key, value in kwargs.items():
            if key not in self.names or key in given:
                raise TypeError(f"{name}() got an unexpected argument {key!r}, with a polygrad.Tensor")
            given[key] = value
        missing = [array for array in self.arrays if array not in given]
        if missing:
            raise TypeError(f"{name}() is missing the argument {missing[0]!r}")
        given = {key: value for key, value in given.items() if not _left_out(key, value, self.names[key])}
        positional = together(*[given.pop(array, None) for array in self.arrays])
        named = {}
        for key, value in given.items():
            target = self.names[key]
            if target is None:
                raise TypeError(NO_OUT.format(name) if key == "out" else f"{name}(): {key}= has no meaning for tensors")
            named[target] = dtype_of(value) if key == "dtype" else value
        return positional, named


NO_OUT = (
    "{}(): out= would write into memory outside of the graph; leave it out and use the result, which has a gradient "
    "(instead of a += tensor, for an ndarray a, write a = a + tensor)"
)


def _left_out(name: str, value: Any, target: str | None) -> bool:
    if value is np._NoValue:
        return True
    if target is None:
        return value is None or any(
            value is default or (isinstance(value, str) and value == default) for default in _DEFAULTS.get(name, ())
        )
    return False


def dtype_of(dtype: Any) -> Any:
    """The data type of polygrad that NumPy's ``dtype``, a name or a class means."""
    if dtype is None or hasattr(dtype, "is_differentiable"):
        return dtype
    return creation.check_dtype(BY_NAME.get(np.dtype(dtype).name, dtype))


def tensors_in(value: Any) -> Iterator[Tensor]:
    """The tensors in nested lists and tuples."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from tensors_in(one)


def together(*values: Any) -> list[Any]:
    """Arrays, numbers and nested lists as tensors, on the backend and device of the first tensor among them; None stays None.

    Raises TypeError for arrays with a meaning of their own, such as a mask.
    """
    reference = next(tensors_in(values), None)
    return [value if value is None or isinstance(value, Tensor) else tensor_like(reference, value) for value in values]


def operands(*values: Any) -> list[Any]:
    """As `together`, for the operands of one operation: a number gets the type of its result with the tensors."""
    tensors = list(tensors_in(values))
    return together(*[
        creation.tensor(value, dtype=result_type(*tensors, value), **place_of(tensors[0]))
        if tensors and type(value) in PYTHON_SCALARS
        else value
        for value in values
    ])  # fmt: skip


def tensor_like(reference: Tensor | None, value: Any) -> Tensor:
    """``value`` as a tensor on the backend and device of ``reference``."""
    if next(tensors_in(value), None) is not None:
        return asarray(value)
    if isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap):
        raise TypeError(f"a {type(value).__name__} cannot be combined with a polygrad.Tensor; write numpy.asarray(...)")
    value = np.asarray(value)
    if reference is None:
        return creation.tensor(value)
    return creation.tensor(value, **place_of(reference))


#: NumPy's function → what answers for it, and how its arguments are read; None where the function reads them itself.
FUNCTIONS: dict[Callable[..., Any], tuple[Callable[..., Any], Signature | None]] = {}


def declare_function(names: str, signature: str | None, function: Callable[..., Any]) -> None:
    """Declare what answers for functions of NumPy, and how their arguments are read."""
    parsed = None if signature is None else Signature.parse(signature)
    for name in names.split():
        found: Any = np
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is not None:  # newer versions of NumPy have more
            FUNCTIONS[found] = function, parsed


def numpy_function(names: str, signature: str | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same as a decorator."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        declare_function(names, signature, function)
        return function

    return declare


def floating(x: Tensor, dtype: Any = None) -> Tensor:
    """``x`` as ``dtype``; integers, by default, as the default floating type."""
    if dtype is not None:
        return x.to(dtype)
    return x if x.dtype.is_differentiable else x.to(get_default_dtype())
