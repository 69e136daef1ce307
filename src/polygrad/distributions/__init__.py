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

__all__ = [
    "Bernoulli", "Categorical", "Distribution", "Exponential", "ExponentialFamily", "Independent", "Laplace", "Normal",
    "Uniform", "constraints", "kl_divergence", "register_kl",
]  # fmt: skip
