"""Samples of distributions whose parameters are no shift and no scale."""

from __future__ import annotations

import math

from .._core.tensor import Tensor
from .._dtypes import int64
from .._functions.elementwise import where
from .._functions.random import exponential_like, randn_like
from ..autograd.grad_mode import no_grad

#: How often a proposal is repeated.  One is rejected with a probability of at most 0.049, so all of them with less than 2e-16.
_PROPOSALS = 12


def log_of_gamma_variates(concentration: Tensor) -> Tensor:
    """Draw logarithms of gamma variates of rate 1 (Marsaglia and Tsang, A simple method for generating gamma variables, 2000).

    The number of proposals does not depend on values, so that a program can be traced.  Logarithms do not underflow where
    the concentration is small.
    """
    with no_grad():
        concentration = concentration.detach()
        small = concentration < 1
        shift = where(small, concentration + 1, concentration) - 1 / 3
        spread = 1 / (9 * shift).sqrt()
        proposals = shift.expand((_PROPOSALS, *shift.shape))
        noise = randn_like(proposals)
        root = 1 + spread * noise
        log_cube = 3 * where(root > 0, root, 1.0).log()
        bound = 0.5 * noise**2 + shift * (1 - log_cube.exp() + log_cube)
        accepted = (root > 0) & (-exponential_like(proposals) < bound)
        first = accepted.to(int64).argmax(0, keepdim=True)
        chosen = log_cube.gather(0, first).squeeze(0)
        boost = where(small, -exponential_like(shift) / concentration, 0.0)
        return shift.log() + chosen + boost


def standard_cauchy(like: Tensor) -> Tensor:
    """Draw numbers of the Cauchy distribution, of the shape, type and place of ``like``."""
    # The ratio of an angle's sine and cosine: of two normal numbers.
    return randn_like(like) / where((noise := randn_like(like)) == 0, math.inf, noise)
