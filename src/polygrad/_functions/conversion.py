"""Conversions of tensors: to another data type, device or backend, to NumPy and to Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.errors import DTypeError, ShapeError
from .._core.lending import lend
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor, make_leaf
from .._core.warn import warn
from .._devices import Device
from .._dtypes import DType
from .._state import grad_enabled
from ..backends.base import Backend
from ..backends.discovery import BUILT_IN
from ..backends.registry import get_backend
from .common import check_tensor
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
    other: Tensor | None = None,
    non_blocking: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Convert a tensor to another data type, device or backend.  The gradient flows back through each conversion.

    Args:
        input: a tensor of any shape.
        *args: a data type, a device, a device and a data type, or another tensor, whose type and place are taken; then
            ``non_blocking`` and ``copy``.
        dtype: the new data type.
        device: the new device, such as ``"cuda:0"``.
        backend: the new backend, such as ``"jax"``.
        copy: whether to copy where nothing changes.
        other: a tensor whose type and place are taken.
        non_blocking: accepted for compatibility with PyTorch.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A tensor; ``input`` itself where nothing changes, unless ``copy``.

    Raises:
        TypeError: an argument is none of these.

    Example::

        >>> polygrad.tensor([1, 2]).to(polygrad.float32)
        tensor([1., 2.])
    """
    if other is not None:
        args = (other, *args)
    dtype, device, backend, flags = destination(args, dtype, device, backend)
    copy = copy or flags[1:] == [True]
    result = transfer(input, input.backend if backend is None else get_backend(backend), device, dtype)
    return xp.clone(result) if copy and result is input else result


def destination(args: tuple, dtype: Any, device: Any, backend: Any) -> tuple[DType | None, Any, Any, list[bool]]:
    """Return the data type, device, backend, and the flags ``non_blocking`` and ``copy`` that arguments of `to` mean."""
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
    """Return the values as a NumPy array, which can be written to.

    On a backend whose memory NumPy sees, the array and the tensor share memory; what a graph has saved is protected
    from writes.  On other backends, for an expanded tensor, and inside compiled or checkpointed functions the array is
    a copy.

    Args:
        input: a tensor of any shape.
        force: whether to detach a tensor that requires grad.

    Returns:
        A ``numpy.ndarray``.

    Raises:
        RuntimeError: the tensor requires grad, in grad mode and without ``force``.

    Example::

        >>> polygrad.ones(2).numpy()
        array([1., 1.], dtype=float32)
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
        view.flags.writeable = True  # NumPy marks the view of a diagonal read-only
    return view


def array_protocol(input: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    """NumPy's ``__array__``: the values as an array."""
    array = numpy(input)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("__array__(): the data type cannot be converted with copy=False")
        return array.astype(dtype)
    return array.copy() if copy else array


@public_method(hot=True)
def item(input: Tensor) -> Any:
    """Return the only element as a Python number.

    Args:
        input: a tensor of one element.

    Returns:
        A bool, int, float or complex number.

    Raises:
        RuntimeError: ``input`` has another number of elements.

    Example::

        >>> polygrad.tensor([2.5]).item()
        2.5
    """
    if input.shape.numel() != 1:
        raise RuntimeError(f"a tensor with {input.shape.numel()} elements cannot be converted to a scalar")
    return input.backend.item(input._read())


@public_method()
def tolist(input: Tensor) -> Any:
    """Return the values as nested lists of Python numbers; of a tensor without dimensions, a number.

    Args:
        input: a tensor of any shape.

    Returns:
        A list, or a number.

    Example::

        >>> polygrad.tensor([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
    """
    return input.backend.to_numpy(input._read()).tolist()


def converter(kind: type) -> Callable[[Tensor], Any]:
    """Return the implementation of ``int(x)``, ``float(x)`` or ``complex(x)`` for a tensor of one element."""

    def convert(input: Tensor) -> Any:
        if input.shape.numel() != 1:
            raise ShapeError(
                f"only tensors of one element become a Python number, and this one has {input.shape.numel()}"
            )
        if input.dtype.is_complex and kind is not complex:
            raise DTypeError(
                f"a complex number cannot become {'an int' if kind is int else 'a float'}; take x.real, x.imag or x.abs()"
            )
        if kind is not int and input._edge is not None and grad_enabled():
            warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior. Consider using "
                "tensor.detach() first, or .item()."
            )
        return kind(input.backend.item(input._read()))

    return convert


def to_bool(input: Tensor) -> bool:
    """Return the truth of the only element."""
    count = input.shape.numel()
    if count != 1:
        what = "no values" if not count else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous; use .any() or .all()")
    return bool(input.backend.item(input._read()))


