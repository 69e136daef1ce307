"""Distributions of a location and a scale, or of a scale alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .._core.tensor import Tensor
from .._functions.creation import full_like, zeros_like
from .._functions.elementwise import where
from .._functions.random import exponential_like
from . import constraints
from .continuous import Normal
from .distribution import Distribution
from .parameters import broadcast_all
from .sampling import standard_cauchy

#: Euler's constant.
EULER = 0.57721566490153286060


class Cauchy(Distribution):
    """The Cauchy distribution, whose mean does not exist.

    Args:
        loc: the median, a tensor or a number.
        scale: half the width at half of the maximum, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``loc`` is NaN, or ``scale`` is not positive.

    Example::

        >>> polygrad.distributions.Cauchy(0.0, 1.0).cdf(polygrad.tensor([0.0, 1.0]))
        tensor([0.5000, 0.7500])
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
        return self._expand_parameters(Cauchy, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return full_like(self.loc.detach(), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return full_like(self.loc.detach(), math.inf)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.loc + self.scale * standard_cauchy(self.loc.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        deviation = (self._checked(value) - self.loc) / self.scale
        return -math.log(math.pi) - self.scale.log() - (deviation**2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return ((self._checked(value) - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        return math.log(4 * math.pi) + self.scale.log()


class Gumbel(Distribution):
    """The Gumbel distribution, of the largest of many samples.

    Args:
        loc: the mode, a tensor or a number.
        scale: the scale, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``loc`` is NaN, or ``scale`` is not positive.

    Example::

        >>> polygrad.distributions.Gumbel(0.0, polygrad.tensor([1.0, 2.0])).mean
        tensor([0.5772, 1.1544])
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
        return self._expand_parameters(Gumbel, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.loc + self.scale * EULER

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return math.pi / math.sqrt(6) * self.scale

    @property
    def variance(self) -> Tensor:
        return self.stddev**2

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        # The negative logarithm of an exponential number.
        drawn = exponential_like(self.loc.detach().expand(self._extended_shape(sample_shape)))
        return self.loc - self.scale * drawn.log()

    def log_prob(self, value: Tensor) -> Tensor:
        deviation = (self.loc - self._checked(value)) / self.scale
        return deviation - deviation.exp() - self.scale.log()

    def cdf(self, value: Tensor) -> Tensor:
        return (-((self.loc - self._checked(value)) / self.scale).exp()).exp()

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc - self.scale * (-value.log()).log()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + EULER)


class LogNormal(Distribution):
    """The distribution of the exponential of a normal number.

    Args:
        loc: the mean of the logarithm, a tensor or a number.
        scale: the standard deviation of the logarithm, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``loc`` is NaN, or ``scale`` is not positive.

    Example::

        >>> polygrad.distributions.LogNormal(0.0, 1.0).cdf(polygrad.tensor(1.0))
        tensor(0.5000)
    """

    arg_constraints: dict[str, constraints.Constraint] = {"loc": constraints.real, "scale": constraints.positive}
    support: constraints.Constraint = constraints.positive
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc: Tensor
        self.scale: Tensor
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(LogNormal, batch_shape, _instance)

    @property
    def base_dist(self) -> Normal:
        """The distribution of the logarithm."""
        return Normal(self.loc, self.scale, validate_args=False)

    @property
    def mean(self) -> Tensor:
        return (self.loc + self.scale**2 / 2).exp()

    @property
    def mode(self) -> Tensor:
        return (self.loc - self.scale**2).exp()

    @property
    def variance(self) -> Tensor:
        square = self.scale**2
        return square.expm1() * (2 * self.loc + square).exp()

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.base_dist.rsample(sample_shape).exp()

    def log_prob(self, value: Tensor) -> Tensor:
        logarithm = self._checked(value).log()
        return self.base_dist.log_prob(logarithm) - logarithm

    def cdf(self, value: Tensor) -> Tensor:
        return self.base_dist.cdf(self._checked(value).log())

    def icdf(self, value: Tensor) -> Tensor:
        return self.base_dist.icdf(value).exp()

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() + self.loc


class _Folded(Distribution):
    """The distribution of the distance from 0 of a number whose distribution is symmetric."""

    arg_constraints: dict[str, constraints.Constraint] = {"scale": constraints.positive}
    support: constraints.Constraint = constraints.nonnegative
    has_rsample = True
    _base: Any

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        self.scale: Tensor
        (self.scale,) = broadcast_all(scale)
        super().__init__(self.scale.shape, validate_args=validate_args)

    @property
    def base_dist(self) -> Any:
        """The symmetric distribution."""
        return self._base(zeros_like(self.scale), self.scale, validate_args=False)

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.scale)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.base_dist.rsample(sample_shape).abs()

    def log_prob(self, value: Tensor) -> Tensor:
        density = self.base_dist.log_prob(self._checked(value)) + math.log(2)
        return where(value >= 0, density, -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        return 2 * self.base_dist.cdf(self._checked(value)) - 1

    def icdf(self, value: Tensor) -> Tensor:
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)


class HalfNormal(_Folded):
    """The distribution of the distance of a normal number from its mean.

    Args:
        scale: the standard deviation of the normal number, a tensor or a number.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``scale`` is not positive.

    Example::

        >>> polygrad.distributions.HalfNormal(polygrad.tensor([1.0, 2.0])).mean
        tensor([0.7979, 1.5958])
    """

    _base = Normal

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(HalfNormal, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        return self.scale**2 * (1 - 2 / math.pi)


class HalfCauchy(_Folded):
    """The distribution of the distance from 0 of a number of a Cauchy distribution with median 0.

    Args:
        scale: the scale of the Cauchy distribution, a tensor or a number.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``scale`` is not positive.

    Example::

        >>> polygrad.distributions.HalfCauchy(1.0).cdf(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.5000])
    """

    _base = Cauchy

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(HalfCauchy, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return full_like(self.scale.detach(), math.inf)

    @property
    def variance(self) -> Tensor:
        return full_like(self.scale.detach(), math.inf)
