"""The base classes: shapes, validation, and what every distribution can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.tensor import Size, Tensor
from .._core.warn import warn
from ..autograd.differentiation import grad
from ..autograd.grad_mode import enable_grad, is_grad_enabled, no_grad
from .constraints import Constraint, is_dependent
from .parameters import all_true, derived_parameter


class Distribution:
    """The base class of probability distributions.

    Args:
        batch_shape: the shape of the parameters: one distribution each.
        event_shape: the shape of one sample of one of them.
        validate_args: whether parameters and values are checked.  By default what `set_default_validate_args` says, which
            is True unless Python runs with ``-O``.  Inside `vmap`, and while XLA traces a function, values are not
            known and not checked.

    Raises:
        ValueError: a parameter does not satisfy its constraint.

    Example::

        >>> polygrad.distributions.Normal(polygrad.zeros(3), 1.0).batch_shape
        polygrad.Size([3])
    """

    #: Whether `rsample` gives samples that are differentiable with respect to the parameters.
    has_rsample: Any = False
    #: Whether `enumerate_support` gives all values.
    has_enumerate_support: Any = False
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Set whether distributions check their arguments where ``validate_args`` is not given.

        Args:
            value: True or False.

        Raises:
            ValueError: ``value`` is neither.
        """
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args() takes True or False, not {value!r}")
        Distribution._validate_args = value

    def __init__(
        self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _check_parameters(self) -> None:
        """Raise ValueError for a parameter that does not satisfy its constraint."""
        try:
            arg_constraints = self.arg_constraints
        except NotImplementedError:
            warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize the "
                "distribution with `validate_args=False` to turn off validation."
            )
            return
        for name, constraint in arg_constraints.items():
            derived = isinstance(getattr(type(self), name, None), derived_parameter) and name not in self.__dict__
            if is_dependent(constraint) or derived:
                continue
            value = getattr(self, name)
            if not all_true(constraint.check(value)):
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        """Return this distribution with parameters that are expanded to another batch shape.

        Args:
            batch_shape: the shape, to which `batch_shape` broadcasts.

        Returns:
            A distribution of the same class.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement expand")

    def _expand_parameters(self, family: type, batch_shape: Sequence[int], instance: Any) -> Any:
        """The copy that `expand` returns, where all parameters in ``arg_constraints`` begin with the batch shape."""
        new = self._get_checked_instance(family, instance)
        batch_shape, length = Size(batch_shape), len(self._batch_shape)
        for name in self.arg_constraints:
            if name in self.__dict__:
                value = self.__dict__[name]
                new.__dict__[name] = value.expand(batch_shape + value.shape[length:])
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def _get_checked_instance(self, family: Any, instance: Any = None) -> Any:
        """An object of this class without parameters.  A subclass with another constructor must expand itself."""
        if instance is None and type(self).__init__ is not family.__init__:
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {family.__name__} that defines a custom __init__ method must also "
                "define a custom .expand() method."
            )
        return type(self).__new__(type(self)) if instance is None else instance

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one sample of one distribution."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, Constraint]:
        """The constraint of each parameter, by its name."""
        raise NotImplementedError(f"{type(self).__name__} does not define arg_constraints")

    @property
    def support(self) -> Any:
        """The constraint that samples satisfy."""
        raise NotImplementedError(f"{type(self).__name__} does not define support")

    @property
    def mean(self) -> Tensor:
        """The mean, of the batch and event shape."""
        raise NotImplementedError(f"{type(self).__name__} does not implement mean")

    @property
    def mode(self) -> Tensor:
        """The most probable value, of the batch and event shape."""
        raise NotImplementedError(f"{type(self).__name__} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The variance of each element, of the batch and event shape."""
        raise NotImplementedError(f"{type(self).__name__} does not implement variance")

    @property
    def stddev(self) -> Tensor:
        """The standard deviation of each element, of the batch and event shape."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draw samples from the default generator.  No gradient flows through them.

        Args:
            sample_shape: how many samples of the whole batch to draw, as a shape.

        Returns:
            A tensor of shape ``sample_shape + batch_shape + event_shape``.
        """
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draw samples as a differentiable function of the parameters and of random numbers without parameters.

        Args:
            sample_shape: how many samples of the whole batch to draw, as a shape.

        Returns:
            A tensor of shape ``sample_shape + batch_shape + event_shape``.

        Raises:
            NotImplementedError: `has_rsample` is False.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not implement rsample: no gradient flows through its samples; draw with sample()"
        )

    def sample_n(self, n: int) -> Tensor:
        """Draw ``n`` samples of the whole batch; `sample` with ``(n,)`` does the same, and is to be used instead.

        Args:
            n: how many.

        Returns:
            A tensor of shape ``(n,) + batch_shape + event_shape``.
        """
        warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning)
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability, or of its density, at ``value``.

        Args:
            value: a tensor whose shape broadcasts with the batch and event shape.

        Returns:
            A tensor of the shape of ``value`` without the event.

        Raises:
            ValueError: ``value`` has the wrong shape, or is not in the support.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement log_prob")

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of a sample that is not greater than ``value``.

        Args:
            value: a tensor whose shape broadcasts with the batch shape.

        Returns:
            A tensor of probabilities.

        Raises:
            ValueError: ``value`` has the wrong shape, or is not in the support.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement cdf")

    def icdf(self, value: Tensor) -> Tensor:
        """Return the inverse of `cdf`: the quantile of each probability.

        Args:
            value: a tensor of probabilities whose shape broadcasts with the batch shape.

        Returns:
            A tensor of quantiles.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement icdf")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values that a sample can have, along the first dimension.

        Args:
            expand: whether the values are expanded over the batch.

        Returns:
            A tensor of shape ``(values,) + batch_shape + event_shape``, with lengths 1 for the batch without ``expand``.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement enumerate_support")

    def entropy(self) -> Tensor:
        """Return the entropy in nats, of the batch shape."""
        raise NotImplementedError(f"{type(self).__name__} does not implement entropy")

    def perplexity(self) -> Tensor:
        """Return the exponential of the entropy, of the batch shape."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Sequence[int] = ()) -> Size:
        """The shape of samples."""
        return Size(sample_shape) + self._batch_shape + self._event_shape

    def _validate_sample(self, value: Any) -> None:
        """Raise ValueError for a value of the wrong shape, or outside of the support."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        event = value.shape[value.ndim - len(self._event_shape) :] if self._event_shape else ()
        if tuple(event) != tuple(self._event_shape):
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}."
            )
        expected = self._batch_shape + self._event_shape
        if any(i != 1 and j != 1 and i != j for i, j in zip(reversed(value.shape), reversed(expected), strict=False)):
            raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {expected}.")
        try:
            support = self.support
        except NotImplementedError:
            warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation."
            )
            return
        if not all_true(support.check(value)):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the support "
                f"({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def _checked(self, value: Tensor) -> Tensor:
        """``value``, which is validated if this distribution validates."""
        if self._validate_args:
            self._validate_sample(value)
        return value

    def __repr__(self) -> str:
        given = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        shown = [f"{name}: {value if value.numel() == 1 else value.shape}" for name, value in given.items()]
        return f"{type(self).__name__}({', '.join(shown)})"


class ExponentialFamily(Distribution):
    """The base class of distributions of an exponential family: densities ``exp(t(x) @ theta - F(theta) + k(x))``.

    A subclass gives the natural parameters ``theta`` as ``_natural_params``, their log-normalizer ``F`` as
    ``_log_normalizer`` and the mean of ``k`` as ``_mean_carrier_measure``.  The entropy follows by differentiation (Nielsen
    and Nock, Entropies and cross-entropies of exponential families, 2010).

    Args:
        batch_shape: the shape of the parameters: one distribution each.
        event_shape: the shape of one sample of one of them.
        validate_args: whether parameters and values are checked.

    Raises:
        ValueError: a parameter does not satisfy its constraint.

    Example::

        >>> isinstance(polygrad.distributions.Normal(0.0, 1.0), polygrad.distributions.ExponentialFamily)
        True
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError(f"{type(self).__name__} does not define its natural parameters")

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not define its log-normalizer")

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define the mean of its carrier measure")

    def entropy(self) -> Tensor:
        """Return the entropy in nats, of the batch shape: ``F(theta) - theta @ grad(F)(theta)`` less the mean of ``k``."""
        natural = self._natural_params
        differentiable = is_grad_enabled() and any(parameter.requires_grad for parameter in natural)
        with enable_grad():
            given = [(p if p.requires_grad else p.detach().requires_grad_()) * 1 for p in natural]
            result = self._log_normalizer(*given)
            slopes: Any = grad(result.sum(), given, create_graph=True)
            result = result - self._mean_carrier_measure
            for parameter, slope in zip(given, slopes, strict=True):
                result = result - (parameter * slope).reshape((*self._batch_shape, -1)).sum(-1)
        return result if differentiable else result.detach()
