"""Tensors of random numbers.

Every function takes a `generator`; the default one is seeded by `manual_seed`.  A seed gives the same numbers on every
backend.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.primitive import PRIMITIVES
from .._core.tensor import Tensor, cell
from .._core.warn import warn
from .._devices import native_device
from .._dtypes import DType, finfo, iinfo
from ..backends.discovery import BUILT_IN
from ..backends.registry import get_backend
from .broadcasting import broadcast_tensors
from .common import any_layout, assume, check_tensor, second_names, sizes, values_for_checks, xp
from .creation import check_dtype, place
from .generator import Generator, default_generator
from .public import public_function, public_method

#: Binary digits of a uniform number: the precision of its type.
_DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}

#: Default of an argument for which None has a meaning.
_UNSAID: Any = object()


def _draw(
    primitive: str, words: int, settings: tuple, dtype: DType | None, generator: Any, backend: Any, device: Any
) -> Tensor:
    """Return the result of ``primitive(bits, *settings, dtype)`` for fresh random bits."""
    source = default_generator if generator is None else generator
    if not isinstance(source, Generator):
        raise TypeError(f"generator must be a polygrad.Generator, not {type(source).__name__}")
    if "float64" in backend.capabilities:
        if dtype is not None:
            settings = (*settings, backend.to_dtype(dtype))
        return getattr(xp, primitive)(source.bits(words, backend, device), *settings)
    # A library without 64-bit types: NumPy draws, and the numbers are copied.
    host = get_backend(BUILT_IN)
    if dtype is not None:
        settings = (*settings, host.to_dtype(dtype))
    numbers = PRIMITIVES[primitive].forward(host.xp, source.bits(words, host, None)._read(), *settings)
    native = None if dtype is None else backend.to_dtype(dtype)
    return cell(backend.asarray(np.asarray(numbers), dtype=native, device=device))


def _check_lengths(size: tuple[int, ...]) -> tuple[int, ...]:
    for length in size:
        if length < 0:
            raise RuntimeError(f"a tensor cannot have a negative length: {size}")
    return size


def _check_floating(dtype: DType | None, name: str) -> DType:
    dtype = check_dtype(dtype) or _dtypes.get_default_dtype()
    if dtype.name not in _DIGITS:
        raise RuntimeError(f"{name}(): the data type must be a floating-point type, not {dtype.name}")
    return dtype


def _check_inexact(dtype: DType | None, name: str) -> DType:
    dtype = check_dtype(dtype)
    return dtype if dtype is not None and dtype.is_complex else _check_floating(dtype, name)


def _draw_complex(make: Callable, shape: tuple[int, ...], dtype: DType, *where: Any) -> Tensor:
    """Return complex numbers whose real and imaginary parts ``make`` draws."""
    parts = make((2, *shape), dtype.to_real(), *where)
    return xp.complex(xp.getitem(parts, (0, Ellipsis)), xp.getitem(parts, (1, Ellipsis)))


def _draw_uniform(shape: tuple[int, ...], dtype: DType, generator: Any, backend: Any, device: Any) -> Tensor:
    if dtype.is_complex:
        return _draw_complex(_draw_uniform, shape, dtype, generator, backend, device)
    count, digits = math.prod(shape), _DIGITS[dtype.name]
    words = count if digits > 32 else -(-count // 2)
    return xp.reshape(_draw("uniform_from_bits", words, (count, digits), dtype, generator, backend, device), shape)


def _draw_normal(shape: tuple[int, ...], dtype: DType, generator: Any, backend: Any, device: Any) -> Tensor:
    if dtype.is_complex:
        return _draw_complex(_draw_normal, shape, dtype, generator, backend, device) * math.sqrt(0.5)
    count, wide = math.prod(shape), dtype is _dtypes.float64
    words = -(-count // 2) * (2 if wide else 1)
    return xp.reshape(_draw("normal_from_bits", words, (count, wide), dtype, generator, backend, device), shape)


def _as_leaf(made: Tensor, requires_grad: bool) -> Tensor:
    return cell(made._read()).requires_grad_() if requires_grad else made


@public_function(out=True)
@any_layout
def rand(
    size: Any = (),
    *others: Any,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw numbers from the uniform distribution on [0, 1).

    Args:
        size: the as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type; both parts of a complex number are drawn.  By default float32, see
            `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: ``dtype`` is an integer type or bool, or a length is negative.

    Example::

        >>> polygrad.rand(2, generator=polygrad.Generator().manual_seed(0))
        tensor([0.7899, 0.0872])
    """
    dtype = _check_inexact(dtype, "rand")
    return _as_leaf(
        _draw_uniform(_check_lengths(sizes(size, others)), dtype, generator, *place(backend, device)),
        requires_grad,
    )


