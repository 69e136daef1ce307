"""Distributions of integers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .._core.tensor import Size, Tensor
from .._dtypes import DType, finfo, int64
from .._functions.broadcasting import broadcast_tensors
from .._functions.common import place_of
from .._functions.creation import arange, full_like
from .._functions.elementwise import where
from .._functions.nn.losses import binary_cross_entropy_with_logits
from .._functions.random import bernoulli, multinomial
from . import constraints
from .distribution import Distribution, ExponentialFamily
from .parameters import (
    broadcast_all,
    check_one_of,
    derived_parameter,
    logits_to_probs,
    probs_to_logits,
)


def _enumerate(distribution: Distribution, count: int, dtype: DType, like: Tensor, expand: bool) -> Tensor:
    """The integers below ``count`` along a dimension before the batch."""
    values = arange(count, dtype=dtype, **place_of(like)).reshape((-1, *(1 for _ in distribution.batch_shape)))
    return values.expand((count, *distribution.batch_shape)) if expand else values


class Bernoulli(ExponentialFamily):
    """The Bernoulli distribution: 1 with a probability, else 0.

    Args:
        probs: the probability of 1, a tensor or a number.
        logits: the log-odds of 1, a tensor or a number.  Either this or ``probs`` is given; the other one is an attribute
            too, computed from it.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: both or neither is given, or ``probs`` is not in [0, 1].

    Example::

        >>> coin = polygrad.distributions.Bernoulli(probs=polygrad.tensor([0.5, 0.25]))
        >>> coin.log_prob(polygrad.tensor([1.0, 0.0]))
        tensor([-0.6931, -0.2877])
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support: constraints.Constraint = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        check_one_of(probs, logits)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
        else:
            (self.logits,) = broadcast_all(logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Bernoulli, batch_shape, _instance)

    @derived_parameter
    def probs(self) -> Tensor:
        """The probability of 1."""
        return logits_to_probs(self.logits, is_binary=True)

    @derived_parameter
    def logits(self) -> Tensor:
        """The log-odds of 1."""
        return probs_to_logits(self.probs, is_binary=True)

    @property
    def _param(self) -> Tensor:
        return self.__dict__["probs"] if "probs" in self.__dict__ else self.__dict__["logits"]

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        return self._param.shape

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        probs = self.probs
        return where(probs == 0.5, math.nan, (probs >= 0.5).to(probs.dtype))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return bernoulli(self.probs.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        logits, value = broadcast_all(self.logits, self._checked(value))
        return -binary_cross_entropy_with_logits(logits, value.to(logits.dtype), reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return _enumerate(self, 2, self._param.dtype, self._param, expand)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.logits,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        return natural_params[0].exp().log1p()


class Categorical(Distribution):
    """A distribution of the integers from 0 to ``K - 1``, as indices of categories.

    Args:
        probs: the probabilities of the categories, a tensor of shape ``batch_shape + (K,)``.  They need not add up to 1: the
            attribute does.
        logits: the logarithms of probabilities, of the same shape, up to a constant: the attribute is normalized.  Either
            this or ``probs`` is given; the other one is an attribute too, computed from it.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: both or neither is given, it has no dimension, or a probability is negative.

    Example::

        >>> policy = polygrad.distributions.Categorical(probs=polygrad.tensor([1.0, 1.0, 2.0]))
        >>> policy.log_prob(polygrad.tensor([0, 2]))
        tensor([-1.3863, -0.6931])
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        check_one_of(probs, logits)
        given, name = (probs, "probs") if probs is not None else (logits, "logits")
        if not isinstance(given, Tensor):
            raise TypeError(f"`{name}` must be a Tensor, not {type(given).__name__}")
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is not None:
            self.probs = given / given.sum(-1, keepdim=True)
        else:
            self.logits = given - given.logsumexp(-1, keepdim=True)
        super().__init__(given.shape[:-1], validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        return self._expand_parameters(Categorical, batch_shape, _instance)

    @derived_parameter
    def probs(self) -> Tensor:
        """The probabilities of the categories."""
        return logits_to_probs(self.logits)

    @derived_parameter
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return probs_to_logits(self.probs)

    @property
    def _param(self) -> Tensor:
        return self.__dict__["probs"] if "probs" in self.__dict__ else self.__dict__["logits"]

    @property
    def _num_events(self) -> int:
        return self._param.shape[-1]

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        """The constraint that samples satisfy."""
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        return self._param.shape

    @property
    def mean(self) -> Tensor:
        """NaN: categories have no mean."""
        return full_like(self._param[..., 0].detach(), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        """NaN: categories have no variance."""
        return self.mean

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        rows = self.probs.detach().reshape((-1, self._num_events))
        drawn = multinomial(rows, Size(sample_shape).numel(), True)
        return drawn.mT.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        index = self._checked(value).to(int64).unsqueeze(-1)
        index, logits = broadcast_tensors(index, self.logits)
        return logits.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        logits = self.logits.clamp(min=finfo(self._param.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return _enumerate(self, self._num_events, int64, self._param, expand)
