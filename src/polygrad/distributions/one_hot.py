"""Categories as vectors of zeros and a single 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.tensor import Size, Tensor
from .._functions.common import place_of
from .._functions.creation import arange, eye
from . import constraints
from .discrete import Categorical
from .distribution import Distribution


class OneHotCategorical(Distribution):
    """A distribution of vectors of length ``K`` with a single 1, at the index of a category.

    Args:
        probs: the probabilities of the categories, a tensor of shape ``batch_shape + (K,)``.  They need not add up to 1.
        logits: the logarithms of probabilities, of the same shape, up to a constant.  Either this or ``probs`` is given; both
            are attributes, normalized.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: both or neither is given, it has no dimension, or a probability is negative.

    Example::

        >>> one_hot = polygrad.distributions.OneHotCategorical(probs=polygrad.tensor([1.0, 1.0, 2.0]))
        >>> one_hot.log_prob(polygrad.tensor([0.0, 0.0, 1.0]))
        tensor(-0.6931)
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    support: constraints.Constraint = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits, validate_args=validate_args)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = self._get_checked_instance(OneHotCategorical, _instance)
        new._categorical = self._categorical.expand(batch_shape)
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def probs(self) -> Tensor:
        """The probabilities of the categories."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return self._categorical.logits

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        return self._categorical.param_shape

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return self._vectors(self._categorical.mode)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def _vectors(self, indices: Tensor) -> Tensor:
        categories = arange(self._event_shape[0], **place_of(indices))
        return (indices.unsqueeze(-1) == categories).to(self.probs.dtype)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._vectors(self._categorical.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        return self._categorical.log_prob(self._checked(value).argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count, batch = self._event_shape[0], self._batch_shape
        values = eye(count, dtype=self.probs.dtype, **place_of(self.probs))
        values = values.reshape((count, *(1 for _ in batch), count))
        return values.expand((count, *batch, count)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """`OneHotCategorical` with the straight-through estimator: the gradient of a sample is that of the probabilities.

    The estimator is biased (Bengio, Leonard and Courville, Estimating or propagating gradients through stochastic neurons,
    2013).

    Args:
        probs: the probabilities of the categories, a tensor of shape ``batch_shape + (K,)``.  They need not add up to 1.
        logits: the logarithms of probabilities, of the same shape, up to a constant.  Either this or ``probs`` is given; both
            are attributes, normalized.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: both or neither is given, it has no dimension, or a probability is negative.

    Example::

        >>> from polygrad.distributions import OneHotCategoricalStraightThrough
        >>> logits = polygrad.zeros(3, requires_grad=True)
        >>> OneHotCategoricalStraightThrough(logits=logits).rsample().requires_grad
        True
    """

    has_rsample = True

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        probs = self.probs
        return self.sample(sample_shape) + (probs - probs.detach())
