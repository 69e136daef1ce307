"""Initializers of parameters.

Every function changes its tensor in place, without recording, and returns it.  Random values come from ``generator``, or from
the default generator (`polygrad.manual_seed`), which gives the same values on every backend.
"""

from __future__ import annotations

import math
from typing import Any

from .._core.scalars import to_python
from .._core.tensor import Tensor
from .._core.warn import warn
from .._functions.common import place_of
from .._functions.creation import eye, full_like, wrap
from .._functions.decompositions import qr
from .._functions.reductions import sum
from ..autograd.grad_mode import no_grad

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_",
    "orthogonal_", "sparse_", "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip

_GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
_LINEAR = frozenset(
    "linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d sigmoid identity".split()
)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the gain of a nonlinearity: by what to multiply weights so that variances stay the same from layer to layer.

    Args:
        nonlinearity: "linear", "conv1d" and other layers (1), "sigmoid" (1), "tanh" (5 / 3), "relu" (``sqrt(2)``), "leaky_relu"
            (``sqrt(2 / (1 + slope ** 2))``) or "selu" (3 / 4).
        param: the negative slope of "leaky_relu"; None is 0.01.

    Returns:
        A float.

    Raises:
        ValueError: ``nonlinearity`` is unknown, or ``param`` is not a number.

    Example::

        >>> nn.init.calculate_gain("leaky_relu", 1.0)
        1.0
    """
    if nonlinearity in _LINEAR:
        return 1.0
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else to_python(param)
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    known = ", ".join([*sorted(_LINEAR), *_GAINS, "leaky_relu"])
    raise ValueError(f"unsupported nonlinearity {nonlinearity!r}: it is one of {known}")


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a tensor from the uniform distribution on ``[a, b)``.

    Args:
        tensor: the tensor, of any shape.
        a: the lower bound.
        b: the upper bound.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Example::

        >>> weight = nn.init.uniform_(polygrad.empty(100), -1.0, 1.0)
        >>> bool((weight.abs() <= 1).all())
        True
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a tensor from the normal distribution.

    Args:
        tensor: the tensor, of any shape.
        mean: the mean.
        std: the standard deviation.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Example::

        >>> nn.init.normal_(polygrad.empty(3), mean=2.0, std=0.0)
        tensor([2., 2., 2.])
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Fill a tensor from the normal distribution, truncated to ``[a, b]``.

    It is sampled by the inverse of its distribution function.

    Args:
        tensor: the tensor, of any shape.
        mean: the mean before truncation.
        std: the standard deviation before truncation.
        a: the lower bound.
        b: the upper bound.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Example::

        >>> weight = nn.init.trunc_normal_(polygrad.empty(100), a=-0.5, b=0.5)
        >>> bool((weight.abs() <= 0.5).all())
        True
    """
    low, high = (math.erf((bound - mean) / std / math.sqrt(2)) for bound in (a, b))
    with no_grad():
        tensor.uniform_(low, high, generator=generator)
        array = _inverse_erf(tensor.backend.xp, tensor._read()) * (std * math.sqrt(2)) + mean
        tensor._rebind(tensor.backend.xp.clip(array, a, b), tensor._edge)
    return tensor


