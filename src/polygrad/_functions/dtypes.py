"""Predicates of tensors and data types, and the promotion of types."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.tensor import Tensor
from .._dtypes import DType
from .common import check_tensor
from .creation import check_dtype
from .public import public_function


@public_function()
def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor."""
    return isinstance(obj, Tensor)


@public_function()
def numel(input: Tensor) -> int:
    """The number of elements."""
    return check_tensor(input, "numel").shape.numel()


@public_function(method=True)
def is_floating_point(input: Tensor) -> bool:
    """Whether the tensor holds real floating-point numbers."""
    return check_tensor(input, "is_floating_point").dtype.is_floating_point


@public_function(method=True)
def is_complex(input: Tensor) -> bool:
    """Whether the tensor holds complex numbers."""
    return check_tensor(input, "is_complex").dtype.is_complex


@public_function(method=True)
def is_nonzero(input: Tensor) -> bool:
    """Whether the only element is not zero.  Raises RuntimeError for more or fewer elements."""
    return bool(input)


@public_function(method=True)
def is_signed(input: Tensor) -> bool:
    """Whether the tensor's type can hold negative numbers."""
    return check_tensor(input, "is_signed").dtype.is_signed


@public_function()
def promote_types(type1: DType, type2: DType) -> DType:
    """The type that tensors of both types have together."""
    one, other = check_dtype(type1), check_dtype(type2)
    if one is None or other is None:
        raise TypeError("promote_types takes two data types, not None")
    return _dtypes.promote(one, other)


@public_function()
def result_type(*operands: Any) -> DType:
    """The type of an operation on ``operands``, tensors and Python numbers, which are weak."""
    known = [x.dtype for x in operands if isinstance(x, Tensor)]
    scalars = [x.__class__ for x in operands if not isinstance(x, Tensor)]
    common = _dtypes.promote(*known) if known else _dtypes.default_of(scalars[0])
    for scalar in scalars:
        common = _dtypes.promote_scalar(common, scalar)
    return common


@public_function()
def can_cast(from_: DType, to: DType) -> bool:
    """Whether a result of the first type may be written into a tensor of the second: never to a smaller kind."""
    return _dtypes._KIND_RANK[from_.kind] <= _dtypes._KIND_RANK[to.kind]


PROPERTIES = {
    "is_cuda": lambda self: self.device.type == "cuda",
    "itemsize": lambda self: self.dtype.itemsize,
    "nbytes": lambda self: self.dtype.itemsize * self.shape.numel(),
    "is_cpu": lambda self: self.device.type == "cpu",
}
