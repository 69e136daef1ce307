"""First values of parameters.

Every function changes the tensor that it is given, records nothing, and returns the tensor.  The random ones draw from
``generator``, or from polygrad's own (`polygrad.manual_seed`), whose numbers are the same on every backend.
"""

from __future__ import annotations

import math
from typing import Any

from .._core.scalars import plain
from .._core.tensor import Tensor
from .._functions.common import warn
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
    """By how much a nonlinearity should be made up for, so that variances stay the same from layer to layer.

    ``param`` is the negative slope of "leaky_relu".  Raises ValueError for an unknown name.
    """
    if nonlinearity in _LINEAR:
        return 1.0
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else plain(param)
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    known = ", ".join([*sorted(_LINEAR), *_GAINS, "leaky_relu"])
    raise ValueError(f"unsupported nonlinearity {nonlinearity!r}: it is one of {known}")


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Draw from the uniform distribution between ``a`` and ``b``."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Draw from the normal distribution."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Draw from the normal distribution between ``a`` and ``b``, by the inverse of its distribution function."""
    low, high = (math.erf((bound - mean) / std / math.sqrt(2)) for bound in (a, b))
    with no_grad():
        tensor.uniform_(low, high, generator=generator)
        array = _inverse_erf(tensor.backend.xp, tensor._read()) * (std * math.sqrt(2)) + mean
        tensor._rebind(tensor.backend.xp.clip(array, a, b), tensor._edge)
    return tensor


def _inverse_erf(xp: Any, y: Any) -> Any:
    """The inverse of erf: Winitzki's approximation (2008), and Newton's method from there."""
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
    """Fill with ``val``."""
    with no_grad():
        return tensor.copy_(full_like(tensor, val))


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity.  Raises ValueError unless there are 2 dimensions."""
    if tensor.ndim != 2:
        raise ValueError(f"only tensors with 2 dimensions are supported, and this one has {tensor.ndim}")
    with no_grad():
        return tensor.copy_(eye(*tensor.shape, dtype=tensor.dtype, backend=tensor.backend, device=tensor.device))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make the weight of a convolution the one that keeps its input, as far as there are channels.

    Raises ValueError unless there are 3 to 5 dimensions, or where the groups do not divide the channels.
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
    """How many inputs an output has, and how many outputs an input."""
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
    """Uniform with the variance ``gain**2 * 2 / (fan_in + fan_out)`` (Glorot and Bengio, 2010)."""
    fan_in, fan_out = _fans(tensor)
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Normal with the variance ``gain**2 * 2 / (fan_in + fan_out)`` (Glorot and Bengio, 2010)."""
    fan_in, fan_out = _fans(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2 / (fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Uniform with the variance ``gain**2 / fan`` (He et al., 2015); ``a`` is the slope of a leaky ReLU."""
    if _is_empty(tensor):
        return tensor
    bound = calculate_gain(nonlinearity, a) * math.sqrt(3 / _fan(tensor, mode))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Normal with the variance ``gain**2 / fan`` (He et al., 2015); ``a`` is the slope of a leaky ReLU."""
    if _is_empty(tensor):
        return tensor
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode)), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Make the rows orthonormal, or the columns where they are fewer, and multiply by ``gain`` (Saxe et al., 2013).

    Dimensions after the first count as one.  Raises ValueError unless there are 2.
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
        signs = sum(r * eye(min(rows, columns), dtype=r.dtype, backend=r.backend, device=r.device), 0).sign()
        q = q * signs if rows >= columns else (q * signs).mT
        return tensor.copy_(q.reshape(tensor.shape) * gain)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Normal numbers, of which the fraction ``sparsity`` of every column is 0 (Martens, 2010).

    Raises ValueError unless there are 2 dimensions.
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