def to_index(input: Tensor) -> int:
    """Return the only element of an integer tensor, as an index."""
    if input.dtype.kind not in ("int", "uint", "bool") or input.shape.numel() != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(item(input))


def length(input: Tensor) -> int:
    """Return the length of the first dimension."""
    if not input.ndim:
        raise TypeError("len() of a 0-d tensor")
    return input.shape[0]


def caster(dtype: DType, name: str) -> Any:
    """Return the method ``name``, which converts to ``dtype``."""

    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        return xp.astype(input, real_part_only(input, dtype))

    skipped = "  # doctest: +SKIP" if dtype is _dtypes.bfloat16 else ""  # NumPy does not have it
    convert.__name__ = name
    convert.__doc__ = f"""Convert to {dtype.name}.

    Args:
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A tensor; this one itself if it has that type.

    Raises:
        TypeError: the backend does not have that type.

    Example::

        >>> polygrad.tensor([1, 0]).{name}().dtype{skipped}
        {dtype!r}
    """
    return convert


@public_method()
def type_as(input: Tensor, other: Tensor) -> Tensor:
    """Convert to the data type of another tensor.

    Args:
        input: a tensor of any shape.
        other: the tensor whose data type is taken.

    Returns:
        A tensor; ``input`` itself if it has that type.

    Example::

        >>> polygrad.tensor([1, 2]).type_as(polygrad.ones(1))
        tensor([1., 2.])
    """
    return xp.astype(input, real_part_only(input, check_tensor(other, "type_as", "other").dtype))


def deepcopy(input: Tensor, memo: dict) -> Tensor:
    """Return a copy outside the graph.  Raises RuntimeError for a tensor that was computed with a graph."""
    if not input.is_leaf:
        raise RuntimeError(
            "only tensors created explicitly by the user (graph leaves) support the deepcopy protocol; "
            "detach() it first"
        )
    if id(input) in memo:
        return memo[id(input)]
    made = memo[id(input)] = _rebuild(
        type(input), input._read(), input.requires_grad, dict(getattr(input, "__dict__", {}))
    )
    if input.grad is not None:
        made.grad = input.grad.__deepcopy__(memo)
    return made


def _rebuild(kind: type, array: Any, requires_grad: bool, attributes: dict) -> Tensor:
    made = make_leaf(object.__new__(kind), array, requires_grad)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def _restore(kind: type, backend: str, array: Any, requires_grad: bool, attributes: dict) -> Tensor:
    target = get_backend(backend)
    native = target.to_dtype(_dtypes.BY_NAME[array.dtype.name])
    return _rebuild(
        kind, target.asarray(array, dtype=native, device=target.default_device(), copy=True), requires_grad, attributes
    )


def reduce_ex(input: Tensor, protocol: int) -> Any:
    """Pickle's protocol: the values as a NumPy array, with the backend's name, and without the graph."""
    array = np.array(input.backend.to_numpy(input._read()))
    return _restore, (
        type(input),
        input.backend.name,
        array,
        input.requires_grad,
        dict(getattr(input, "__dict__", {})),
    )


@public_method()
def cpu(input: Tensor, memory_format: Any = None) -> Tensor:
    """Move a tensor to the memory of the CPU: the backend's device ``"cpu"``, or the NumPy backend if it has none.

    Args:
        input: a tensor of any shape.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A tensor; ``input`` itself if it is there.

    Example::

        >>> polygrad.ones(1).cpu().device
        device(type='cpu')
    """
    backend = input.backend
    if any(backend.device_name(device) == "cpu" for device in backend.devices()):
        return transfer(input, backend, "cpu", None)
    return transfer(input, get_backend(BUILT_IN), None, None)


@public_method()
def cuda(input: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """Move a tensor to a CUDA device of its backend.

    Args:
        input: a tensor of any shape.
        device: the device, as a name or an index.  By default the first one.
        non_blocking: accepted for compatibility with PyTorch.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A tensor; ``input`` itself if it is there.

    Raises:
        ValueError: the backend has no such device.

    Example::

        >>> x = polygrad.ones(1)
        >>> x = x.cuda() if polygrad.cuda.is_available() else x
    """
    return transfer(input, input.backend, Device("cuda" if device is None else device), None)


@public_method()
def pin_memory(input: Tensor, device: Any = None) -> Tensor:
    """Return the tensor itself: the backend decides how memory is transferred.

    Args:
        input: a tensor of any shape.
        device: accepted for compatibility with PyTorch.

    Returns:
        ``input``.

    Example::

        >>> polygrad.ones(2).pin_memory()
        tensor([1., 1.])
    """
    return input
