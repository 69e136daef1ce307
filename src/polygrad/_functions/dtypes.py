"""Predicates of tensors and data types, and the promotion of types."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.scalars import OTHER_TENSORS
from .._core.tensor import Tensor
from .._dtypes import DType
from .common import check_tensor, second_names
from .creation import check_dtype
from .public import public_function, public_method


@public_function()
def is_tensor(obj: Any) -> bool:
    """Test whether an object is a Tensor.

    Args:
        obj: any object.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_tensor(polygrad.ones(1)), polygrad.is_tensor([1.0])
        (True, False)
    """
    return isinstance(obj, Tensor)


@public_function()
def numel(input: Tensor) -> int:
    """Return the number of elements.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python int.

    Example::

        >>> polygrad.numel(polygrad.ones(2, 3))
        6
    """
    return check_tensor(input, "numel").shape.numel()


@public_function(method=True)
def is_floating_point(input: Tensor) -> bool:
    """Test whether the data type is a real floating-point type.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_floating_point(polygrad.ones(1)), polygrad.is_floating_point(polygrad.tensor(1))
        (True, False)
    """
    return check_tensor(input, "is_floating_point").dtype.is_floating_point


@public_function(method=True)
def is_complex(input: Tensor) -> bool:
    """Test whether the data type is complex.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_complex(polygrad.tensor(1j))
        True
    """
    return check_tensor(input, "is_complex").dtype.is_complex


@public_function(method=True)
def is_nonzero(input: Tensor) -> bool:
    """Test whether the only element is not 0.

    Args:
        input: a tensor of one element.

    Returns:
        A Python bool.

    Raises:
        RuntimeError: ``input`` has another number of elements.

    Example::

        >>> polygrad.is_nonzero(polygrad.tensor([2.0]))
        True
    """
    return bool(input)


@public_function(method=True)
def is_signed(input: Tensor) -> bool:
    """Test whether the data type has negative values.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_signed(polygrad.tensor(1, dtype=polygrad.uint8))
        False
    """
    return check_tensor(input, "is_signed").dtype.is_signed


@public_function()
def promote_types(type1: DType, type2: DType) -> DType:
    """Return the data type that an operation on tensors of two types has.

    Args:
        type1: a data type.
        type2: a data type.

    Returns:
        A data type of the larger kind of the two, and within a kind the larger type.

    Raises:
        TypeError: an argument is not a data type.

    Example::

        >>> polygrad.promote_types(polygrad.int64, polygrad.float16)
        polygrad.float16
    """
    one, other = check_dtype(type1), check_dtype(type2)
    if one is None or other is None:
        raise TypeError("promote_types takes two data types, not None")
    return _dtypes.promote(one, other)


@public_function()
def result_type(*operands: Any) -> DType:
    """Return the data type of an operation on tensors and Python numbers.

    A Python number changes the type only where its kind (bool, int, float, complex) is larger than that of the tensors.

    Args:
        *operands: tensors and Python numbers.

    Returns:
        A data type.

    Example::

        >>> polygrad.result_type(polygrad.tensor([1], dtype=polygrad.int8), 2.0)
        polygrad.float32
    """
    tensors: list[Any] = [x for x in operands if isinstance(x, Tensor) or x.__class__ in OTHER_TENSORS]
    known = [x.dtype for x in tensors]
    scalars = [x.__class__ for x in operands if not any(x is one for one in tensors)]
    common = _dtypes.promote(*known) if known else _dtypes.default_of(scalars[0])
    for scalar in scalars:
        common = _dtypes.promote_scalar(common, scalar)
    return common


@public_function()
@second_names(**{"from": "from_"})
def can_cast(from_: DType, to: DType) -> bool:
    """Test whether values of one data type may be written in place into a tensor of another.

    They may if the kind does not get smaller in the order bool, integer, floating-point, complex.

    Args:
        from_: the data type of the values.
        to: the data type of the tensor.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.can_cast(polygrad.float64, polygrad.float32), polygrad.can_cast(polygrad.float32, polygrad.int64)
        (True, False)
    """
    return _dtypes._KIND_RANK[from_.kind] <= _dtypes._KIND_RANK[to.kind]


@public_method("dim ndimension", hot=True)
def dim(self: Tensor) -> int:
    """Return the number of dimensions.

    Returns:
        A Python int.

    Example::

        >>> polygrad.ones(2, 3).dim()
        2
    """
    return self.ndim


@public_method("numel nelement", hot=True)
def count_elements(self: Tensor) -> int:
    """Return the number of elements.

    Returns:
        A Python int.

    Example::

        >>> polygrad.ones(2, 3).numel()
        6
    """
    return self.shape.numel()


@public_method(hot=True)
def element_size(self: Tensor) -> int:
    """Return the size of an element in bytes.

    Returns:
        A Python int.

    Example::

        >>> polygrad.ones(2, dtype=polygrad.float64).element_size()
        8
    """
    return self.dtype.itemsize


def _is_cpu(self: Tensor) -> bool:
    """Whether the tensor is in the memory of the CPU."""
    return self.device.type == "cpu"


def _is_cuda(self: Tensor) -> bool:
    """Whether the tensor is on a CUDA device."""
    return self.device.type == "cuda"


def _itemsize(self: Tensor) -> int:
    """The size of an element in bytes."""
    return self.dtype.itemsize


def _nbytes(self: Tensor) -> int:
    """The size of all elements in bytes."""
    return self.dtype.itemsize * self.shape.numel()


PROPERTIES = {"is_cpu": _is_cpu, "is_cuda": _is_cuda, "itemsize": _itemsize, "nbytes": _nbytes}
