"""New tensors: of data, filled, and of ranges of numbers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.hooks import HOOKS
from .._core.primitive import OPERATIONS
from .._core.scalars import TOO_DEEP
from .._core.tensor import Tensor, cell, make_leaf
from .._core.typing import DTypeLike
from .._core.warn import warn
from .._devices import entered_device, native_device
from .._dtypes import DType, cast_number
from .._state import RECORDERS, recorder
from ..backends.registry import get_backend
from .common import any_layout, check_tensor, place_of, sizes
from .plain import as_numpy, backend_of, loses_derivative, number_of
from .public import public_function
from .transfer import transfer


def place(backend: Any, device: Any) -> tuple[Any, Any]:
    """Return the backend and the library's own device that the arguments ``backend`` and ``device`` mean."""
    chosen = get_backend(backend)
    if RECORDERS and (active := recorder()) is not None:
        chosen = active.resolve_backend(chosen)
    if device is None:
        device = entered_device()
    return chosen, chosen.default_device() if device is None else native_device(chosen, device)


def check_dtype(dtype: Any) -> DType | None:
    """Return ``dtype`` as a `DType`, or None.  Python's ``int``, ``float`` and so on are the largest types of their kind.

    Raises TypeError for anything else, types of another library included.
    """
    if dtype is None or isinstance(dtype, DType):
        return dtype
    if isinstance(dtype, type) and dtype in _dtypes.OF_PYTHON:
        return _dtypes.OF_PYTHON[dtype]
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or getattr(dtype, "__name__", None)
    known = _dtypes.BY_NAME.get(str(name)) or _dtypes.ALIASES.get(str(name))
    advice = f"; write polygrad.{known.name}" if known is not None else "; write polygrad.float32, polygrad.int64, …"
    raise TypeError(f"dtype must be a polygrad data type, not {dtype!r}{advice}")


@public_function()
@any_layout
def tensor(
    data: Any,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
    copy: bool = True,
) -> Tensor:
    """Create a tensor of a copy of data.

    Args:
        data: nested lists of numbers, a number, a NumPy array, an array of another library, or a tensor.
        dtype: the data type.  By default that of an array; Python numbers become float32 (see `set_default_dtype`),
            int64, complex64 or bool.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend, by name.  By default the current one; for an array of another library, the backend of that
            library.
        copy: whether memory is copied.  False shares that of an array where possible, with the promise not to write to
            it.

    Returns:
        A leaf: values are copied, and the graph of a tensor is not kept.  `as_tensor` and `stack` keep it.

    Raises:
        TypeError: the data are not numbers.
        ValueError: lists have unequal lengths.
        RuntimeError: an integer tensor is to require grad, or a tensor is copied that a transform differentiates.

    Example::

        >>> polygrad.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        tensor([[1., 2.],
                [3., 4.]], requires_grad=True)
    """
    dtype = check_dtype(dtype)
    array = _as_array(data, dtype, device, backend, copy)
    return make_leaf(object.__new__(Tensor), array, requires_grad)


def _as_array(data: Any, dtype: DType | None, device: Any, backend: Any, copy: bool) -> Any:
    if isinstance(data, Tensor):
        loses_derivative(data)
        warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than polygrad.tensor(sourceTensor)."
        )
        target = data.backend if backend is None else get_backend(backend)
        return transfer(data.detach(), target, device, dtype)._read()
    source = backend_of(data)
    if source is not None and source.name != "numpy" and backend is None:
        where = None if device is None else native_device(source, device)
        return source.asarray(
            data, dtype=None if dtype is None else source.to_dtype(dtype), device=where, copy=copy or None
        )
    if source is not None:
        data = source.to_numpy(data)
    target, where = place(backend, device)
    array, dtype = as_numpy(data, dtype)
    return target.asarray(array, dtype=target.to_dtype(dtype), device=where, copy=True if copy else None)


@public_function("as_tensor as_array")
def as_tensor(data: Any, dtype: DTypeLike | None = None, device: Any = None, *, backend: Any = None) -> Tensor:
    """Convert data to a tensor, keeping graphs.

    Args:
        data: as for `tensor`.  Tensors in nested lists are stacked.
        dtype: the data type.  By default that of the data, as for `tensor`.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend, by name.  By default that of the data, else the current one.

    Returns:
        A tensor; ``data`` itself if it is a tensor that fits.

    Raises:
        TypeError: the data are not numbers.
        ValueError: the elements of a list have different shapes.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> polygrad.as_tensor([x, 2.0]).requires_grad
        True
    """
    if isinstance(data, Tensor):
        target = data.backend if backend is None else get_backend(backend)
        return transfer(data, target, device, check_dtype(dtype))
    try:
        first = _first_tensor(data)
    except RecursionError:
        raise TypeError(TOO_DEEP) from None
    if first is None:
        return tensor(data, dtype=dtype, device=device, backend=backend)
    made = _stack_nested(data, first.backend if backend is None else get_backend(backend), device)
    return made if dtype is None else OPERATIONS.astype(made, check_dtype(dtype))