@public_function(out=True)
@any_layout
def randn(
    size: Any = (),
    *others: Any,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw numbers from the normal distribution of mean 0 and variance 1.

    Args:
        size: the as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type; the variance of a complex number is that of both parts together.
            By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: ``dtype`` is an integer type or bool, or a length is negative.

    Example::

        >>> polygrad.randn(2, generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, -2.1397])
    """
    dtype = _check_inexact(dtype, "randn")
    return _as_leaf(
        _draw_normal(_check_lengths(sizes(size, others)), dtype, generator, *place(backend, device)),
        requires_grad,
    )


def _has_bound(dtype: DType, bound: float) -> bool:
    """Return whether ``bound``, an end of a range to draw from, is a value of ``dtype``."""
    if dtype.kind == "bool":
        return 0 <= bound <= 1
    if dtype.kind in ("int", "uint"):
        return dtype.holds(bound)
    largest = finfo(dtype).max
    return -largest <= bound <= largest  # False for NaN


def _check_spread(name: str, std: Any) -> None:
    """Raise RuntimeError for a standard deviation that is negative or NaN; of a tensor, where its values are known."""
    negative = assume(std, lambda values: bool((values < 0).any())) if isinstance(std, Tensor) else not std >= 0
    if negative:
        raise RuntimeError(
            f"{name} expects {'all elements of ' * isinstance(std, Tensor)}std >= 0.0, but found std {std}"
        )


def _draw_integers(
    shape: tuple[int, ...], low: int, high: int, dtype: DType, generator: Any, backend: Any, device: Any
) -> Tensor:
    if low >= high:
        raise RuntimeError(f"random integers: low must be less than high, but they are {low} and {high}")
    for name, bound in (("low", low), ("high - 1", high - 1)):
        if not _has_bound(dtype, bound):
            raise RuntimeError(f"random integers: {name}, which is {bound}, does not fit into {dtype.name}")
        if dtype.name in _DIGITS and abs(bound) > 2 ** _DIGITS[dtype.name]:
            warn(
                f"random integers: {name}, which is {bound}, is out of bounds: {dtype.name} has all integers only up to "
                f"2**{_DIGITS[dtype.name]}, and the numbers drawn are rounded to those that it has."
            )
    drawn = dtype if dtype.kind in ("int", "uint") else _dtypes.int64
    made = _draw(
        "integers_from_bits", math.prod(shape), (math.prod(shape), low, high - low), drawn, generator, backend, device
    )
    return xp.reshape(xp.astype(made, dtype), shape)


@public_function(out=True)
@any_layout
def randint(
    low: int = 0,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw integers from ``low`` to ``high``, ``high`` excluded: ``randint(10, (2, 3))`` or ``randint(5, 10, (2, 3))``.

    Args:
        low: the least integer.  It may be left out, and is 0 then.
        high: the integer after the largest one.
        size: the shape: a tuple of lengths.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf of shape ``size``.

    Raises:
        RuntimeError: ``low`` is not less than ``high``, or ``dtype`` does not have these integers.

    Example::

        >>> polygrad.randint(10, (3,), generator=polygrad.Generator().manual_seed(0))
        tensor([8, 0, 5])
    """
    if size is None and not isinstance(high, int):
        high, size = None, high
    if high is None:
        low, high = 0, low
    if size is None or high is None:
        raise TypeError("randint() needs a size, as in randint(10, (2, 3))")
    dtype = check_dtype(dtype) or _dtypes.int64
    made = _draw_integers(_check_lengths(sizes(size)), int(low), int(high), dtype, generator, *place(backend, device))
    return _as_leaf(made, requires_grad)


