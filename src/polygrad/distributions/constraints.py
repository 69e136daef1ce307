"""What parameters and samples of distributions may be, under the names of ``torch.distributions.constraints``.

``constraint.check(value)`` says of each event in ``value`` whether it satisfies the constraint.  Some constraints are values
(`real`, `positive`, `simplex`), others are made: ``greater_than(2.0)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.tensor import Tensor
from .._dtypes import finfo
from .._functions.common import place_of
from .._functions.comparison import isclose
from .._functions.creation import full
from .._functions.joining import cat as _cat_tensors
from .._functions.joining import stack as _stack_tensors
from ..linalg import eigvalsh, vector_norm

__all__ = [
    "Constraint", "MixtureSameFamilyConstraint", "boolean", "cat", "corr_cholesky", "dependent", "dependent_property",
    "greater_than", "greater_than_eq", "half_open_interval", "independent", "integer_interval", "interval", "is_dependent",
    "less_than", "lower_cholesky", "lower_triangular", "multinomial", "nonnegative", "nonnegative_integer", "one_hot",
    "positive", "positive_definite", "positive_integer", "positive_semidefinite", "real", "real_vector", "simplex", "square",
    "stack", "symmetric", "unit_interval",
]  # fmt: skip


class Constraint:
    """The base class of constraints: a set of values.

    Example::

        >>> polygrad.distributions.constraints.positive.check(polygrad.tensor([-1.0, 2.0]))
        tensor([False,  True])
    """

    #: Whether the set is discrete.
    is_discrete: Any = False
    #: How many dimensions of a value are one event.
    event_dim: Any = 0

    def check(self, value: Tensor) -> Tensor:
        """Return whether each event in a tensor satisfies the constraint: booleans of its shape without the event."""
        raise NotImplementedError(f"{type(self).__name__} does not implement check")

    def __repr__(self) -> str:
        return type(self).__name__[1:] + "()"

    def _show(self, *names: str) -> str:
        return f"{type(self).__name__[1:]}({', '.join(f'{name}={getattr(self, name)}' for name in names)})"


def _check_base(constraint: Any) -> Any:
    if not isinstance(constraint, Constraint):
        raise AssertionError(f"base_constraint must be a Constraint, got {type(constraint).__name__}")
    return constraint


# -- constraints that depend on other values -----------------------------------------------------------------------------


def _known(value: Any, name: str) -> Any:
    if value is NotImplemented:
        raise NotImplementedError(f".{name} cannot be determined statically")
    return value


class _Dependent(Constraint):
    """A place where a constraint depends on other variables.  Called, it returns one with what is known of it.

    Args:
        is_discrete: whether the set is discrete, where that is known.
        event_dim: how many dimensions are one event, where that is known.

    Example::

        >>> polygrad.distributions.constraints.dependent(is_discrete=True, event_dim=1).event_dim
        1
    """

    def __init__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented):
        self._is_discrete, self._event_dim = is_discrete, event_dim

    @property
    def is_discrete(self) -> bool:
        """Whether the set is discrete.  Raises NotImplementedError where that is not known."""
        return _known(self._is_discrete, "is_discrete")

    @property
    def event_dim(self) -> int:
        """How many dimensions are one event.  Raises NotImplementedError where that is not known."""
        return _known(self._event_dim, "event_dim")

    def __call__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> _Dependent:
        return _Dependent(
            is_discrete=self._is_discrete if is_discrete is NotImplemented else is_discrete,
            event_dim=self._event_dim if event_dim is NotImplemented else event_dim,
        )

    def check(self, value: Tensor) -> Tensor:
        """Raise ValueError: what the constraint depends on is not here."""
        raise ValueError("Cannot determine validity of dependent constraint")


def is_dependent(constraint: Any) -> bool:
    """Return whether a constraint depends on other variables, so that it cannot be checked.

    Args:
        constraint: a constraint.

    Example::

        >>> from polygrad.distributions import constraints
        >>> constraints.is_dependent(constraints.dependent)
        True
    """
    return isinstance(constraint, _Dependent)


class _DependentProperty(property, _Dependent):
    """A property of instances which is, on the class, a constraint that depends on other variables.

    Args:
        fn: the function that returns the constraint of an instance.
        is_discrete: whether the set is discrete, where that is known.
        event_dim: how many dimensions are one event, where that is known.

    Example::

        >>> from polygrad.distributions import Uniform, constraints
        >>> constraints.is_dependent(Uniform.support), Uniform(0.0, 2.0).support
        (True, Interval(lower_bound=0.0, upper_bound=2.0))
    """

    def __init__(
        self,
        fn: Callable[..., Any] | None = None,
        *,
        is_discrete: Any = NotImplemented,
        event_dim: Any = NotImplemented,
    ):
        super().__init__(fn)
        self._is_discrete, self._event_dim = is_discrete, event_dim

    def __call__(self, fn: Callable[..., Any]) -> Any:  # type: ignore[override]  # takes the function that it decorates
        return _DependentProperty(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


class _IndependentConstraint(Constraint):
    """A constraint of events of several elements, each of which satisfies another constraint.

    Args:
        base_constraint: the constraint of each element.
        reinterpreted_batch_ndims: how many dimensions are one event, past those of ``base_constraint``.

    Raises:
        AssertionError: an argument is of the wrong type, or the number is negative.
        ValueError: a value that is checked has too few dimensions.

    Example::

        >>> from polygrad.distributions import constraints
        >>> constraints.independent(constraints.positive, 1).check(polygrad.tensor([[1.0, 2.0], [1.0, -2.0]]))
        tensor([ True, False])
    """

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int):
        count = reinterpreted_batch_ndims
        if not isinstance(count, int):
            raise AssertionError(f"reinterpreted_batch_ndims must be an int, got {type(count).__name__}")
        if count < 0:
            raise AssertionError(f"reinterpreted_batch_ndims must be >= 0, got {count}")
        self.base_constraint: Any = _check_base(base_constraint)
        self.reinterpreted_batch_ndims: Any = count

    @property
    def is_discrete(self) -> bool:
        """Whether the set is discrete."""
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:
        """How many dimensions are one event."""
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value: Tensor) -> Tensor:
        result = self.base_constraint.check(value)
        if result.ndim < self.reinterpreted_batch_ndims:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        return result.reshape((*result.shape[: result.ndim - self.reinterpreted_batch_ndims], -1)).all(-1)

    def __repr__(self) -> str:
        return f"{type(self).__name__[1:]}({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(Constraint):
    """The constraint of a mixture, whose components, along the last batch dimension, satisfy another one.

    Args:
        base_constraint: the constraint of the components.

    Raises:
        AssertionError: ``base_constraint`` is no constraint.
        ValueError: a value that is checked has too few dimensions.

    Example::

        >>> from polygrad.distributions import constraints
        >>> constraints.MixtureSameFamilyConstraint(constraints.positive).check(polygrad.tensor([1.0, -1.0]))
        tensor([ True, False])
    """

    def __init__(self, base_constraint: Constraint):
        self.base_constraint: Any = _check_base(base_constraint)

    @property
    def is_discrete(self) -> bool:
        """Whether the set is discrete."""
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:
        """How many dimensions are one event."""
        return self.base_constraint.event_dim

    def check(self, value: Tensor) -> Tensor:
        if value.ndim < self.event_dim:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        result = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        return result.reshape((*result.shape[: value.ndim - self.event_dim], -1)).all(-1)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_constraint!r})"


# -- numbers ---------------------------------------------------------------------------------------------------------------


class _Boolean(Constraint):
    """0 and 1."""

    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return (value == 0) | (value == 1)


class _IntegerInterval(Constraint):
    """The integers from ``lower_bound`` to ``upper_bound``.

    Args:
        lower_bound: the least integer, a number or a tensor.
        upper_bound: the largest one.

    Example::

        >>> polygrad.distributions.constraints.integer_interval(0, 2).check(polygrad.tensor([1.0, 1.5, 3.0]))
        tensor([ True, False, False])
    """

    is_discrete = True

    def __init__(self, lower_bound: Any, upper_bound: Any):
        self.lower_bound: Any = lower_bound
        self.upper_bound: Any = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & (value >= self.lower_bound) & (value <= self.upper_bound)

    def __repr__(self) -> str:
        return self._show("lower_bound", "upper_bound")


class _IntegerGreaterThan(Constraint):
    """The integers from ``lower_bound``."""

    is_discrete = True

    def __init__(self, lower_bound: Any):
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & (value >= self.lower_bound)

    def __repr__(self) -> str:
        return self._show("lower_bound")


class _Real(Constraint):
    """All numbers, the infinities included, but not NaN."""

    def check(self, value: Tensor) -> Tensor:
        return value == value  # False for NaN


class _GreaterThan(Constraint):
    """The numbers greater than ``lower_bound``.

    Args:
        lower_bound: a number or a tensor.

    Example::

        >>> polygrad.distributions.constraints.greater_than(1.0).check(polygrad.tensor([1.0, 2.0]))
        tensor([False,  True])
    """

    def __init__(self, lower_bound: Any):
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return value > self.lower_bound

    def __repr__(self) -> str:
        return self._show("lower_bound")


class _GreaterThanEq(_GreaterThan):
    """The numbers that are not less than ``lower_bound``.

    Args:
        lower_bound: a number or a tensor.

    Example::

        >>> polygrad.distributions.constraints.greater_than_eq(1.0).check(polygrad.tensor([0.0, 1.0]))
        tensor([False,  True])
    """

    def check(self, value: Tensor) -> Tensor:
        return value >= self.lower_bound


class _LessThan(Constraint):
    """The numbers less than ``upper_bound``.

    Args:
        upper_bound: a number or a tensor.

    Example::

        >>> polygrad.distributions.constraints.less_than(1.0).check(polygrad.tensor([0.0, 1.0]))
        tensor([ True, False])
    """

    def __init__(self, upper_bound: Any):
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return value < self.upper_bound

    def __repr__(self) -> str:
        return self._show("upper_bound")


class _Interval(Constraint):
    """The numbers from ``lower_bound`` to ``upper_bound``, both included.

    Args:
        lower_bound: a number or a tensor.
        upper_bound: a number or a tensor.

    Example::

        >>> polygrad.distributions.constraints.interval(0.0, 1.0).check(polygrad.tensor([1.0, 2.0]))
        tensor([ True, False])
    """

    def __init__(self, lower_bound: Any, upper_bound: Any):
        self.lower_bound: Any = lower_bound
        self.upper_bound: Any = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value >= self.lower_bound) & (value <= self.upper_bound)

    def __repr__(self) -> str:
        return self._show("lower_bound", "upper_bound")


class _HalfOpenInterval(_Interval):
    """The numbers from ``lower_bound``, included, to ``upper_bound``, excluded.

    Args:
        lower_bound: a number or a tensor.
        upper_bound: a number or a tensor.

    Example::

        >>> polygrad.distributions.constraints.half_open_interval(0.0, 1.0).check(polygrad.tensor([0.0, 1.0]))
        tensor([ True, False])
    """

    def check(self, value: Tensor) -> Tensor:
        return (value >= self.lower_bound) & (value < self.upper_bound)


# -- vectors ---------------------------------------------------------------------------------------------------------------


class _OneHot(Constraint):
    """Vectors of zeros and a single 1."""

    is_discrete = True
    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return ((value == 0) | (value == 1)).all(-1) & (value.sum(-1) == 1)


class _Simplex(Constraint):
    """Vectors of numbers that are not negative and add up to 1, to 1e-6."""

    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Multinomial(Constraint):
    """Vectors of numbers that are not negative and add up to no more than ``upper_bound``.

    Args:
        upper_bound: a number or a tensor.

    Example::

        >>> polygrad.distributions.constraints.multinomial(3).check(polygrad.tensor([[1.0, 2.0], [3.0, 1.0]]))
        tensor([ True, False])
    """

    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound: Any):
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


# -- matrices --------------------------------------------------------------------------------------------------------------


class _LowerTriangular(Constraint):
    """Matrices with zeros above the diagonal."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        return (value.tril() == value).all(-1).all(-1)