def _first_tensor(data: Any) -> Tensor | None:
    if isinstance(data, Tensor):
        return data
    if not isinstance(data, (list, tuple)):
        return None
    return next((found for item in data if (found := _first_tensor(item)) is not None), None)


def _stack_nested(data: Any, target: Any, device: Any) -> Tensor:
    """Return nested lists of tensors and numbers as one tensor on ``target``."""
    if isinstance(data, Tensor):
        return data if target.level else transfer(data, target, device, None)
    if not isinstance(data, (list, tuple)) or not data:
        return tensor(data, device=device, backend=target.base if target.level else target)
    parts = [_stack_nested(item, target, device) for item in data]
    if any(isinstance(item, Tensor) for item in data) and all(part.shape.numel() == 1 for part in parts):
        parts = [OPERATIONS.reshape(part, ()) for part in parts]  # tensors of one element are numbers, as in PyTorch
    if len({part.shape for part in parts}) > 1:
        shapes = ", ".join(str(tuple(part.shape)) for part in parts[:8])
        raise ShapeError(f"expected a list of elements of equal shapes, but got shapes that differ: {shapes}")
    return OPERATIONS.stack(parts, axis=0)


@public_function()
def from_numpy(ndarray: Any, *, copy: bool = True) -> Tensor:
    """Create a tensor of a NumPy array on the current backend.

    Unlike PyTorch's function it copies, so that a later write to the array changes no gradient.

    Args:
        ndarray: a ``numpy.ndarray``.
        copy: whether memory is copied.  False shares it where possible, with the promise not to write to it.

    Returns:
        A leaf that does not require grad.

    Raises:
        TypeError: ``ndarray`` is not a NumPy array.

    Example::

        >>> polygrad.from_numpy(np.array([1.0, 2.0]))
        tensor([1., 2.], dtype=polygrad.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy() takes a numpy.ndarray, not {type(ndarray).__name__}")
    return tensor(ndarray, copy=copy)


def wrap(array: Any, requires_grad: bool = False) -> Tensor:
    """Return a tensor around a raw array of any backend, without a copy."""
    return make_leaf(object.__new__(Tensor), array, requires_grad)


def _constant_of(value: Any, backend: Any) -> Tensor:
    """Return a raw array that is an operand of a tensor operation, as a tensor."""
    return cell(backend.asarray(value, dtype=backend.to_dtype(backend.from_dtype(value.dtype)), copy=True))


def _legacy_constructor(*data: Any) -> Tensor:
    dtype = _dtypes.get_default_dtype()
    if data and all(isinstance(n, int) for n in data):
        return empty(*data)
    if len(data) > 1:
        raise TypeError(
            "Tensor(...) takes lengths, as in Tensor(2, 3), or data; polygrad.tensor(...) says which clearly"
        )
    if data and isinstance(data[0], Tensor):
        return data[0].detach()
    return tensor(data[0] if data else [], dtype=dtype)


HOOKS.constant_of = _constant_of
HOOKS.legacy_constructor = _legacy_constructor
HOOKS.make_tensor = tensor


# -- filled tensors ----------------------------------------------------------------------------------------------------


@public_function(out=True)
@any_layout
def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a tensor filled with one value.

    Args:
        size: the shape: a tuple of lengths.
        fill_value: the value, a number.
        dtype: the data type.  By default float32 (see `set_default_dtype`), int64, complex64 or bool, as the value is.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf of shape ``size``.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.full((2, 2), 7)
        tensor([[7, 7],
                [7, 7]])
    """
    fill_value = number_of(fill_value)
    dtype = check_dtype(dtype) or _dtypes.default_of(type(fill_value))
    return _fill(sizes(size), fill_value, dtype, device, requires_grad, backend)


def _fill(shape: tuple[int, ...], value: Any, dtype: DType, device: Any, requires_grad: bool, backend: Any) -> Tensor:
    for length in shape:
        if length < 0:
            raise RuntimeError(f"a tensor cannot have a negative length: {shape}")
    value = cast_number(value, dtype)
    target, where = place(backend, device)
    return wrap(target.xp.full(shape, value, dtype=target.to_dtype(dtype), device=where), requires_grad)


