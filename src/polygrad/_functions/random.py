"""Tensors of random numbers, in PyTorch's language.

Every draw takes ``generator``; the default one is seeded by `manual_seed`.  The same seed gives the same numbers on every
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
from .._devices import native_device
from .._dtypes import DType, finfo, iinfo
from ..backends.discovery import BUILT_IN
from ..backends.registry import get_backend
from .broadcasting import broadcast_tensors
from .common import assume, check_tensor, lengths, sizes, values_for_checks, warn, xp
from .creation import check_dtype, place
from .generator import Generator, default_generator
from .public import public_function, public_method

#: How many binary digits a uniform number has: as many as its type can hold of one between 0 and 1.
_DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}

#: The default of an argument for which None has a meaning.
_UNSAID: Any = object()


def _draw(
    primitive: str, words: int, settings: tuple, dtype: DType | None, generator: Any, backend: Any, device: Any
) -> Tensor:
    """The result of ``primitive(bits, *settings, dtype)`` for fresh bits."""
    source = default_generator if generator is None else generator
    if not isinstance(source, Generator):
        raise TypeError(f"generator must be a polygrad.Generator, not {type(source).__name__}")
    if "float64" in backend.capabilities:
        if dtype is not None:
            settings = (*settings, backend.to_dtype(dtype))
        return getattr(xp, primitive)(source.bits(words, backend, device), *settings)
    # A library without 64-bit types gets its numbers from the host.
    host = get_backend(BUILT_IN)
    if dtype is not None:
        settings = (*settings, host.to_dtype(dtype))
    numbers = PRIMITIVES[primitive].forward(host.xp, source.bits(words, host, None)._read(), *settings)
    native = None if dtype is None else backend.to_dtype(dtype)
    return cell(backend.asarray(np.asarray(numbers), dtype=native, device=device))


def _shape_of(size: tuple[int, ...]) -> tuple[int, ...]:
    for length in size:
        if length < 0:
            raise RuntimeError(f"a tensor cannot have a negative length: {size}")
    return size


def _floating(dtype: DType | None, name: str) -> DType:
    dtype = check_dtype(dtype) or _dtypes.get_default_dtype()
    if dtype.name not in _DIGITS:
        raise RuntimeError(f"{name}() makes numbers of a floating-point type, not {dtype.name}")
    return dtype


def _inexact(dtype: DType | None, name: str) -> DType:
    dtype = check_dtype(dtype)
    return dtype if dtype is not None and dtype.is_complex else _floating(dtype, name)


def _complex(make: Callable, shape: tuple[int, ...], dtype: DType, *where: Any) -> Tensor:
    """Complex numbers, whose parts ``make`` draws."""
    parts = make((2, *shape), dtype.to_real(), *where)
    return xp.complex(xp.getitem(parts, (0, Ellipsis)), xp.getitem(parts, (1, Ellipsis)))


def _uniform(shape: tuple[int, ...], dtype: DType, generator: Any, backend: Any, device: Any) -> Tensor:
    if dtype.is_complex:
        return _complex(_uniform, shape, dtype, generator, backend, device)
    count, digits = math.prod(shape), _DIGITS[dtype.name]
    words = count if digits > 32 else -(-count // 2)
    return xp.reshape(_draw("uniform_from_bits", words, (count, digits), dtype, generator, backend, device), shape)


def _normal(shape: tuple[int, ...], dtype: DType, generator: Any, backend: Any, device: Any) -> Tensor:
    if dtype.is_complex:
        return _complex(_normal, shape, dtype, generator, backend, device) * math.sqrt(0.5)
    count, wide = math.prod(shape), dtype is _dtypes.float64
    words = -(-count // 2) * (2 if wide else 1)
    return xp.reshape(_draw("normal_from_bits", words, (count, wide), dtype, generator, backend, device), shape)


def _leaf(made: Tensor, requires_grad: bool) -> Tensor:
    return cell(made._read()).requires_grad_() if requires_grad else made


@public_function()
def rand(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Numbers spread evenly from 0 to 1, 1 excluded: ``rand(2, 3)`` or ``rand((2, 3))``.

    Of complex numbers both parts are.  Raises RuntimeError for a type of integers.
    """
    dtype = _inexact(dtype, "rand")
    return _leaf(
        _uniform(_shape_of(lengths("rand", shape, size)), dtype, generator, *place(backend, device)), requires_grad
    )


