"""Operands that must be of one data type: of products, layers and solvers, where PyTorch refuses float32 beside float64.

A primitive that declares ``alike`` has its operands checked where they would be promoted, off the common path; a function
that is composed of several operations is checked by the decorator `alike`.
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


def alike(*arguments: str) -> Callable[[Function], Function]:
    """Let a function refuse tensors of several data types among ``arguments``; what is no tensor counts nothing."""

    def decorate(function: Function) -> Function:
        parameters = list(inspect.signature(function).parameters)
        places = [(name, parameters.index(name)) for name in arguments]

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            dtype, count = None, len(args)
            for name, place in places:
                x = args[place] if place < count else kwargs.get(name)
                if x.__class__ in TENSOR_TYPES:
                    own = x._data.dtype  # the library's: types that differ are looked at again
                    if dtype is None:
                        dtype = own
                    elif own is not dtype:
                        given = {**dict(zip(parameters, args, strict=False)), **kwargs}
                        check_alike(function.__name__, {one: given.get(one) for one in arguments})
            return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]  # of the same signature

    return decorate


def check_alike(function: str, operands: Mapping[str, Any]) -> None:
    """Raise MixedTypesError, naming ``function``, operands and types, where tensors among the operands differ in their type."""
    first = None
    for name, x in operands.items():
        if not isinstance(x, Tensor):
            continue
        if first is None:
            first = name, x.dtype
        elif x.dtype is not first[1]:
            raise MixedTypesError(_told(function, first, (name, x.dtype)))


def _told(function: str, *operands: tuple[str, _dtypes.DType]) -> str:
    (one, its), (other, theirs) = operands
    # The usual mistake is an input that stayed of integers, or came from NumPy as float64: that is the one to convert.
    (wrong, _), (right, dtype) = sorted(operands, key=lambda pair: (_KINDS.index(pair[1].kind), -pair[1].itemsize))
    ways = [f"{wrong}.{_METHODS[dtype.name]}()"] if dtype.name in _METHODS else []
    text = (
        f"{function}: {one} is {its.name} and {other} is {theirs.name}, and they must be of one data type; convert one, as in "
        f"{' or '.join([*ways, f'{wrong}.to({right}.dtype)'])}"
    )
    if {its, theirs} == {_dtypes.float32, _dtypes.float64}:
        text += (
            ". (A float64 tensor without dimensions, such as a mean taken with NumPy, makes what it meets float64 too; its "
            ".item() does not.)"
        )
    return text


__all__ = ["alike", "check_alike"]
