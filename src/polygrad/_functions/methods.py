"""The methods of Tensor: the functions and primitives that declare one, and Python's protocols.

A primitive's dispatcher is generated on first use, so its method starts as a stub that puts the dispatcher in its place.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from .. import _dtypes
from .._core.engine import tensor_backward
from .._core.errors import NoImaginaryPartError
from .._core.primitive import OPERATIONS, PRIMITIVES, Primitive
from .._core.tensor import Tensor
from .._core.wrong_calls import tell_of
from . import (
    complex,
    conversion,
    creation,
    dtypes,
    elementwise,
    foreign,
    indexing,
    inplace,
    layouts,
    manipulation,
    printing,
    reductions,
    slicing,
)
from .docstrings import new_like_docstring
from .public import FUNCTIONS, METHODS, Method

#: Python's operators of two operands → the name of their methods, without underscores.
_BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "@": "matmul", "&": "and", "|": "or",
    "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARISONS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_UNARY = {"-": "neg", "~": "invert", "abs": "abs"}


class _Generated:
    """A method that is generated when it is first looked up, and then takes this one's place."""

    def __init__(self, name: str, make: Callable[[], Any]):
        self._name, self._make = name, make

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        function = self._make()
        setattr(Tensor, self._name, function)
        return function.__get__(instance, owner)


def _reflected(primitive: Primitive) -> Callable:
    def method(self: Tensor, other: Any) -> Any:
        return primitive.operator(other, self)

    return method


def _imag(self: Tensor) -> Tensor:
    try:
        return complex.imag(self)
    except RuntimeError as error:
        raise NoImaginaryPartError(str(error)) from None


def _iterate(self: Tensor) -> Any:
    if not self.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(slicing.unbind(self, 0))


def _contains(self: Tensor, value: Any) -> bool:
    if (found := self == value) is False:
        raise RuntimeError(f"x in tensor looks for a tensor or a number, not for a {type(value).__name__}")
    return bool(reductions.any(found))


def _delete(self: Tensor, key: Any) -> None:
    raise TypeError("Tensor does not support deleting items")


def _names(self: Tensor) -> list[str]:
    return [name for name in object.__dir__(self) if name != "_former"]  # a slot that most tensors have nothing in


def _format(self: Tensor, spec: str) -> str:
    return format(conversion.item(self), spec) if not self.ndim else object.__format__(self, spec)


def _direct(function: Any) -> Any:
    """``function`` without the detour by `wrong_calls.explain_errors`."""
    return getattr(function, "direct", function)


def _put(name: str, value: Any) -> None:
    if isinstance(value, FunctionType):
        is_public = value.__name__ == name or value.__name__ in FUNCTIONS or value.__name__ in METHODS
        mine = not is_public and value.__module__ != "polygrad"
        if mine or vars(sys.modules[value.__module__]).get(value.__qualname__) is not value:
            # Made for this method: errors call it so, and pickles find it here.
            value.__name__ = name
            value.__module__, value.__qualname__ = Tensor.__module__, f"Tensor.{name}"
    setattr(Tensor, name, value)


def _put_method(name: str, method: Method) -> None:
    declared = method.function
    if isinstance(declared, Primitive):
        setattr(Tensor, name, _Generated(name, lambda: declared.op))
    else:
        _put(name, _direct(declared) if method.hot else declared)
    if method.in_place:
        setattr(Tensor, f"{name}_", _Generated(f"{name}_", lambda: inplace.method(name, declared)))


def _put_operators(primitive: Primitive) -> None:
    """The methods by which Python's operator reaches ``primitive``."""
    symbol = primitive.symbol
    if len(primitive.operands) == 1:
        name = f"__{_UNARY[symbol]}__"
        setattr(Tensor, name, _Generated(name, lambda: primitive.op))
        return
    known = _BINARY.get(symbol) or _COMPARISONS[symbol]
    name = f"__{known}__"
    setattr(Tensor, name, _Generated(name, lambda: primitive.operator))
    if symbol in _BINARY:
        _put(f"__r{known}__", _reflected(primitive))
        _put(f"__i{known}__", inplace.operator(primitive))


def attach() -> None:
    """Give Tensor its methods: those that functions and primitives declare, and what Python and NumPy ask of an object."""
    for name, method in METHODS.items():
        _put_method(name, method)
    for primitive in PRIMITIVES.values():
        if primitive.symbol and primitive.name != "pow":
            _put_operators(primitive)
    put = _put
    put("__pow__", _direct(elementwise.power_operator))
    put("__rpow__", _reflected(PRIMITIVES["pow"]))
    put("__ipow__", inplace.power_operator)
    put("__pos__", elementwise.positive)
    put("backward", tensor_backward)
    put("mT", property(manipulation.matrix_transpose))
    put("T", property(manipulation.numpy_transpose))
    put("mH", property(manipulation.adjoint))
    put("H", property(manipulation.matrix_adjoint))
    put("real", property(complex.real, inplace.set_real))
    put("imag", property(_imag, inplace.set_imag, doc=complex.imag.__doc__))
    put("__getitem__", indexing.getitem)
    put("__setitem__", indexing.setitem)
    put("__delitem__", _delete)
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
    for name, read in (dtypes.PROPERTIES | layouts.PROPERTIES).items():
        put(name, property(read))
    put("__array_namespace__", foreign.array_namespace)
    put("__array_ufunc__", foreign.array_ufunc)
    put("__array_function__", foreign.array_function)
    put("to_device", foreign.to_device)
    put("__dlpack__", foreign.dlpack)
    put("__dlpack_device__", foreign.dlpack_device)
    put("__reversed__", lambda self: OPERATIONS.flip(self, tuple(range(self.ndim))[:1]))
    others = {"bool": _dtypes.bool, "bfloat16": _dtypes.bfloat16, "byte": _dtypes.uint8, "char": _dtypes.int8}
    for name, dtype in (_dtypes.ALIASES | others).items():
        put(name, conversion.caster(dtype, name))
    for name in ("zeros", "ones", "full", "empty", "tensor"):
        put(f"new_{name}", _Generated(f"new_{name}", functools.partial(_new_like, name)))


def _new_like(name: str) -> Callable:
    function = getattr(creation, name)

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kwargs.setdefault("dtype", self.dtype)
        kwargs.setdefault("backend", self.backend)
        kwargs.setdefault("device", self.device)
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            tell_of(error, method.__qualname__)
            raise

    method.__name__, method.__qualname__, method.__module__ = f"new_{name}", f"Tensor.new_{name}", Tensor.__module__
    of_function = inspect.signature(getattr(function, "method", function))
    myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    method.__signature__ = of_function.replace(parameters=[myself, *of_function.parameters.values()])  # type: ignore[attr-defined]  # functions take attributes
    method.second_names = function.second_names  # type: ignore[attr-defined]  # functions take attributes
    method.__doc__ = new_like_docstring(name, function.__doc__)
    return method
