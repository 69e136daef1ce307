"""The normal distribution of vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .._core.tensor import Tensor
from .._functions.broadcasting import broadcast_shapes
from .._functions.common import place_of
from .._functions.creation import eye
from .._functions.linalg import cholesky_inverse
from .._functions.random import randn_like
from ..linalg import cholesky, solve_triangular
from . import constraints
from .distribution import Distribution
from .parameters import derived_parameter


def squared_distances(factor: Tensor, deviation: Tensor) -> Tensor:
    """The squared Mahalanobis distance of each vector, for the Cholesky factor of the covariance."""
    if factor.ndim > 2:
        return (solve_triangular(factor, deviation.unsqueeze(-1), upper=False) ** 2).sum((-2, -1))
    columns = deviation.reshape((-1, deviation.shape[-1])).mT  # all right sides of one matrix
    return (solve_triangular(factor, columns, upper=False) ** 2).sum(0).reshape(deviation.shape[:-1])


def half_log_determinant(factor: Tensor) -> Tensor:
    """Half the logarithm of the determinant of the covariance, from its Cholesky factor."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _factor_of_inverse(precision: Tensor) -> Tensor:
    """The Cholesky factor of the inverse of a matrix, from the factor of the matrix with rows and columns reversed."""
    reversed_factor = cholesky(precision.flip((-2, -1))).flip((-2, -1)).mT
    identity = eye(precision.shape[-1], dtype=precision.dtype, **place_of(precision))
    return solve_triangular(reversed_factor, identity.expand(precision.shape), upper=False)


class MultivariateNormal(Distribution):
    """The normal distribution of vectors of length ``n``.

    Exactly one of ``covariance_matrix``, ``precision_matrix`` and ``scale_tril`` is given; the others are attributes, computed
    from it.

    Args:
        loc: the mean, a tensor of shape ``batch_shape + (n,)``.
        covariance_matrix: the covariance, a positive definite matrix, or a batch of them.
        precision_matrix: the inverse of the covariance.
        scale_tril: the Cholesky factor of the covariance, a lower triangular matrix with a positive diagonal.  This is the
            fastest: of the others it is computed.
        validate_args: whether parameters and values are checked.  By default as for every `Distribution`.

    Raises:
        ValueError: not exactly one matrix is given, one has too few dimensions, or it is not positive definite.

    Example::

        >>> from polygrad.distributions import MultivariateNormal
        >>> MultivariateNormal(polygrad.zeros(2), polygrad.eye(2)).log_prob(polygrad.zeros(2))
        tensor(-1.8379)
    """

    arg_constraints: dict[str, constraints.Constraint] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support: constraints.Constraint = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        matrices = {
            "covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril,
        }  # fmt: skip
        given = [(name, matrix) for name, matrix in matrices.items() if matrix is not None]
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        name, matrix = given[0]
        if matrix.ndim < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        batch_shape = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.loc: Tensor = loc.expand((*batch_shape, loc.shape[-1]))
        self.__dict__[name] = matrix.expand((*batch_shape, *matrix.shape[-2:]))
        super().__init__(batch_shape, loc.shape[-1:], validate_args=validate_args)
        compute: dict[str, Any] = {"covariance_matrix": cholesky, "precision_matrix": _factor_of_inverse}
        self._factor: Tensor = compute[name](matrix) if name in compute else matrix

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = self._expand_parameters(MultivariateNormal, batch_shape, _instance)
        new._factor = self._factor
        return new

    def _expanded(self, matrix: Tensor) -> Tensor:
        return matrix.expand((*self._batch_shape, *matrix.shape[-2:]))

    @derived_parameter
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance."""
        return self._expanded(self._factor)

    @derived_parameter
    def covariance_matrix(self) -> Tensor:
        """The covariance."""
        return self._expanded(self._factor @ self._factor.mT)

    @derived_parameter
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        return self._expanded(cholesky_inverse(self._factor))

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return (self._factor**2).sum(-1).expand(self.loc.shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        noise = randn_like(self.loc.detach().expand(self._extended_shape(sample_shape)))
        return self.loc + (self._factor @ noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        distances = squared_distances(self._factor, self._checked(value) - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distances) - half_log_determinant(self._factor)

    def entropy(self) -> Tensor:
        constant = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi))
        return (constant + half_log_determinant(self._factor)).expand(self._batch_shape)
