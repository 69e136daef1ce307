"""From tensors to Python, NumPy, another type, device or backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.errors import DTypeError, ShapeError
from .._core.lending import lend
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor, make_leaf
from .._devices import Device
from .._dtypes import DType
from .._state import grad_enabled
from ..backends.base import Backend
from ..backends.discovery import BUILT_IN
from ..backends.registry import get_backend
from .common import warn
from .creation import check_dtype
from .public import public_method
from .transfer import real_part_only, transfer


@public_method(hot=True)
def to(
    input: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    backend: Any = None,
    copy: bool = False,
    **ignored: Any,
) -> Tensor:
    """``input`` in another data type, on another device or another backend; differentiable in each case.

    Takes a data type, a device, or another tensor (whose type and place are taken), as in PyTorch, and ``backend``.
    The tensor itself comes back if it fits already, unless ``copy``.

    Example::

        y = x.to("cuda:0")
        z = x.to(backend="jax")
    """
    for name in ignored:
        if name not in ("non_blocking", "memory_format"):
            raise TypeError(f"to() got an unexpected keyword argument {name!r}")
    dtype, device, backend, flags = destination(args, dtype, device, backend)
    copy = copy or flags[1:] == [True]
    result = transfer(input, input.backend if backend is None else get_backend(backend), device, dtype)
    return xp.clone(result) if copy and result is input else result


def destination(args: tuple, dtype: Any, device: Any, backend: Any) -> tuple[DType | None, Any, Any, list[bool]]:
    """What the arguments of `to` mean: data type, device, backend, and the flags ``non_blocking`` and ``copy``."""
    flags = []
    for place, argument in enumerate(args):
        if isinstance(argument, DType):
            dtype = argument
        elif isinstance(argument, Tensor) and not place:
            dtype, device, backend = argument.dtype, argument.device, argument.backend
        elif isinstance(argument, Backend):
            backend = argument
        elif isinstance(argument, bool) and not (place == 1 and not isinstance(args[0], (DType, Tensor, Backend))):
            flags.append(argument)
        elif isinstance(argument, (type, np.dtype)):
            dtype = check_dtype(argument)
        elif isinstance(argument, (bool, Tensor, list, tuple, dict, set)):
            raise TypeError(
                f"to() takes a device and a data type, or a tensor alone, and then non_blocking and copy; argument "
                f"{place + 1} is a {type(argument).__name__}"
            )
        elif argument is not None:
            device = argument
    return check_dtype(dtype), device, backend, flags


@public_method()
def numpy(input: Tensor, *, force: bool = False) -> Any:
    """The values as a NumPy array.  Both can be written to, and share memory on a backend whose memory NumPy sees.

    What a graph has saved, or saves later, is not reached by such writes.  The array is a copy on other backends, where
    one element of the memory is several of the tensor (`expand`), and inside of compiled and checkpointed functions.
    Raises RuntimeError for a tensor that requires grad where operations are recorded, unless ``force``.
    """
    if input._edge is not None and not force and grad_enabled():
        raise RuntimeError("can't call numpy() on a tensor that requires grad; use tensor.detach().numpy() instead")
    memory = lend(input)
    if memory is None:
        return np.array(input.backend.to_numpy(input._read()))
    view = memory[...]
    if not view.flags.writeable:
        if any(step == 0 and n > 1 for step, n in zip(view.strides, view.shape, strict=True)):
            return view.copy()
        view.flags.writeable = True  # NumPy's diagonal is a window like any other
    return view


def array_protocol(input: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    """NumPy's ``__array__``."""
    array = numpy(input)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("a conversion of the data type needs a copy")
        return array.astype(dtype)
    return array.copy() if copy else array


@public_method(hot=True)
def item(input: Tensor) -> Any:
    """The only element as a Python number.  Raises RuntimeError where there are more or none."""
    if input.shape.numel() != 1:
        raise RuntimeError(f"a tensor with {input.shape.numel()} elements cannot be converted to a scalar")
    return input.backend.item(input._read())


@public_method()
def tolist(input: Tensor) -> Any:
    """The values as nested lists of Python numbers."""
    return input.backend.to_numpy(input._read()).tolist()


