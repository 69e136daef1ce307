"""Distributions of real numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .._core.tensor import Tensor
from .._functions.creation import zeros_like
from .._functions.random import exponential_like, rand_like, randn_like
from ..special import ndtr, ndtri
from . import constraints
from .distribution import Distribution, ExponentialFamily
from .parameters import broadcast_all


class Normal(ExponentialFamily):
    """The normal distribution, also called Gaussian.

    Args:
        loc: the mean, a tensor or a number.
        scale: the standard deviation, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``loc`` is NaN, or ``scale`` is not positive.

    Example::

        >>> normal = polygrad.distributions.Normal(0.0, polygrad.tensor([1.0, 2.0]))
        >>> normal.log_prob(polygrad.tensor(1.0))
        tensor([-1.4189, -1.7371])
    """

    arg_constraints: dict[str, constraints.Constraint] = {"loc": constraints.real, "scale": constraints.positive}
    support: constraints.Constraint = constraints.real
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc: Tensor
        self.scale: Tensor
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Normal, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return self.scale

    @property
    def variance(self) -> Tensor:
        return self.scale**2

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        noise = randn_like(self.loc.detach().expand(self._extended_shape(sample_shape)))
        return self.loc + noise * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        deviation = (self._checked(value) - self.loc) / self.scale
        return -(deviation**2) / 2 - self.scale.log() - math.log(2 * math.pi) / 2

    def cdf(self, value: Tensor) -> Tensor:
        return ndtr((self._checked(value) - self.loc) / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc + self.scale * ndtri(value)

    def entropy(self) -> Tensor:
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.loc / self.scale**2, -0.5 / self.scale**2

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        return -0.25 * x**2 / y + 0.5 * (-math.pi / y).log()


class Uniform(Distribution):
    """The uniform distribution on an interval that has its lower end and not its upper one.

    Args:
        low: the lower end, a tensor or a number.
        high: the upper end, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``low`` is not less than ``high``.

    Example::

        >>> uniform = polygrad.distributions.Uniform(0.0, 4.0)
        >>> uniform.mean, uniform.cdf(polygrad.tensor(1.0))
        (tensor(2.), tensor(0.2500))
    """

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low: Tensor
        self.high: Tensor
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Uniform, batch_shape, _instance)

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """The constraint that samples satisfy."""
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        return math.nan * self.high

    @property
    def stddev(self) -> Tensor:
        return (self.high - self.low) / math.sqrt(12)

    @property
    def variance(self) -> Tensor:
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn = rand_like(self.low.detach().expand(self._extended_shape(sample_shape)))
        return self.low + drawn * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        inside = ((self.low <= value) & (self.high > value)).to(self.low.dtype)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        return ((self._checked(value) - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, value: Tensor) -> Tensor:
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return (self.high - self.low).log()


class Exponential(ExponentialFamily):
    """The exponential distribution.

    Args:
        rate: the inverse of the mean, a tensor or a number.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``rate`` is not positive.

    Example::

        >>> polygrad.distributions.Exponential(polygrad.tensor([1.0, 4.0])).mean
        tensor([1.0000, 0.2500])
    """

    arg_constraints: dict[str, constraints.Constraint] = {"rate": constraints.positive}
    support: constraints.Constraint = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self.rate: Tensor
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Exponential, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return 1 / self.rate

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.rate)

    @property
    def stddev(self) -> Tensor:
        return 1 / self.rate

    @property
    def variance(self) -> Tensor:
        return 1 / self.rate**2

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return exponential_like(self.rate.detach().expand(self._extended_shape(sample_shape))) / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        return self.rate.log() - self.rate * self._checked(value)

    def cdf(self, value: Tensor) -> Tensor:
        return -(-self.rate * self._checked(value)).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        return -(-value).log1p() / self.rate

    def entropy(self) -> Tensor:
        return 1.0 - self.rate.log()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (-self.rate,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        return -(-natural_params[0]).log()


class Laplace(Distribution):
    """The Laplace distribution, whose density falls exponentially on both sides.

    Args:
        loc: the mean, a tensor or a number.
        scale: the mean distance from it, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``loc`` is NaN, or ``scale`` is not positive.

    Example::

        >>> laplace = polygrad.distributions.Laplace(0.0, 1.0)
        >>> laplace.variance, laplace.cdf(polygrad.tensor(0.0))
        (tensor(2.), tensor(0.5000))
    """

    arg_constraints: dict[str, constraints.Constraint] = {"loc": constraints.real, "scale": constraints.positive}
    support: constraints.Constraint = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc: Tensor
        self.scale: Tensor
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Laplace, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return math.sqrt(2) * self.scale

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale**2

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        like = self.loc.detach().expand(self._extended_shape(sample_shape))
        # The difference of two exponential numbers.
        return self.loc + self.scale * (exponential_like(like) - exponential_like(like))

    def log_prob(self, value: Tensor) -> Tensor:
        return -(2 * self.scale).log() - (self._checked(value) - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        deviation = self._checked(value) - self.loc
        return 0.5 - 0.5 * deviation.sign() * (-deviation.abs() / self.scale).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        term = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()

    def entropy(self) -> Tensor:
        return 1 + (2 * self.scale).log()