@public_function(out=True)
@any_layout
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw a permutation of the integers from 0 to ``n - 1``.

    Args:
        n: how many integers.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``n``.

    Raises:
        RuntimeError: ``n`` is negative, or ``dtype`` does not have these integers.

    Example::

        >>> polygrad.randperm(4, generator=polygrad.Generator().manual_seed(0))
        tensor([0, 3, 2, 1])
    """
    if n < 0:
        raise RuntimeError(f"randperm(): n must not be negative, but it is {n}")
    dtype = check_dtype(dtype) or _dtypes.int64
    exact = 2 ** _DIGITS[dtype.name] + 1 if dtype.name in _DIGITS else n
    if n > exact or not _has_bound(dtype, max(n - 1, 0)):
        raise RuntimeError(f"randperm(): {dtype.name} does not have all integers below {n}")
    made = _draw("permutation_from_bits", n, (n,), dtype, generator, *place(backend, device))
    return _as_leaf(made, requires_grad)


# -- like a tensor -----------------------------------------------------------------------------------------------------


def _place_of(input: Tensor, backend: Any = None, device: Any = None) -> tuple[Any, Any]:
    target = input.backend if backend is None else get_backend(backend)
    if device is None:
        return target, (
            target.device(input._read()) if target is input.backend and not target.level else target.default_device()
        )
    return target, native_device(target, device)


def _draw_like(
    make: Callable, name: str, input: Tensor, generator: Any, dtype: Any, device: Any, requires_grad: bool, backend: Any
) -> Tensor:
    check_tensor(input, name)
    dtype = _check_inexact(dtype or input.dtype, name)
    return _as_leaf(make(tuple(input.shape), dtype, generator, *_place_of(input, backend, device)), requires_grad)


@public_function()
@any_layout
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw numbers from the uniform distribution on [0, 1), with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.rand_like(polygrad.zeros(2), generator=polygrad.Generator().manual_seed(0))
        tensor([0.7899, 0.0872])
    """
    return _draw_like(_draw_uniform, "rand_like", input, generator, dtype, device, requires_grad, backend)


@public_function()
@any_layout
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw numbers from the normal distribution of mean 0 and variance 1, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.randn_like(polygrad.zeros(2), generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, -2.1397])
    """
    return _draw_like(_draw_normal, "randn_like", input, generator, dtype, device, requires_grad, backend)


@public_function()
@any_layout
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw integers from ``low`` to ``high``, ``high`` excluded, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        low: the least integer.  It may be left out, and is 0 then.
        high: the integer after the largest one.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Raises:
        RuntimeError: ``low`` is not less than ``high``, or the data type does not have these integers.

    Example::

        >>> polygrad.randint_like(polygrad.zeros(3), 10, generator=polygrad.Generator().manual_seed(0))
        tensor([8., 0., 5.])
    """
    if high is None:
        low, high = 0, low
    dtype = check_dtype(dtype) or input.dtype
    made = _draw_integers(tuple(input.shape), low, high, dtype, generator, *_place_of(input, backend, device))
    return _as_leaf(made, requires_grad)