@public_function()
def randn(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Normal numbers of mean 0 and variance 1: ``randn(2, 3)`` or ``randn((2, 3))``.

    The variance of a complex number is that of both parts together.  Raises RuntimeError for a type of integers.
    """
    dtype = _inexact(dtype, "randn")
    return _leaf(
        _normal(_shape_of(lengths("randn", shape, size)), dtype, generator, *place(backend, device)), requires_grad
    )


def _has_bound(dtype: DType, bound: float) -> bool:
    """Whether a number between which others are drawn is within the range of ``dtype``."""
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


def _integers(
    shape: tuple[int, ...], low: int, high: int, dtype: DType, generator: Any, backend: Any, device: Any
) -> Tensor:
    if low >= high:
        raise RuntimeError(
            f"random integers from low to high, high excluded, need low < high, but low={low}, high={high}"
        )
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


@public_function()
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
    """Integers from ``low`` to ``high``, ``high`` excluded: ``randint(10, (2, 3))`` or ``randint(5, 10, (2, 3))``.

    Raises RuntimeError where there is no integer between them.
    """
    if size is None and not isinstance(high, int):
        high, size = None, high
    if high is None:
        low, high = 0, low
    if size is None or high is None:
        raise TypeError("randint() needs a size, as in randint(10, (2, 3))")
    dtype = check_dtype(dtype) or _dtypes.int64
    made = _integers(_shape_of(sizes((size,))), int(low), int(high), dtype, generator, *place(backend, device))
    return _leaf(made, requires_grad)


@public_function()
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """The integers from 0 to ``n``, ``n`` excluded, in random order."""
    if n < 0:
        raise RuntimeError(f"randperm() needs a number that is not negative, not {n}")
    dtype = check_dtype(dtype) or _dtypes.int64
    exact = 2 ** _DIGITS[dtype.name] + 1 if dtype.name in _DIGITS else n
    if n > exact or not _has_bound(dtype, max(n - 1, 0)):
        raise RuntimeError(f"randperm(): {dtype.name} does not have all integers below {n}")
    made = _draw("permutation_from_bits", n, (n,), dtype, generator, *place(backend, device))
    return _leaf(made, requires_grad)


# -- beside a tensor ---------------------------------------------------------------------------------------------------


def _place_of(input: Tensor, backend: Any = None, device: Any = None) -> tuple[Any, Any]:
    target = input.backend if backend is None else get_backend(backend)
    if device is None:
        return target, (
            target.device(input._read()) if target is input.backend and not target.level else target.default_device()
        )
    return target, native_device(target, device)


def _like(make: Callable, name: str, description: str) -> Callable:
    def like(
        input: Tensor,
        *,
        generator: Generator | None = None,
        dtype: DType | None = None,
        device: Any = None,
        requires_grad: bool = False,
        backend: Any = None,
    ) -> Tensor:
        check_tensor(input, name)
        dtype = _inexact(dtype or input.dtype, name)
        return _leaf(make(tuple(input.shape), dtype, generator, *_place_of(input, backend, device)), requires_grad)

    like.__name__ = like.__qualname__ = name
    like.__doc__ = f"{description}, with the shape, type, backend and device of ``input``."
    return like


rand_like = public_function()(_like(_uniform, "rand_like", "Numbers spread evenly from 0 to 1"))
randn_like = public_function()(_like(_normal, "randn_like", "Normal numbers of mean 0 and variance 1"))


@public_function()
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
    """Integers from ``low`` to ``high``, ``high`` excluded, with the shape, type and place of ``input``."""
    if high is None:
        low, high = 0, low
    dtype = check_dtype(dtype) or input.dtype
    made = _integers(tuple(input.shape), low, high, dtype, generator, *_place_of(input, backend, device))
    return _leaf(made, requires_grad)


def bernoulli_mask(shape: tuple[int, ...], p: float, like: Tensor, generator: Any = None) -> Tensor:
    """Booleans, each true with probability ``p``, beside ``like``."""
    count = math.prod(shape)
    settings = (count, round(p * 2**32))
    return xp.reshape(_draw("mask_from_bits", -(-count // 2), settings, None, generator, *_place_of(like)), shape)


def exponential_like(input: Tensor, lambd: float = 1.0, generator: Any = None) -> Tensor:
    """Exponential numbers of rate ``lambd`` beside ``input``; never 0."""
    shape, (backend, device) = tuple(input.shape), _place_of(input)
    count, digits = math.prod(shape), 53 if input.dtype is _dtypes.float64 else 32
    wide = _dtypes.float64 if "float64" in backend.capabilities else input.dtype
    words = count if digits > 32 else -(-count // 2)
    uniform = _draw("uniform_from_bits", words, (count, digits), wide, generator, backend, device)
    drawn = xp.log(uniform + 0.5 * 2.0**-digits) * (-1 / lambd)
    return xp.reshape(xp.astype(drawn, input.dtype), shape)


@public_function(method=True)
def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that ``input`` holds, else 0; with ``p``, with that probability in the shape of ``input``.

    Raises RuntimeError for what is not a probability.
    """
    check_tensor(input, "bernoulli")
    if p is not None:
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli: expected a probability between 0 and 1, but got {p}")
        return xp.astype(bernoulli_mask(tuple(input.shape), p, input, generator), input.dtype)
    if input.dtype.name not in _DIGITS:
        raise RuntimeError(f"bernoulli: probabilities are of a floating-point type, not {input.dtype.name}")
    if assume(input.detach(), lambda values: bool(((values >= 0) & (values <= 1)).all())) is False:
        raise RuntimeError("bernoulli: expected probabilities between 0 and 1, but input has others")
    drawn = _uniform(tuple(input.shape), input.dtype, generator, *_place_of(input))
    return xp.astype(drawn < input.detach(), input.dtype)


@public_function()
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
    """Normal numbers with means and standard deviations ``mean`` and ``std``, tensors, or numbers and a ``size``.

    Raises RuntimeError for a negative standard deviation.
    """
    _check_spread("normal", std)
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        if isinstance(mean, Tensor) and isinstance(std, Tensor):
            mean, std = broadcast_tensors(mean.detach(), std.detach())
        like = mean if isinstance(mean, Tensor) else std
        return randn_like(like.detach(), generator=generator) * std + mean
    if size is None:
        raise TypeError("normal() of two numbers needs a size, as in normal(0.0, 1.0, (2, 3))")
    dtype = _inexact(dtype, "normal")
    made = _normal(_shape_of(sizes((size,))), dtype, generator, *place(backend, device))
    return _leaf(made * std + _in_parts(mean, dtype), requires_grad)


@public_function(method=True)
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """``num_samples`` classes for each row of ``input``, drawn with the weights in it, as int64.

    Raises RuntimeError where weights are negative or not finite, all zero, or too few for drawing without replacement.
    """
    check_tensor(input, "multinomial")
    if input.ndim not in (1, 2) or not input.dtype.is_floating_point:
        raise RuntimeError(
            f"multinomial: weights are a vector or matrix of floats, not {input.dtype.name} of shape "
            f"{tuple(input.shape)}"
        )
    if num_samples < 1:
        raise RuntimeError(f"multinomial: cannot sample {num_samples} classes")
    values = values_for_checks(input)
    if values is not None:
        _check_weights(values, num_samples, replacement)
    weights = xp.astype(input.detach(), _dtypes.float64)
    weights = xp.reshape(weights, (1, *weights.shape)) if input.ndim == 1 else weights
    shape = (weights.shape[0], num_samples if replacement else weights.shape[1])
    uniform = _uniform(shape, _dtypes.float64, generator, *_place_of(input))
    chosen = xp.astype(xp.choices_from_uniform(weights, uniform, replacement), _dtypes.int64)
    chosen = chosen if replacement else chosen[:, :num_samples]
    return xp.reshape(chosen, (num_samples,)) if input.ndim == 1 else chosen


def _check_weights(weights: Any, num_samples: int, replacement: bool) -> None:
    if not np.all((weights >= 0) & np.isfinite(weights)):
        raise RuntimeError("multinomial: weights contain either inf, nan or an element < 0")
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
def uniform_(input: Tensor, low: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers spread evenly from ``low`` to ``to``; of complex numbers both parts are."""
    if low > to:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={to}")
    dtype = _inexact(input.dtype, "uniform_")
    for name, bound in (("from", low), ("to", to), ("to - from", to - low)):
        if not _has_bound(dtype.to_real(), bound):
            raise RuntimeError(f"uniform_: {name}, which is {bound}, does not fit into {dtype.name}")
    return _fill(
        input,
        lambda: _uniform(tuple(input.shape), dtype, generator, *_place_of(input)) * (to - low) + _in_parts(low, dtype),
    )


def _in_parts(value: float, dtype: DType) -> Any:
    """The number of which both parts are ``value``, where ``dtype`` is complex."""
    return complex(value, value) if dtype.is_complex else value


@public_method()
def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers.

    Of complex numbers both parts have the mean ``mean``, and the variance is that of both together, as in PyTorch.
    """
    _check_spread("normal_", std)
    dtype = _inexact(input.dtype, "normal_")
    return _fill(
        input,
        lambda: _normal(tuple(input.shape), dtype, generator, *_place_of(input)) * std + _in_parts(mean, dtype),
    )


@public_method()
def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with 1 where a draw of probability ``p``, a number or a tensor, succeeds, and with 0 elsewhere."""
    if isinstance(p, Tensor):
        return _fill(input, lambda: xp.astype(bernoulli(p.expand(input.shape), generator=generator), input.dtype))
    return _fill(input, lambda: bernoulli(input, p, generator=generator))


@public_method()
def random_(
    input: Tensor, low: int | None = None, to: int | None = _UNSAID, *, generator: Generator | None = None
) -> Tensor:
    """Fill with integers from ``low`` to ``to``, ``to`` excluded; one bound alone is ``to``, and ``low`` is then 0.

    Without ``to``, or where it is None, the largest is the largest that the type holds exactly.  Raises RuntimeError for bounds
    that the type does not have, or between which there is no integer.  Warns of bounds beyond what a floating-point type holds
    exactly.
    """
    if to is _UNSAID:
        low, to = 0, low
    return _fill(
        input,
        lambda: _integers(
            tuple(input.shape), low or 0, _largest(input.dtype) + 1 if to is None else to, input.dtype, generator,
            *_place_of(input),
        ),
    )  # fmt: skip


def _largest(dtype: DType) -> int:
    """The largest integer up to which ``dtype`` has all of them."""
    if dtype.kind in ("int", "uint"):
        return iinfo(dtype).max
    return 1 if dtype.kind == "bool" else 2 ** _DIGITS[_floating(dtype, "random_").name]


@public_method()
def exponential_(input: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with exponential numbers of rate ``lambd``."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    _floating(input.dtype, "exponential_")
    return _fill(input, lambda: exponential_like(input, lambd, generator))