def converter(kind: type) -> Callable[[Tensor], Any]:
    """``int(x)``, ``float(x)`` or ``complex(x)`` of a tensor's only element."""

    def convert(input: Tensor) -> Any:
        if input.shape.numel() != 1:
            raise ShapeError(
                f"only tensors of one element become a Python number, and this one has {input.shape.numel()}"
            )
        if input.dtype.is_complex and kind is not complex:
            raise DTypeError(f"a complex number is no {kind.__name__}; take x.real, x.imag or x.abs()")
        if kind is not int and input._edge is not None and grad_enabled():
            warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior. Consider using "
                "tensor.detach() first, or .item()."
            )
        return kind(input.backend.item(input._read()))

    return convert


def to_bool(input: Tensor) -> bool:
    """The truth of the only element."""
    count = input.shape.numel()
    if count != 1:
        what = "no values" if not count else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous; use .any() or .all()")
    return bool(input.backend.item(input._read()))


def to_index(input: Tensor) -> int:
    """The only element of an integer tensor, as an index."""
    if input.dtype.kind not in ("int", "uint", "bool") or input.shape.numel() != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(item(input))


def length(input: Tensor) -> int:
    """The length of the first dimension."""
    if not input.ndim:
        raise TypeError("len() of a 0-d tensor")
    return input.shape[0]


def caster(dtype: DType) -> Any:
    """A method that converts to ``dtype``."""

    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        return xp.astype(input, real_part_only(input, dtype))

    convert.__doc__ = f"This tensor as {dtype.name}."
    convert.__name__ = dtype.name
    return convert


@public_method()
def type_as(input: Tensor, other: Tensor) -> Tensor:
    """This tensor in the data type of ``other``."""
    return xp.astype(input, real_part_only(input, other.dtype))


def deepcopy(input: Tensor, memo: dict) -> Tensor:
    """A copy outside the graph.  Raises RuntimeError for a tensor that was computed with a graph."""
    if not input.is_leaf:
        raise RuntimeError(
            "only tensors created explicitly by the user (graph leaves) support the deepcopy protocol; "
            "detach() it first"
        )
    if id(input) in memo:
        return memo[id(input)]
    made = memo[id(input)] = _rebuilt(
        type(input), input._read(), input.requires_grad, dict(getattr(input, "__dict__", {}))
    )
    if input.grad is not None:
        made.grad = input.grad.__deepcopy__(memo)
    return made


def _rebuilt(kind: type, array: Any, requires_grad: bool, attributes: dict) -> Tensor:
    made = make_leaf(object.__new__(kind), array, requires_grad)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def _restored(kind: type, backend: str, array: Any, requires_grad: bool, attributes: dict) -> Tensor:
    target = get_backend(backend)
    native = target.to_dtype(_dtypes.BY_NAME[array.dtype.name])
    return _rebuilt(
        kind, target.asarray(array, dtype=native, device=target.default_device(), copy=True), requires_grad, attributes
    )


def reduce_ex(input: Tensor, protocol: int) -> Any:
    """Pickle's protocol: the values travel as a NumPy array, with the backend's name, and without the graph."""
    array = np.array(input.backend.to_numpy(input._read()))
    return _restored, (
        type(input),
        input.backend.name,
        array,
        input.requires_grad,
        dict(getattr(input, "__dict__", {})),
    )


@public_method()
def cpu(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor in the computer's own memory: on its backend's device "cpu", or where that has none, on NumPy."""
    backend = input.backend
    if any(backend.device_name(device) == "cpu" for device in backend.devices()):
        return transfer(input, backend, "cpu", None)
    return transfer(input, get_backend(BUILT_IN), None, None)


@public_method()
def cuda(input: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """The tensor on a CUDA device of its backend.  Raises ValueError where the backend has none."""
    return transfer(input, input.backend, Device("cuda" if device is None else device), None)


@public_method()
def pin_memory(input: Tensor, device: Any = None) -> Tensor:
    """The tensor itself: how memory goes to a device is the backend's business."""
    return input
