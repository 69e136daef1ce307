"""Random numbers: generators, their seeds and states, and tensors drawn from them.

Written by `python tools/stubs.py`.
"""

from collections.abc import Sequence
from ._core.tensor import Tensor
from ._core.typing import BackendLike, DTypeLike, DeviceLike
from ._functions.generator import (
    Generator as Generator,
    default_generator as default_generator,
    fork_rng as fork_rng,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)

def bernoulli(
    input: Tensor,
    p: float | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
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
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
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
def normal(
    mean: float | Tensor = 0.0,
    std: float | Tensor = 1.0,
    size: int | Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
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
def rand(
    size: int | Sequence[int] = (),
    *others: int,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
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
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
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
def randint(
    low: int = 0,
    high: int | Sequence[int] | None = None,
    size: int | Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
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
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
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
def randn(
    size: int | Sequence[int] = (),
    *others: int,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
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
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
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
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
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
