"""Gamma, beta and Dirichlet distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.tensor import Tensor
from .._dtypes import finfo
from .._functions.common import place_of
from .._functions.creation import arange
from .._functions.elementwise import where
from .._functions.nn.activations import softmax
from .._functions.special import xlogy
from ..autograd.grad_mode import no_grad
from . import constraints
from .distribution import ExponentialFamily
from .parameters import broadcast_all
from .sampling import log_of_gamma_variates


class Gamma(ExponentialFamily):
    """The gamma distribution.  No gradient flows through its samples (`has_rsample` is False).

    Args:
        concentration: the shape parameter, a tensor or a number.
        rate: the inverse of the scale, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: a parameter is not positive.

    Example::

        >>> polygrad.distributions.Gamma(polygrad.tensor([1.0, 4.0]), 2.0).mean
        tensor([0.5000, 2.0000])
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support: constraints.Constraint = constraints.nonnegative
    _mean_carrier_measure = 0

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration: Tensor
        self.rate: Tensor
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Gamma, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate**2

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            drawn = log_of_gamma_variates(self.concentration.expand(self._extended_shape(sample_shape)))
            return (drawn - self.rate.log()).exp().clamp(min=finfo(drawn.dtype).tiny)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        concentration, rate = self.concentration, self.rate
        return xlogy(concentration, rate) + xlogy(concentration - 1, value) - rate * value - concentration.lgamma()

    def entropy(self) -> Tensor:
        concentration = self.concentration
        slope = (1.0 - concentration) * concentration.digamma()
        return concentration - self.rate.log() + concentration.lgamma() + slope

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        return (x + 1).lgamma() - (x + 1) * (-y).log()


class Beta(ExponentialFamily):
    """The beta distribution on [0, 1].  No gradient flows through its samples (`has_rsample` is False).

    Args:
        concentration1: the parameter of ``log(x)``, often called alpha, a tensor or a number.
        concentration0: the parameter of ``log(1 - x)``, often called beta, a tensor or a number; both broadcast.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: a parameter is not positive.

    Example::

        >>> polygrad.distributions.Beta(1.0, polygrad.tensor([1.0, 3.0])).mean
        tensor([0.5000, 0.2500])
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support: constraints.Constraint = constraints.unit_interval

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1: Tensor
        self.concentration0: Tensor
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        super().__init__(self.concentration1.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Beta, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Tensor:
        one, zero = (self.concentration1 - 1).clamp(min=0), (self.concentration0 - 1).clamp(min=0)
        # PyTorch's choice where the density is infinite at both ends.
        return where((self.concentration1 < 1) & (self.concentration0 < 1), 1.0, one / (one + zero))

    @property
    def variance(self) -> Tensor:
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total**2 * (total + 1))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        one = log_of_gamma_variates(self.concentration1.expand(shape))
        return (one - log_of_gamma_variates(self.concentration0.expand(shape))).sigmoid()

    def _log_beta(self) -> Tensor:
        """The logarithm of the beta function (DLMF 5.12.1)."""
        one, zero = self.concentration1, self.concentration0
        return one.lgamma() + zero.lgamma() - (one + zero).lgamma()

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        densities = xlogy(self.concentration1 - 1, value) + xlogy(self.concentration0 - 1, 1 - value)
        return densities - self._log_beta()

    def entropy(self) -> Tensor:
        one, zero = self.concentration1, self.concentration0
        slopes = (one - 1) * one.digamma() + (zero - 1) * zero.digamma() - (one + zero - 2) * (one + zero).digamma()
        return self._log_beta() - slopes


class Dirichlet(ExponentialFamily):
    """The Dirichlet distribution of vectors of probabilities.  No gradient flows through its samples (`has_rsample` is False).

    Args:
        concentration: the parameters, a tensor of shape ``batch_shape + (K,)``.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: ``concentration`` has no dimension, or is not positive.

    Example::

        >>> polygrad.distributions.Dirichlet(polygrad.tensor([1.0, 3.0])).mean
        tensor([0.2500, 0.7500])
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "concentration": constraints.independent(constraints.positive, 1)
    }
    support: constraints.Constraint = constraints.simplex

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        self.concentration: Tensor
        (self.concentration,) = broadcast_all(concentration)
        if self.concentration.ndim < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        shape = self.concentration.shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Dirichlet, batch_shape, _instance)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, keepdim=True)

    @property
    def mode(self) -> Tensor:
        above = (self.concentration - 1).clamp(min=0)
        first = (arange(above.shape[-1], **place_of(above)) == 0).to(above.dtype)
        # PyTorch's choice where the density is infinite at all corners.
        return where((self.concentration < 1).all(-1, keepdim=True), first, above / above.sum(-1, keepdim=True))

    @property
    def variance(self) -> Tensor:
        total = self.concentration.sum(-1, keepdim=True)
        return self.concentration * (total - self.concentration) / (total**2 * (total + 1))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return softmax(log_of_gamma_variates(self.concentration.expand(self._extended_shape(sample_shape))), dim=-1)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        normalizer = self.concentration.sum(-1).lgamma() - self.concentration.lgamma().sum(-1)
        return xlogy(self.concentration - 1.0, value).sum(-1) + normalizer

    def entropy(self) -> Tensor:
        each, total = self.concentration, self.concentration.sum(-1)
        slopes = (each.shape[-1] - total) * total.digamma() + ((each - 1.0) * each.digamma()).sum(-1)
        return each.lgamma().sum(-1) - total.lgamma() - slopes
