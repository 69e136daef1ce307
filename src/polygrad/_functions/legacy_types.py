"""PyTorch's older names of tensor types: `FloatTensor` and the others, and ``x.type()``."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.tensor import Tensor
from .._dtypes import DType
from . import conversion, creation
from .creation import tensor
from .public import FUNCTIONS, public_method


class TensorType:
    """PyTorch's older name for tensors of one data type, such as ``polygrad.FloatTensor``.

    `isinstance` with it tests the data type of a tensor.

    Args:
        *data: the lengths of a tensor of zeros; or data, as for `tensor`.
        device: the device of the tensor.  By default the current one of the backend.

    Example::

        >>> polygrad.LongTensor([1, 2])
        tensor([1, 2])
        >>> isinstance(polygrad.tensor([1, 2]), polygrad.LongTensor)
        True
    """

    def __init__(self, name: str, dtype: DType):
        self.__name__, self.dtype = name, dtype

    def __call__(self, *data: Any, device: Any = None) -> Tensor:
        if data and all(isinstance(n, int) for n in data):
            return creation.empty(*data, dtype=self.dtype, device=device)
        if len(data) > 1:
            raise TypeError(f"{self.__name__}() takes lengths, or data: a list, an array or a tensor")
        if data and isinstance(data[0], self):  # type: ignore[arg-type]  # isinstance works, through __instancecheck__
            return data[0].detach()
        return tensor(data[0] if data else [], dtype=self.dtype, device=device)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, Tensor) and value.dtype is self.dtype

    def __reduce__(self) -> str:
        return self.__name__  # the global name in this module

    def __repr__(self) -> str:
        return f"polygrad.{self.__name__}"


_NAMES = {
    "FloatTensor": _dtypes.float32, "DoubleTensor": _dtypes.float64, "HalfTensor": _dtypes.float16,
    "BFloat16Tensor": _dtypes.bfloat16, "ByteTensor": _dtypes.uint8, "CharTensor": _dtypes.int8,
    "ShortTensor": _dtypes.int16, "IntTensor": _dtypes.int32, "LongTensor": _dtypes.int64, "BoolTensor": _dtypes.bool,
}  # fmt: skip
TYPES = {name: TensorType(name, dtype) for name, dtype in _NAMES.items()}
globals().update(TYPES)
FUNCTIONS.update(TYPES)


@public_method()
def type(input: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """Return the name of the tensor's type, or the tensor converted to another one.

    Args:
        input: a tensor of any shape.
        dtype: a data type, a type such as ``polygrad.LongTensor``, or its name.  None, the default, asks for the name.
        non_blocking: accepted for compatibility with PyTorch.

    Returns:
        A string such as ``"polygrad.FloatTensor"``, or with ``dtype`` a tensor.

    Raises:
        ValueError: ``dtype`` is an unknown name.

    Example::

        >>> polygrad.ones(1).type(), polygrad.ones(1).type(polygrad.int64)
        ('polygrad.FloatTensor', tensor([1]))
    """
    if dtype is None:
        name = next((name for name, one in _NAMES.items() if one is input.dtype), f"Tensor of {input.dtype.name}")
        return f"polygrad.{name}"
    if isinstance(dtype, str):
        name = dtype.rpartition(".")[2]
        if name not in TYPES:
            raise ValueError(f"invalid type: {dtype!r}; there are {', '.join(TYPES)}")
        dtype = TYPES[name]
    if dtype is Tensor:
        dtype = _dtypes.get_default_dtype()
    return conversion.to(input, dtype.dtype if isinstance(dtype, TensorType) else dtype)
