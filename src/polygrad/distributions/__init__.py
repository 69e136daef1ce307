"""Probability distributions, under the names of ``torch.distributions``.

A distribution draws samples and computes logarithms of probabilities, entropies and moments of them, differentiable with
respect to its parameters.  `constraints` says what parameters and samples may be.
"""

from __future__ import annotations

from . import constraints
from .continuous import Exponential, Laplace, Normal, Uniform
from .discrete import Bernoulli, Categorical
from .distribution import Distribution, ExponentialFamily
from .divergence import kl_divergence, register_kl
from .independent import Independent
from .location_scale import Cauchy, Gumbel, HalfCauchy, HalfNormal, LogNormal
from .multivariate import MultivariateNormal
from .one_hot import OneHotCategorical, OneHotCategoricalStraightThrough
from .positive import Beta, Dirichlet, Gamma

__all__ = [
    "Bernoulli", "Beta", "Categorical", "Cauchy", "Dirichlet", "Distribution", "Exponential", "ExponentialFamily", "Gamma",
    "Gumbel", "HalfCauchy", "HalfNormal", "Independent", "Laplace", "LogNormal", "MultivariateNormal", "Normal",
    "OneHotCategorical", "OneHotCategoricalStraightThrough", "Uniform", "constraints", "kl_divergence", "register_kl",
]  # fmt: skip
