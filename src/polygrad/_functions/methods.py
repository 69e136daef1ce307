"""The methods of Tensor: the same functions, attached by name.

A primitive's dispatcher is generated on first use, so its method starts as a stub that puts the dispatcher in its own
place.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from .. import _dtypes
from .._core.engine import tensor_backward
from .._core.primitive import OPERATIONS, PRIMITIVES
from .._core.tensor import Tensor
from . import (
    broadcasting,
    calculus,
    comparison,
    complex,
    conversion,
    creation,
    cumulative,
    decompositions,
    diagonals,
    distance,
    dtypes,
    elementwise,
    foreign,
    indexing,
    inplace,
    legacy_types,
    linalg,
    manipulation,
    matmul,
    printing,
    random,
    reductions,
    scatter_gather,
    searching,
    sets,
    slicing,
    sorting,
    special,
    strides,
)
from .names import DIRECT, METHODS, OPERATORS, TORCH_NAMES
from .nn import activations

_MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        activations, broadcasting, calculus, comparison, complex, conversion, cumulative, decompositions, diagonals, distance,
        dtypes, elementwise, legacy_types, linalg, manipulation, matmul, random, reductions, scatter_gather, searching, sets,
        slicing, sorting, special, strides,
    )
}  # fmt: skip


class _PrimitiveMethod:
    """A primitive's dispatcher as a method: it is generated when the method is first looked up, and takes this one's place."""

    def __init__(self, name: str, primitive: str):
        self._name, self._primitive = name, primitive

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        declared = PRIMITIVES[self._primitive]
        is_operator = self._name in OPERATORS and len(declared.operands) == 2
        operation = declared.operator if is_operator else declared.op
        setattr(Tensor, self._name, operation)
        return operation.__get__(instance, owner)


def _reflected(primitive: str) -> Callable:
    def method(self: Tensor, other: Any) -> Any:
        return PRIMITIVES[primitive].operator(other, self)

    return method


def _iterate(self: Tensor) -> Any:
    if not self.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(slicing.unbind(self, 0))


def _contains(self: Tensor, value: Any) -> bool:
    if (found := self == value) is False:
        raise RuntimeError(f"x in tensor looks for a tensor or a number, not for a {type(value).__name__}")
    return bool(reductions.any(found))


def _names(self: Tensor) -> list[str]:
    return [name for name in object.__dir__(self) if name != "_former"]  # a slot that most tensors have nothing in


def _format(self: Tensor, spec: str) -> str:
    return format(conversion.item(self), spec) if not self.ndim else object.__format__(self, spec)


def _direct(function: Any) -> Any:
    """``function`` without the turn by `wrong_calls.explained`."""
    return getattr(function, "direct", function)


def attach() -> None:
    """Give Tensor its methods."""

    def put(name: str, value: Any) -> None:
        if isinstance(value, FunctionType):
            if getattr(sys.modules[value.__module__], value.__qualname__, None) is not value:
                # Made for this method: errors call it so, and pickles find it here.
                value.__name__ = name
                value.__module__, value.__qualname__ = Tensor.__module__, f"Tensor.{name}"
        setattr(Tensor, name, value)

    for name, primitive in {**TORCH_NAMES, **OPERATORS}.items():
        put(name, _PrimitiveMethod(name, primitive))
    for module, names in METHODS.items():
        for name in names.split():
            method = getattr(_MODULES[module], name)
            put(name, _direct(method) if name in DIRECT else method)
    for operator in "add sub mul truediv floordiv mod matmul and or xor lshift rshift".split():
        primitive = OPERATORS[f"__{operator}__"]
        put(f"__r{operator}__", _reflected(primitive))
        put(f"__i{operator}__", inplace.operator(primitive))
    put("__pow__", _direct(elementwise.power_operator))
    put("__rpow__", _reflected("pow"))
    put("__ipow__", inplace.power_operator)
    put("__pos__", elementwise.positive)
    put("backward", tensor_backward)
    put("clip", elementwise.clamp)
    put("where", elementwise.where_method)
    put("inverse", linalg.inv)
    put("pinverse", linalg.pinv)
    put("svd", decompositions._legacy_svd)
    for name in inplace.NAMES:
        put(name + "_", inplace.method(name, {"div": "divide", **TORCH_NAMES}.get(name)))
    for method in inplace.METHODS:
        put(method.__name__, method)
    put("mT", property(manipulation.matrix_transpose))
    put("T", property(manipulation.numpy_transpose))
    put("mH", property(manipulation.adjoint))
    put("H", property(manipulation.matrix_adjoint))
    put("real", property(complex.real, inplace.set_real))
    put("imag", property(complex.imag, inplace.set_imag))
    put("__getitem__", indexing.getitem)
    put("__setitem__", indexing.setitem)
    put("__hash__", object.__hash__)
    put("__iter__", _iterate)
    put("__contains__", _contains)
    put("__len__", conversion.length)
    put("__bool__", conversion.to_bool)
    for kind in (int, float, builtins.complex):
        put(f"__{kind.__name__}__", conversion.converter(kind))
    put("__index__", conversion.to_index)
    put("__array__", conversion.array_protocol)
    put("__repr__", printing.text)
    put("_repr_html_", printing.html)
    put("__format__", _format)
    put("__dir__", _names)
    put("__deepcopy__", conversion.deepcopy)
    put("__copy__", lambda self: self.detach().requires_grad_(self.requires_grad) if self.is_leaf else self)
    put("__reduce_ex__", conversion.reduce_ex)
    put("dim", lambda self: self.ndim)
    put("ndimension", lambda self: self.ndim)
    put("numel", lambda self: self.shape.numel())
    put("nelement", lambda self: self.shape.numel())
    put("element_size", lambda self: self.dtype.itemsize)
    for name, read in dtypes.PROPERTIES.items():
        put(name, property(read))
    put("__dlpack__", foreign.dlpack)
    put("__dlpack_device__", foreign.dlpack_device)
    put("__reversed__", lambda self: OPERATIONS.flip(self, tuple(range(self.ndim))[:1]))
    others = {"bool": _dtypes.bool, "bfloat16": _dtypes.bfloat16, "byte": _dtypes.uint8, "char": _dtypes.int8}
    for name, dtype in (_dtypes.ALIASES | others).items():
        put(name, conversion.caster(dtype))
    for name in ("zeros", "ones", "full", "empty", "tensor"):
        put(f"new_{name}", _new_like(getattr(creation, name)))


def _new_like(function: Callable) -> Callable:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kwargs.setdefault("dtype", self.dtype)
        kwargs.setdefault("backend", self.backend)
        kwargs.setdefault("device", self.device)
        return function(*args, **kwargs)

    return method