def _inverse_erf(xp: Any, y: Any) -> Any:
    """Invert erf: Winitzki's approximation (2008), then Newton's method."""
    limit = 1 - 1e-7
    y = xp.clip(y, -limit, limit)
    logarithm = xp.log1p(-y * y)
    half = 2 / (math.pi * 0.147) + logarithm / 2
    x = xp.sign(y) * xp.sqrt(xp.sqrt(half * half - logarithm / 0.147) - half)
    for _ in range(3):
        error = (xp.erf(x) - y) * xp.exp(x * x) * (math.sqrt(math.pi) / 2)
        x = x - error / (1 + x * error)
    return x


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill a tensor with a number.

    Args:
        tensor: the tensor, of any shape.
        val: the number.

    Returns:
        ``tensor``.

    Example::

        >>> nn.init.constant_(polygrad.empty(3), 0.5)
        tensor([0.5000, 0.5000, 0.5000])
    """
    with no_grad():
        return tensor.copy_(full_like(tensor, val))


def ones_(tensor: Tensor) -> Tensor:
    """Fill a tensor with ones.

    Args:
        tensor: the tensor, of any shape.

    Returns:
        ``tensor``.

    Example::

        >>> nn.init.ones_(polygrad.empty(3))
        tensor([1., 1., 1.])
    """
    return constant_(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill a tensor with zeros.

    Args:
        tensor: the tensor, of any shape.

    Returns:
        ``tensor``.

    Example::

        >>> nn.init.zeros_(polygrad.empty(3))
        tensor([0., 0., 0.])
    """
    return constant_(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """Set a matrix to the identity, or to its first rows or columns.

    Args:
        tensor: a tensor with 2 dimensions.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has another number of dimensions.

    Example::

        >>> nn.init.eye_(polygrad.empty(2, 3))
        tensor([[1., 0., 0.],
                [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"only tensors with 2 dimensions are supported, and this one has {tensor.ndim}")
    with no_grad():
        return tensor.copy_(eye(*tensor.shape, dtype=tensor.dtype, **place_of(tensor)))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Set the weight of a convolution to the identity: output channel ``i`` of a group is its input channel ``i``.

    Args:
        tensor: a weight ``(out_channels, in_channels / groups, *)`` with 3 to 5 dimensions.
        groups: the number of groups of the convolution.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has another number of dimensions, or ``groups`` does not divide ``out_channels``.

    Example::

        >>> nn.init.dirac_(polygrad.empty(2, 2, 3))
        tensor([[[0., 1., 0.],
                 [0., 0., 0.]],
        <BLANKLINE>
                [[0., 0., 0.],
                 [0., 1., 0.]]])
    """
    shape = tuple(tensor.shape)
    if len(shape) not in (3, 4, 5):
        raise ValueError(f"only tensors with 3, 4, or 5 dimensions are supported, and this one has {len(shape)}")
    if shape[0] % groups:
        raise ValueError(f"dim 0 ({shape[0]}) must be divisible by groups ({groups})")
    per_group = shape[0] // groups
    with no_grad():
        zeros_(tensor)
        centre = tuple(n // 2 for n in shape[2:])
        for group in range(groups):
            for channel in range(min(per_group, shape[1])):
                tensor[(group * per_group + channel, channel, *centre)] = 1
    return tensor


def _fans(tensor: Tensor) -> tuple[int, int]:
    """Return fan_in, the number of inputs of an output, and fan_out, the number of outputs of an input."""
    shape = tuple(tensor.shape)
    if len(shape) < 2:
        raise ValueError(f"fan in and fan out need a tensor of at least 2 dimensions, and this one has {len(shape)}")
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _fan(tensor: Tensor, mode: str) -> int:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"mode {mode!r} not supported: it is 'fan_in' or 'fan_out'")
    return _fans(tensor)[mode.lower() == "fan_out"]


def _is_empty(tensor: Tensor) -> bool:
    if 0 in tensor.shape:
        warn("Initializing zero-element tensors is a no-op")
    return 0 in tensor.shape


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a weight from the uniform distribution with variance ``gain ** 2 * 2 / (fan_in + fan_out)``.

    Its bounds are ``gain * sqrt(6 / (fan_in + fan_out))`` and minus that.  Glorot and Bengio, "Understanding the difficulty of
    training deep feedforward neural networks", 2010.

    Args:
        tensor: a weight ``(fan_out, fan_in, *)``; the further dimensions multiply both.
        gain: a factor, as from `calculate_gain`.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has fewer than 2 dimensions.

    Example::

        >>> weight = nn.init.xavier_uniform_(polygrad.empty(2, 4))
        >>> bool((weight.abs() <= 1).all())
        True
    """
    fan_in, fan_out = _fans(tensor)
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a weight from the normal distribution with mean 0 and variance ``gain ** 2 * 2 / (fan_in + fan_out)``.

    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    Args:
        tensor: a weight ``(fan_out, fan_in, *)``; the further dimensions multiply both.
        gain: a factor, as from `calculate_gain`.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has fewer than 2 dimensions.

    Example::

        >>> nn.init.xavier_normal_(polygrad.empty(2, 4)).shape
        polygrad.Size([2, 4])
    """
    fan_in, fan_out = _fans(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2 / (fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Fill a weight from the uniform distribution with variance ``gain ** 2 / fan``, for layers of rectifiers.

    Its bounds are ``gain * sqrt(3 / fan)`` and minus that.  He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852.

    Args:
        tensor: a weight ``(fan_out, fan_in, *)``; the further dimensions multiply both.
        a: the negative slope of "leaky_relu".
        mode: "fan_in" keeps the variance of activations, "fan_out" that of gradients.
        nonlinearity: what follows, as in `calculate_gain`.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has fewer than 2 dimensions, or ``mode`` or ``nonlinearity`` is unknown.

    Example::

        >>> weight = nn.init.kaiming_uniform_(polygrad.empty(2, 6), nonlinearity="relu")
        >>> bool((weight.abs() <= 1).all())
        True
    """
    if _is_empty(tensor):
        return tensor
    bound = calculate_gain(nonlinearity, a) * math.sqrt(3 / _fan(tensor, mode))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Fill a weight from the normal distribution with mean 0 and variance ``gain ** 2 / fan``, for layers of rectifiers.

    He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852.

    Args:
        tensor: a weight ``(fan_out, fan_in, *)``; the further dimensions multiply both.
        a: the negative slope of "leaky_relu".
        mode: "fan_in" keeps the variance of activations, "fan_out" that of gradients.
        nonlinearity: what follows, as in `calculate_gain`.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has fewer than 2 dimensions, or ``mode`` or ``nonlinearity`` is unknown.

    Example::

        >>> nn.init.kaiming_normal_(polygrad.empty(2, 6)).shape
        polygrad.Size([2, 6])
    """
    if _is_empty(tensor):
        return tensor
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode)), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Set a matrix to a random one with orthonormal rows, or columns if they are fewer, times ``gain``.

    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013,
    arXiv:1312.6120.

    Args:
        tensor: a tensor with at least 2 dimensions; those after the first count as one.
        gain: a factor.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has fewer than 2 dimensions.

    Example::

        >>> weight = nn.init.orthogonal_(polygrad.empty(2, 5))
        >>> (weight @ weight.mT).allclose(polygrad.eye(2), atol=1e-5)
        True
    """
    if tensor.ndim < 2:
        raise ValueError(f"only tensors with 2 or more dimensions are supported, and this one has {tensor.ndim}")
    if not tensor.shape.numel():
        return tensor
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    with no_grad():
        flat = normal_(wrap(tensor._read()), generator=generator).reshape(rows, columns)
        q, r = qr(flat if rows >= columns else flat.mT)
        # The signs make the result uniform among the orthogonal matrices (Mezzadri, 2007).
        signs = sum(r * eye(min(rows, columns), dtype=r.dtype, **place_of(r)), 0).sign()
        q = q * signs if rows >= columns else (q * signs).mT
        return tensor.copy_(q.reshape(tensor.shape) * gain)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Fill a matrix from the normal distribution, and set a part of every column to 0.

    Martens, "Deep learning via Hessian-free optimization", 2010.

    Args:
        tensor: a tensor with 2 dimensions.
        sparsity: the fraction of each column that is 0.
        std: the standard deviation of the other elements; their mean is 0.
        generator: where random numbers come from; None is the default generator.

    Returns:
        ``tensor``.

    Raises:
        ValueError: ``tensor`` has another number of dimensions.

    Example::

        >>> (nn.init.sparse_(polygrad.empty(4, 3), sparsity=0.5) == 0).sum(0)
        tensor([2, 2, 2])
    """
    if tensor.ndim != 2:
        raise ValueError(f"only tensors with 2 dimensions are supported, and this one has {tensor.ndim}")
    zeros = math.ceil(sparsity * tensor.shape[0])
    with no_grad():
        xp = tensor.backend.xp
        order = uniform_(wrap(tensor._read()), generator=generator)._read()
        ranks = xp.argsort(xp.argsort(order, axis=0), axis=0)
        array = normal_(tensor, 0, std, generator)._read()
        tensor._rebind(xp.where(ranks < zeros, xp.zeros_like(array), array), tensor._edge)
    return tensor
