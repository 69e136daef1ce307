"""Vectors from bytes, and from a range that includes its end.  Here `range` is PyTorch's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.tensor import Tensor
from .._core.warn import warn
from .._dtypes import DType
from .common import any_layout
from .creation import DTypeLike, check_dtype, check_steps, place, tensor, wrap
from .public import public_function


@public_function()
@any_layout
def range(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a vector of numbers at equal steps, the end included.  Deprecated in PyTorch; use `arange`.

    Args:
        start: the first number.  With one argument: the end, and the start is 0.
        end: the numbers do not exceed it.
        step: the difference between neighbours, not 0.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``floor((end - start) / step) + 1``.

    Raises:
        RuntimeError: ``step`` is 0 or leads away from ``end``, or an argument is not finite.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):
        ...     polygrad.range(1, 3)
        tensor([1., 2., 3.])
    """
    if end is None:
        start, end = 0, start
    warn(
        "polygrad.range is deprecated, as torch.range is: its behavior is inconsistent with Python's range. Use "
        "polygrad.arange, which produces values in [start, end)."
    )
    start, end, step = check_steps("range", start, end, step)
    count = math.floor((end - start) / step) + 1
    dtype = check_dtype(dtype) or _dtypes.get_default_dtype()
    target, where = place(backend, device)
    numbers = start + step * np.arange(count)
    return wrap(target.asarray(numbers, dtype=target.to_dtype(dtype), device=where, copy=True), requires_grad)


@public_function()
def frombuffer(buffer: Any, *, dtype: DType, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """Create a vector of the bytes of a Python buffer.  Unlike PyTorch's function it copies them.

    Args:
        buffer: an object with Python's buffer protocol, such as ``bytes``.
        dtype: the data type.
        count: how many elements; a negative number means all.
        offset: how many bytes to skip.
        requires_grad: whether operations on the result are recorded.

    Returns:
        A vector.

    Raises:
        ValueError: ``buffer`` has no bytes or not as many as are asked for, or has no buffer protocol.

    Example::

        >>> polygrad.frombuffer(bytes([1, 0, 2, 0]), dtype=polygrad.int16)
        tensor([1, 2], dtype=polygrad.int16)
    """
    try:
        length = memoryview(buffer).nbytes
    except TypeError:
        raise ValueError(
            f"frombuffer(): a {type(buffer).__name__} does not implement Python's buffer protocol"
        ) from None
    wanted = check_dtype(dtype)
    if wanted is None:
        raise TypeError("frombuffer(): dtype must be given")
    size = np.dtype(wanted.name).itemsize
    if not length or not count:
        raise ValueError(f"frombuffer(): the length of the buffer, {length}, and count, {count}, must not be 0")
    if not 0 <= offset < length:
        raise ValueError(f"frombuffer(): offset {offset} is outside of the buffer of {length} bytes")
    if count < 0 and (length - offset) % size:
        raise ValueError(
            f"frombuffer(): {length - offset} bytes after offset {offset} are not a whole number of elements of {size} bytes"
        )
    if count > 0 and offset + count * size > length:
        raise ValueError(f"frombuffer(): {count} elements of {size} bytes after offset {offset} exceed {length} bytes")
    return tensor(np.frombuffer(buffer, wanted.name, count, offset), dtype=wanted, requires_grad=requires_grad)