@public_function("zeros empty", out=True)
@any_layout
def zeros(
    size: Any = (), *others: Any, dtype: DTypeLike | None = None, device: Any = None, requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:  # fmt: skip
    """Create a tensor of zeros.  `empty` is another name: no tensor has undefined values.

    Args:
        size: the lengths, as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.zeros(2, 3)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
    dtype = check_dtype(dtype) or _dtypes.get_default_dtype()
    return _fill(sizes(size, others), 0, dtype, device, requires_grad, backend)


@public_function(out=True)
@any_layout
def ones(
    size: Any = (), *others: Any, dtype: DTypeLike | None = None, device: Any = None, requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:  # fmt: skip
    """Create a tensor of ones.

    Args:
        size: the lengths, as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.ones(2, 3)
        tensor([[1., 1., 1.],
                [1., 1., 1.]])
    """
    dtype = check_dtype(dtype) or _dtypes.get_default_dtype()
    return _fill(sizes(size, others), 1, dtype, device, requires_grad, backend)


empty = zeros  # a gradient computed from uninitialised memory would be wrong


@public_function()
@any_layout
def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a tensor filled with one value, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        fill_value: the value, a number.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.full_like(polygrad.ones(2), 7.0)
        tensor([7., 7.])
    """
    dtype = check_dtype(dtype) or check_tensor(input, "full_like").dtype
    target = input.backend if backend is None else get_backend(backend)
    if backend is None and target.level:
        value = input._new_scalar(cast_number(fill_value, dtype), dtype)  # a number would promote the result
        made = OPERATIONS.astype(OPERATIONS.zeros_like(input), dtype) + value
        return made.requires_grad_(requires_grad)
    where = input.device if device is None and target is input.backend else device
    return _fill(tuple(input.shape), fill_value, dtype, where, requires_grad, target)


@public_function("zeros_like empty_like")
@any_layout
def zeros_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a tensor of zeros, with the shape of another tensor.  `empty_like` is another name.

    Args:
        input: the tensor whose shape is taken.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.zeros_like(polygrad.tensor([1, 2]))
        tensor([0, 0])
    """
    return full_like(input, 0, dtype=dtype, device=device, requires_grad=requires_grad, backend=backend)


@public_function()
@any_layout
def ones_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a tensor of ones, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.ones_like(polygrad.tensor([1, 2]))
        tensor([1, 1])
    """
    return full_like(input, 1, dtype=dtype, device=device, requires_grad=requires_grad, backend=backend)


@public_function(out=True)
@any_layout
def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a vector of numbers at equal steps.

    Args:
        start: the first number.  With one argument: the end, and the start is 0.
        end: the numbers stop before it.
        step: the difference between neighbours, not 0.
        dtype: the data type.  By default int64 if all arguments are ints, else float32 (see `set_default_dtype`).
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``ceil((end - start) / step)``.

    Raises:
        RuntimeError: ``step`` is 0 or leads away from ``end``, or an argument is not finite.

    Example::

        >>> polygrad.arange(5), polygrad.arange(1.0, 2.0, 0.5)
        (tensor([0, 1, 2, 3, 4]), tensor([1.0000, 1.5000]))
    """
    if end is None:
        start, end = 0, start
    start, end, step = check_steps("arange", start, end, step)
    whole = all(isinstance(v, int) for v in (start, end, step))
    dtype = check_dtype(dtype) or (_dtypes.int64 if whole else _dtypes.get_default_dtype())
    if dtype.kind in ("int", "uint"):
        start, end, step = int(start), int(end), int(step) or step
    count = max(0, math.ceil((end - start) / step))
    target, where = place(backend, device)
    numbers = np.asarray([], dtype=np.int64) if count == 0 else start + step * np.arange(count)
    return wrap(target.asarray(numbers, dtype=target.to_dtype(dtype), device=where, copy=True), requires_grad)


def check_steps(name: str, start: Any, end: Any, step: Any) -> tuple[Any, Any, Any]:
    """The three as Python numbers.  Raises RuntimeError, naming the function, where steps do not lead to ``end``."""
    start, end, step = map(number_of, (start, end, step))
    if step == 0:
        raise RuntimeError(f"{name}(): step must not be 0")
    if not all(map(math.isfinite, (start, end, step))):
        raise RuntimeError(f"{name}(): start, end and step must be finite, but they are {start}, {end} and {step}")
    if (end - start) * step < 0:
        raise RuntimeError(f"{name}(): steps of {step} do not lead from {start} to {end}")
    return start, end, step


@public_function(out=True)
@any_layout
def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a vector of numbers at equal distances, both ends included.

    Args:
        start: the first number.
        end: the last number.
        steps: how many numbers.
        dtype: the data type.  By default float32 (see `set_default_dtype`), or complex64 if an end is complex.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``steps``.

    Raises:
        RuntimeError: an end is complex and ``dtype`` is real, or ``steps`` is negative.

    Example::

        >>> polygrad.linspace(0, 1, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    return _build_space("linspace", start, end, steps, None, dtype, device, requires_grad, backend)


@public_function(out=True)
@any_layout
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a vector of numbers at equal ratios, from ``base ** start`` to ``base ** end``.

    Args:
        start: the exponent of the first number.
        end: the exponent of the last number.
        steps: how many numbers.
        base: the base of the powers.
        dtype: the data type.  By default float32 (see `set_default_dtype`), or complex64 if an end is complex.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``steps``.

    Raises:
        RuntimeError: an end is complex and ``dtype`` is real, or ``steps`` is negative.

    Example::

        >>> polygrad.logspace(0, 2, 3)
        tensor([  1.,  10., 100.])
    """
    return _build_space("logspace", start, end, steps, float(base), dtype, device, requires_grad, backend)


def _build_space(
    name: str, start: Any, end: Any, steps: int, base: float | None, dtype: DTypeLike | None, device: Any, requires_grad: bool,
    backend: Any,
) -> Tensor:  # fmt: skip
    ends = [number_of(start), number_of(end)]
    is_complex = any(isinstance(x, complex) for x in ends)
    dtype = check_dtype(dtype) or _dtypes.default_of(complex if is_complex else float)
    if is_complex and not dtype.is_complex:
        raise RuntimeError(f"{name}(): the numbers from {ends[0]} to {ends[1]} are complex, and {dtype.name} is not")
    target, where = place(backend, device)
    if steps < 0:
        raise ShapeError(f"{name}(): steps must not be negative, but it is {steps}")
    first, last = (complex(x) if is_complex else float(x) for x in ends)
    numbers = np.linspace(first, last, steps)
    if base is not None:
        numbers = np.asarray(base**numbers)
    if dtype.kind in ("int", "uint"):
        if base is None:
            dtype.check(first)
            dtype.check(last)
        numbers = np.trunc(numbers)
    return wrap(target.asarray(numbers, dtype=target.to_dtype(dtype), device=where, copy=True), requires_grad)


@public_function(out=True)
@any_layout
def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Create a matrix with ones on the diagonal and zeros elsewhere.

    Args:
        n: the number of rows.
        m: the number of columns.  By default ``n``.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf of shape ``(n, m)``.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    if n < 0 or (m is not None and m < 0):
        raise ShapeError(f"eye(): lengths must not be negative, but they are n={n}, m={m}")
    dtype = check_dtype(dtype) or _dtypes.get_default_dtype()
    target, where = place(backend, device)
    return wrap(target.xp.eye(n, m, dtype=target.to_dtype(dtype), device=where), requires_grad)


def unit_vectors(x: Tensor) -> Tensor:
    """The standard basis of the space of ``x``, in a batch: a tensor of shape ``(x.numel(), *x.shape)``."""
    count = x.shape.numel()
    return OPERATIONS.reshape(eye(count, dtype=x.dtype, **place_of(x)), (count, *x.shape))


def _triangle_indices(row: int, col: int, keep: Any, dtype: Any, device: Any, backend: Any) -> Tensor:
    pairs = [(i, j) for i, j in itertools.product(range(row), range(col)) if keep(i, j)]
    numbers = [[i for i, _ in pairs], [j for _, j in pairs]]
    return tensor(numbers, dtype=dtype or _dtypes.int64, device=device, backend=backend)


@public_function()
@any_layout
def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, backend: Any = None
) -> Tensor:
    """Return the positions of the lower triangle of a matrix.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the highest diagonal that belongs to it: 0 is the main one, positive numbers are above it.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor of shape ``(2, n)``: the rows, and the columns.

    Example::

        >>> polygrad.tril_indices(2, 2)
        tensor([[0, 1, 1],
                [0, 0, 1]])
    """
    return _triangle_indices(row, col, lambda i, j: j - i <= offset, dtype, device, backend)


@public_function()
@any_layout
def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, backend: Any = None
) -> Tensor:
    """Return the positions of the upper triangle of a matrix.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the lowest diagonal that belongs to it: 0 is the main one, positive numbers are above it.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor of shape ``(2, n)``: the rows, and the columns.

    Example::

        >>> polygrad.triu_indices(2, 2)
        tensor([[0, 0, 1],
                [0, 1, 1]])
    """
    return _triangle_indices(row, col, lambda i, j: j - i >= offset, dtype, device, backend)
