"""Checks that operands have one data type: products, layers and solvers refuse float32 with float64, as in PyTorch.

The dispatcher checks the operands of a primitive that declares ``same_dtype`` where it would promote them, off the common path.
Functions over several primitives have the decorator `require_same_dtype`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .. import _dtypes
from .errors import MixedTypesError
from .tensor import TENSOR_TYPES, Tensor

Function = TypeVar("Function", bound=Callable[..., Any])

_KINDS = ("bool", "uint", "int", "float", "complex")
_METHODS = {"float16": "half", "float32": "float", "float64": "double", "int64": "long"}


def require_same_dtype(*arguments: str) -> Callable[[Function], Function]:
    """Let a function raise MixedTypesError for ``arguments`` of several data types.  Only tensors are checked."""

    def decorate(function: Function) -> Function:
        code = inspect.unwrap(function).__code__  # `inspect.signature` would take 0.1 ms
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        places = [(name, parameters.index(name)) for name in arguments]

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            dtype, count = None, len(args)
            for name, place in places:
                x = args[place] if place < count else kwargs.get(name)
                if x.__class__ in TENSOR_TYPES:
                    own = x._data.dtype  # the library's: if it differs, `check_same_dtype` compares polygrad's
                    if dtype is None:
                        dtype = own
                    elif own is not dtype:
                        given = {**dict(zip(parameters, args, strict=False)), **kwargs}
                        check_same_dtype(function.__name__, {one: given.get(one) for one in arguments})
            return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]  # of the same signature

    return decorate


def check_same_dtype(function: str, operands: Mapping[str, Any]) -> None:
    """Raise MixedTypesError, naming ``function``, if the tensors among ``operands`` (name → value) differ in data type."""
    first = None
    for name, x in operands.items():
        if not isinstance(x, Tensor):
            continue
        if first is None:
            first = name, x.dtype
        elif x.dtype is not first[1]:
            raise MixedTypesError(_mismatch_message(function, first, (name, x.dtype)))


def _mismatch_message(function: str, *operands: tuple[str, _dtypes.DType]) -> str:
    (one, its), (other, theirs) = operands
    # The usual mistake is an input of integers, or of float64 from NumPy: that is the one to convert.
    (wrong, _), (right, dtype) = sorted(operands, key=lambda pair: (_KINDS.index(pair[1].kind), -pair[1].itemsize))
    ways = [f"{wrong}.{_METHODS[dtype.name]}()"] if dtype.name in _METHODS else []
    text = (
        f"{function}: {one} is {its.name} and {other} is {theirs.name}, but they must have one data type; convert one, as in "
        f"{' or '.join([*ways, f'{wrong}.to({right}.dtype)'])}"
    )
    if {its, theirs} == {_dtypes.float32, _dtypes.float64}:
        text += ". (A 0-d float64 tensor, such as a mean from NumPy, promotes other operands to float64; its .item() does not.)"
    return text


__all__ = ["check_same_dtype", "require_same_dtype"]