class _LowerCholesky(_LowerTriangular):
    """Matrices with zeros above a diagonal of positive numbers."""

    def check(self, value: Tensor) -> Tensor:
        return super().check(value) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _CorrCholesky(_LowerCholesky):
    """Cholesky factors of correlation matrices: rows of length 1."""

    def check(self, value: Tensor) -> Tensor:
        tolerance = finfo(value.dtype).eps * value.shape[-1] * 10
        return super().check(value) & ((vector_norm(value, dim=-1) - 1).abs() <= tolerance).all(-1)


class _Square(Constraint):
    """Square matrices."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        return full(value.shape[:-2], value.shape[-2] == value.shape[-1], **place_of(value))


class _Symmetric(_Square):
    """Symmetric matrices, to 1e-6."""

    def check(self, value: Tensor) -> Tensor:
        if value.shape[-2] != value.shape[-1]:
            return super().check(value)
        return isclose(value, value.mT, atol=1e-6).all(-1).all(-1)


class _PositiveSemidefinite(_Symmetric):
    """Symmetric matrices without negative eigenvalues."""

    def check(self, value: Tensor) -> Tensor:
        if value.shape[-2] != value.shape[-1]:
            return super().check(value)
        return super().check(value) & (eigvalsh(value) >= 0).all(-1)


class _PositiveDefinite(_Symmetric):
    """Symmetric matrices with positive eigenvalues."""

    def check(self, value: Tensor) -> Tensor:
        if value.shape[-2] != value.shape[-1]:
            return super().check(value)
        return super().check(value) & (eigvalsh(value) > 0).all(-1)


# -- parts -----------------------------------------------------------------------------------------------------------------


class _Cat(Constraint):
    """Constraints of the parts of a tensor along a dimension, as `polygrad.cat` joins them.

    Args:
        cseq: the constraints.
        dim: the dimension.
        lengths: the length of each part.  By default 1.

    Raises:
        AssertionError: there are not as many lengths as constraints, or ``dim`` is no dimension of a value.

    Example::

        >>> from polygrad.distributions import constraints
        >>> constraints.cat([constraints.positive, constraints.real], lengths=[1, 2]).check(polygrad.tensor([-1.0, -1.0, 0.0]))
        tensor([False,  True,  True])
    """

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None):
        self.cseq: Any = _check_all(cseq)
        self.lengths: Any = [1] * len(self.cseq) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.cseq):
            raise AssertionError(f"lengths ({len(self.lengths)}) must match cseq ({len(self.cseq)})")
        self.dim = dim

    @property
    def is_discrete(self) -> bool:
        """Whether a part is discrete."""
        return any(constraint.is_discrete for constraint in self.cseq)

    @property
    def event_dim(self) -> int:
        """How many dimensions are one event."""
        return max(constraint.event_dim for constraint in self.cseq)

    def check(self, value: Tensor) -> Tensor:
        _check_dim(self.dim, value)
        starts = [sum(self.lengths[:position]) for position in range(len(self.lengths))]
        parts = zip(self.cseq, starts, self.lengths, strict=True)
        checks = [constraint.check(value.narrow(self.dim, start, length)) for constraint, start, length in parts]
        return _cat_tensors(checks, self.dim)


class _Stack(Constraint):
    """Constraints of the parts of a tensor along a dimension, as `polygrad.stack` joins them.

    Args:
        cseq: the constraints, one for each position.
        dim: the dimension.

    Raises:
        AssertionError: a constraint is none, or ``dim`` is no dimension of a value.

    Example::

        >>> from polygrad.distributions import constraints
        >>> constraints.stack([constraints.positive, constraints.real]).check(polygrad.tensor([-1.0, -1.0]))
        tensor([False,  True])
    """

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0):
        self.cseq: Any = _check_all(cseq)
        self.dim: Any = dim

    @property
    def is_discrete(self) -> bool:
        """Whether a part is discrete."""
        return any(constraint.is_discrete for constraint in self.cseq)

    @property
    def event_dim(self) -> int:
        """How many dimensions are one event."""
        inner = max(constraint.event_dim for constraint in self.cseq)
        return inner + (self.dim + inner < 0)

    def check(self, value: Tensor) -> Tensor:
        _check_dim(self.dim, value)
        if value.shape[self.dim] != len(self.cseq):
            raise ValueError(
                f"the value has {value.shape[self.dim]} parts along dimension {self.dim}, for {len(self.cseq)} constraints"
            )
        checks = [constraint.check(value.select(self.dim, index)) for index, constraint in enumerate(self.cseq)]
        return _stack_tensors(checks, self.dim)


def _check_all(cseq: Sequence[Constraint]) -> list[Constraint]:
    if not all(isinstance(constraint, Constraint) for constraint in cseq):
        raise AssertionError("All elements of cseq must be Constraint instances")
    return list(cseq)


def _check_dim(dim: int, value: Tensor) -> None:
    if not -value.ndim <= dim < value.ndim:
        raise AssertionError(f"dim {dim} out of range for value with {value.ndim} dimensions")


dependent: Constraint = _Dependent()
dependent_property = _DependentProperty
independent = _IndependentConstraint
boolean: Constraint = _Boolean()
one_hot: Constraint = _OneHot()
nonnegative_integer: Constraint = _IntegerGreaterThan(0)
positive_integer: Constraint = _IntegerGreaterThan(1)
integer_interval = _IntegerInterval
real: Constraint = _Real()
real_vector: Constraint = independent(real, 1)
positive: Constraint = _GreaterThan(0.0)
nonnegative: Constraint = _GreaterThanEq(0.0)
greater_than = _GreaterThan
greater_than_eq = _GreaterThanEq
less_than = _LessThan
multinomial = _Multinomial
unit_interval: Constraint = _Interval(0.0, 1.0)
interval = _Interval
half_open_interval = _HalfOpenInterval
simplex: Constraint = _Simplex()
lower_triangular: Constraint = _LowerTriangular()
lower_cholesky: Constraint = _LowerCholesky()
corr_cholesky: Constraint = _CorrCholesky()
square: Constraint = _Square()
symmetric: Constraint = _Symmetric()
positive_semidefinite: Constraint = _PositiveSemidefinite()
positive_definite: Constraint = _PositiveDefinite()
cat = _Cat
stack = _Stack
