"""What kind of thing a tensor is, and PyTorch's older words for it: `FloatTensor`, ``x.type()``, ``x.cpu()``."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.tensor import Tensor
from .._devices import Device
from .._dtypes import DType
from ..backends.discovery import BUILT_IN
from ..backends.registry import get_backend
from . import conversion, creation
from .common import check_tensor
from .creation import tensor


class TensorType:
    """PyTorch's old name for tensors of one data type, such as ``FloatTensor``.

    Called, it makes one, of a shape or of data; `isinstance` says whether a tensor is one.
    """

    def __init__(self, name: str, dtype: DType):
        self.__name__, self.dtype = name, dtype

    def __call__(self, *data: Any, device: Any = None) -> Tensor:
        if data and all(isinstance(n, int) for n in data):
            return creation.empty(*data, dtype=self.dtype, device=device)
        if len(data) > 1:
            raise TypeError(f"{self.__name__}() takes lengths, or data: a list, an array or a tensor")
        if data and isinstance(data[0], self):  # type: ignore[arg-type]  # the class of a metaclass
            return data[0].detach()
        return tensor(data[0] if data else [], dtype=self.dtype, device=device)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, Tensor) and value.dtype is self.dtype

    def __reduce__(self) -> str:
        return self.__name__  # the one of this module

    def __repr__(self) -> str:
        return f"polygrad.{self.__name__}"


_NAMES = {
    "FloatTensor": _dtypes.float32, "DoubleTensor": _dtypes.float64, "HalfTensor": _dtypes.float16,
    "BFloat16Tensor": _dtypes.bfloat16, "ByteTensor": _dtypes.uint8, "CharTensor": _dtypes.int8,
    "ShortTensor": _dtypes.int16, "IntTensor": _dtypes.int32, "LongTensor": _dtypes.int64, "BoolTensor": _dtypes.bool,
}  # fmt: skip
TYPES = {name: TensorType(name, dtype) for name, dtype in _NAMES.items()}
globals().update(TYPES)


def type(input: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, such as ``"polygrad.FloatTensor"``; with ``dtype``, the tensor converted to it.

    ``dtype`` is a data type, a type such as ``polygrad.LongTensor``, or the name of one.
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


def cpu(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor in the computer's own memory: on its backend's device "cpu", or where that has none, on NumPy."""
    backend = input.backend
    if any(backend.device_name(device) == "cpu" for device in backend.devices()):
        return conversion.moved(input, backend, "cpu", None)
    return conversion.moved(input, get_backend(BUILT_IN), None, None)


def cuda(input: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """The tensor on a CUDA device of its backend.  Raises ValueError where the backend has none."""
    return conversion.moved(input, input.backend, Device("cuda" if device is None else device), None)


def pin_memory(input: Tensor, device: Any = None) -> Tensor:
    """The tensor itself: how memory goes to a device is the backend's business."""
    return input


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor."""
    return isinstance(obj, Tensor)


def numel(input: Tensor) -> int:
    """The number of elements."""
    return check_tensor(input, "numel").shape.numel()


def is_floating_point(input: Tensor) -> bool:
    """Whether the tensor holds real floating-point numbers."""
    return check_tensor(input, "is_floating_point").dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the tensor holds complex numbers."""
    return check_tensor(input, "is_complex").dtype.is_complex


def is_nonzero(input: Tensor) -> bool:
    """Whether the only element is not zero.  Raises RuntimeError for more or fewer elements."""
    return bool(input)


def is_signed(input: Tensor) -> bool:
    """Whether the tensor's type can hold negative numbers."""
    return check_tensor(input, "is_signed").dtype.is_signed


def promote_types(type1: DType, type2: DType) -> DType:
    """The type that tensors of both types have together."""
    one, other = creation.check_dtype(type1), creation.check_dtype(type2)
    if one is None or other is None:
        raise TypeError("promote_types takes two data types, not None")
    return _dtypes.promote(one, other)


def result_type(*operands: Any) -> DType:
    """The type of an operation on ``operands``, tensors and Python numbers, which are weak."""
    known = [x.dtype for x in operands if isinstance(x, Tensor)]
    scalars = [x.__class__ for x in operands if not isinstance(x, Tensor)]
    common = _dtypes.promote(*known) if known else _dtypes.default_of(scalars[0])
    for scalar in scalars:
        common = _dtypes.promote_scalar(common, scalar)
    return common


def can_cast(from_: DType, to: DType) -> bool:
    """Whether a result of the first type may be written into a tensor of the second: never to a smaller kind."""
    return _dtypes._KIND_RANK[from_.kind] <= _dtypes._KIND_RANK[to.kind]


METHODS = (type, cpu, cuda, pin_memory, is_floating_point, is_complex, is_nonzero, is_signed)
PROPERTIES = {
    "is_cuda": lambda self: self.device.type == "cuda",
    "itemsize": lambda self: self.dtype.itemsize,
    "nbytes": lambda self: self.dtype.itemsize * self.shape.numel(),
    "is_cpu": lambda self: self.device.type == "cpu",
}