def bernoulli_mask(shape: tuple[int, ...], p: float, like: Tensor, generator: Any = None) -> Tensor:
    """Return booleans, each True with probability ``p``, on the backend and device of ``like``."""
    count = math.prod(shape)
    settings = (count, round(p * 2**32))
    return xp.reshape(_draw("mask_from_bits", -(-count // 2), settings, None, generator, *_place_of(like)), shape)


def exponential_like(input: Tensor, lambd: float = 1.0, generator: Any = None) -> Tensor:
    """Return exponential numbers of rate ``lambd``, of the shape, type and place of ``input``; never 0."""
    shape, (backend, device) = tuple(input.shape), _place_of(input)
    count, digits = math.prod(shape), 53 if input.dtype is _dtypes.float64 else 32
    wide = _dtypes.float64 if "float64" in backend.capabilities else input.dtype
    words = count if digits > 32 else -(-count // 2)
    uniform = _draw("uniform_from_bits", words, (count, digits), wide, generator, backend, device)
    drawn = xp.log(uniform + 0.5 * 2.0**-digits) * (-1 / lambd)
    return xp.reshape(xp.astype(drawn, input.dtype), shape)


@public_function(method=True, out=True)
def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """Draw 1 with a given probability, and else 0.

    Args:
        input: the probabilities, a tensor of a floating-point type with elements in [0, 1]; with ``p``, a tensor whose
            shape, type and place are taken.
        p: one probability for all elements.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: a probability is not in [0, 1], or ``input`` is not of a floating-point type.

    Example::

        >>> polygrad.bernoulli(polygrad.tensor([0.0, 1.0]))
        tensor([0., 1.])
    """
    check_tensor(input, "bernoulli")
    if p is not None:
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli: the probability must be between 0 and 1, but it is {p}")
        return xp.astype(bernoulli_mask(tuple(input.shape), p, input, generator), input.dtype)
    if input.dtype.name not in _DIGITS:
        raise RuntimeError(f"bernoulli: probabilities must be of a floating-point type, not {input.dtype.name}")
    if assume(input.detach(), lambda values: bool(((values >= 0) & (values <= 1)).all())) is False:
        raise RuntimeError("bernoulli: all probabilities must be between 0 and 1")
    drawn = _draw_uniform(tuple(input.shape), input.dtype, generator, *_place_of(input))
    return xp.astype(drawn < input.detach(), input.dtype)


@public_function(out=True)
@any_layout
def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Draw numbers from normal distributions of given means and standard deviations.

    The gradient flows back to ``mean`` and ``std``.

    Args:
        mean: the means, a tensor or a number.
        std: the standard deviations: a tensor whose shape broadcasts with that of ``mean``, or a number.
        size: the shape, where both are numbers.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type, where both are numbers.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor of the broadcast shape, or of ``size``.

    Raises:
        RuntimeError: a standard deviation is negative.
        TypeError: ``mean`` and ``std`` are numbers, and there is no ``size``.

    Example::

        >>> polygrad.normal(polygrad.tensor([0.0, 100.0]), 1.0, generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, 97.8603])
    """
    _check_spread("normal", std)
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        if isinstance(mean, Tensor) and isinstance(std, Tensor):
            mean, std = broadcast_tensors(mean.detach(), std.detach())
        like = mean if isinstance(mean, Tensor) else std
        return randn_like(like.detach(), generator=generator) * std + mean
    if size is None:
        raise TypeError("normal(): mean and std are numbers, so a size is needed, as in normal(0.0, 1.0, (2, 3))")
    dtype = _check_inexact(dtype, "normal")
    made = _draw_normal(_check_lengths(sizes(size)), dtype, generator, *place(backend, device))
    return _as_leaf(made * std + _in_both_parts(mean, dtype), requires_grad)


@public_function(method=True, out=True)
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Draw classes with given weights.

    Args:
        input: the weights, which need not add up to 1: a vector of length ``n``, or a matrix with one distribution a
            row, of a floating-point type.
        num_samples: how many classes to draw from each distribution.
        replacement: whether a class can be drawn several times.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        An int64 vector of length ``num_samples``, or a matrix with one row for each distribution.

    Raises:
        RuntimeError: a weight is negative or not finite, all weights are 0, or too few are positive to draw without
            replacement.

    Example::

        >>> polygrad.multinomial(polygrad.tensor([0.0, 1.0, 0.0]), 3, replacement=True)
        tensor([1, 1, 1])
    """
    check_tensor(input, "multinomial")
    if input.ndim not in (1, 2) or not input.dtype.is_floating_point:
        raise RuntimeError(
            f"multinomial: weights must be a vector or matrix of a floating-point type, not {input.dtype.name} of shape "
            f"{tuple(input.shape)}"
        )
    if num_samples < 1:
        raise RuntimeError(f"multinomial: num_samples must be at least 1, but it is {num_samples}")
    values = values_for_checks(input)
    if values is not None:
        _check_weights(values, num_samples, replacement)
    weights = xp.astype(input.detach(), _dtypes.float64)
    weights = xp.reshape(weights, (1, *weights.shape)) if input.ndim == 1 else weights
    shape = (weights.shape[0], num_samples if replacement else weights.shape[1])
    uniform = _draw_uniform(shape, _dtypes.float64, generator, *_place_of(input))
    chosen = xp.astype(xp.choices_from_uniform(weights, uniform, replacement), _dtypes.int64)
    chosen = chosen if replacement else chosen[:, :num_samples]
    return xp.reshape(chosen, (num_samples,)) if input.ndim == 1 else chosen


def _check_weights(weights: Any, num_samples: int, replacement: bool) -> None:
    if not np.all((weights >= 0) & np.isfinite(weights)):
        raise RuntimeError("multinomial: weights must be finite and not negative")
    if not weights.shape[0] and weights.ndim > 1:
        return  # no rows, no draws
    possible = int(np.min(np.sum(weights > 0, axis=-1)))
    if possible < (1 if replacement else num_samples):
        raise RuntimeError(
            f"multinomial: a row has {possible} classes of positive weight, too few for {num_samples} samples "
            f"{'with' if replacement else 'without'} replacement"
        )


# -- in place ----------------------------------------------------------------------------------------------------------


def _fill(input: Tensor, make: Callable[[], Tensor]) -> Tensor:
    input._check_in_place()
    return input._assign(make())


@public_method()
@second_names(**{"from": "low"})
def uniform_(input: Tensor, low: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from the uniform distribution on [low, to).

    Args:
        input: a tensor of a floating-point or complex type; both parts of a complex number are drawn.
        low: the lower end.
        to: the upper end.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``low`` is larger than ``to``, the data type does not have these numbers, or ``input`` is a leaf that
            requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).uniform_(generator=polygrad.Generator().manual_seed(0))
        tensor([0.7899, 0.0872])
    """
    if low > to:
        raise RuntimeError(f"uniform_: low must not be larger than to, but they are {low} and {to}")
    dtype = _check_inexact(input.dtype, "uniform_")
    for name, bound in (("from", low), ("to", to), ("to - from", to - low)):
        if not _has_bound(dtype.to_real(), bound):
            raise RuntimeError(f"uniform_: {name}, which is {bound}, does not fit into {dtype.name}")
    return _fill(
        input,
        lambda: (
            _draw_uniform(tuple(input.shape), dtype, generator, *_place_of(input)) * (to - low)
            + _in_both_parts(low, dtype)
        ),
    )


def _in_both_parts(value: float, dtype: DType) -> Any:
    """Return the number both of whose parts are ``value``, where ``dtype`` is complex."""
    return complex(value, value) if dtype.is_complex else value


@public_method()
def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from a normal distribution.

    Args:
        input: a tensor of a floating-point or complex type.  Both parts of a complex number have the mean ``mean``, and
            ``std`` is that of both together.
        mean: the mean.
        std: the standard deviation.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``std`` is negative, the data type is an integer type or bool, or ``input`` is a leaf that requires
            grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).normal_(generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, -2.1397])
    """
    _check_spread("normal_", std)
    dtype = _check_inexact(input.dtype, "normal_")
    return _fill(
        input,
        lambda: (
            _draw_normal(tuple(input.shape), dtype, generator, *_place_of(input)) * std + _in_both_parts(mean, dtype)
        ),
    )


@public_method()
def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with 1 with a given probability, and else with 0.

    Args:
        input: a tensor of any type.
        p: the probability, a number; or a tensor whose shape broadcasts to that of ``input``.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: a probability is not in [0, 1], or ``input`` is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).bernoulli_(1.0)
        tensor([1., 1.])
    """
    if isinstance(p, Tensor):
        return _fill(input, lambda: xp.astype(bernoulli(p.expand(input.shape), generator=generator), input.dtype))
    return _fill(input, lambda: bernoulli(input, p, generator=generator))


@public_method()
@second_names(**{"from": "low"})
def random_(
    input: Tensor, low: int | None = None, to: int | None = _UNSAID, *, generator: Generator | None = None
) -> Tensor:
    """Fill with integers from ``low`` to ``to``, ``to`` excluded.  With one bound alone, it is ``to``, and ``low`` is 0.

    Warns of bounds beyond the integers that a floating-point type holds exactly.

    Args:
        input: a tensor of a real type.
        low: the least integer.
        to: the integer after the largest one.  By default, or if None, the largest that the data type holds exactly is
            included.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``low`` is not less than ``to``, the data type does not have these integers, or ``input`` is a leaf that
            requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(3).random_(10, generator=polygrad.Generator().manual_seed(0))
        tensor([8., 0., 5.])
    """
    if to is _UNSAID:
        low, to = 0, low
    return _fill(
        input,
        lambda: _draw_integers(
            tuple(input.shape), low or 0, _largest_exact(input.dtype) + 1 if to is None else to, input.dtype, generator,
            *_place_of(input),
        ),
    )  # fmt: skip


def _largest_exact(dtype: DType) -> int:
    """Return the largest integer up to which ``dtype`` has all of them."""
    if dtype.kind in ("int", "uint"):
        return iinfo(dtype).max
    return 1 if dtype.kind == "bool" else 2 ** _DIGITS[_check_floating(dtype, "random_").name]


@public_method()
def exponential_(input: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from the exponential distribution of density ``lambd * exp(-lambd * x)``.

    Args:
        input: a tensor of a real floating-point type.
        lambd: the rate, larger than 0.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: the rate is not positive, the data type is not a real floating-point type, or ``input`` is a leaf
            that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).exponential_(generator=polygrad.Generator().manual_seed(0))
        tensor([0.2359, 2.4391])
    """
    if lambd <= 0:
        raise RuntimeError(f"exponential_: lambd must be larger than 0, but it is {lambd}")
    _check_floating(input.dtype, "exponential_")
    return _fill(input, lambda: exponential_like(input, lambd, generator))


@public_method()
def cauchy_(input: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from the Cauchy distribution of density ``sigma / (pi * ((x - median) ** 2 + sigma ** 2))``.

    Args:
        input: a tensor of a real floating-point type.
        median: the median.
        sigma: half of the width at half of the height, larger than 0.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``sigma`` is not positive, the data type is not a real floating-point type, or ``input`` is a leaf
            that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).cauchy_().shape
        polygrad.Size([2])
    """
    if not sigma > 0:
        raise RuntimeError(f"cauchy_: sigma must be larger than 0, but it is {sigma}")
    dtype = _check_floating(input.dtype, "cauchy_")

    def draw() -> Tensor:
        uniform = _draw_uniform(tuple(input.shape), dtype, generator, *_place_of(input))
        return xp.tan((uniform - 0.5) * math.pi) * sigma + median

    return _fill(input, draw)


@public_method()
def geometric_(input: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers of trials up to the first success: ``k`` has the probability ``(1 - p) ** (k - 1) * p``.

    Args:
        input: a tensor of a real type.
        p: the probability of a success, larger than 0 and less than 1.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``p`` is not between 0 and 1, or ``input`` is a leaf that requires grad, in grad mode.

    Example::

        >>> (polygrad.zeros(3).geometric_(0.5) >= 1).all()
        tensor(True)
    """
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_: p must be larger than 0 and less than 1, but it is {p}")

    def draw() -> Tensor:
        like = input if input.dtype.is_floating_point else xp.astype(input, _dtypes.float32)
        return xp.astype(xp.ceil(exponential_like(like, -math.log1p(-p), generator)), input.dtype)

    return _fill(input, draw)


@public_method()
def log_normal_(input: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers whose logarithms have a normal distribution.

    Args:
        input: a tensor of a real floating-point type.
        mean: the mean of the logarithms.
        std: the standard deviation of the logarithms, larger than 0.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``std`` is not positive, the data type is not a real floating-point type, or ``input`` is a leaf
            that requires grad, in grad mode.

    Example::

        >>> (polygrad.zeros(3).log_normal_() > 0).all()
        tensor(True)
    """
    if not std > 0:
        raise RuntimeError(f"log_normal_: std must be larger than 0, but it is {std}")
    dtype = _check_floating(input.dtype, "log_normal_")
    return _fill(
        input, lambda: xp.exp(_draw_normal(tuple(input.shape), dtype, generator, *_place_of(input)) * std + mean)
    )
