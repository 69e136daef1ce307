"""Kullback-Leibler divergences of pairs of distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from .._core.tensor import Tensor
from .._core.warn import warn
from .._functions.broadcasting import broadcast_shapes
from .._functions.creation import full_like
from .._functions.elementwise import where
from .._functions.nn.activations import logsigmoid
from ..autograd.differentiation import grad
from ..autograd.grad_mode import enable_grad, is_grad_enabled
from ..linalg import solve_triangular
from .continuous import Exponential, Laplace, Normal, Uniform
from .discrete import Bernoulli, Categorical
from .distribution import Distribution, ExponentialFamily
from .independent import Independent
from .location_scale import EULER, Cauchy, Gumbel, HalfNormal, LogNormal
from .multivariate import MultivariateNormal, half_log_determinant, squared_distances
from .one_hot import OneHotCategorical
from .parameters import sum_rightmost
from .positive import Beta, Dirichlet, Gamma

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: The functions that are registered, by their pair of classes.
_FUNCTIONS: dict[tuple[type, type], Callable[..., Tensor]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[_Function], _Function]:
    """Declare the function that computes `kl_divergence` of a pair of classes, and of their subclasses.

    Args:
        type_p: the class of the first distribution.
        type_q: the class of the second one.

    Returns:
        A decorator.

    Raises:
        TypeError: an argument is no subclass of `Distribution`.

    Example::

        >>> from polygrad.distributions import Normal, kl_divergence, register_kl
        >>> class Same(Normal): ...
        >>> @register_kl(Same, Same)
        ... def no_divergence(p, q):
        ...     return polygrad.zeros(p.batch_shape)
        >>> kl_divergence(Same(0.0, 1.0), Same(1.0, 1.0))
        tensor(0.)
    """
    for name, given in (("type_p", type_p), ("type_q", type_q)):
        if not (isinstance(given, type) and issubclass(given, Distribution)):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {given}")

    def decorate(function: _Function) -> _Function:
        _FUNCTIONS[type_p, type_q] = function
        return function

    return decorate


def _is_closer(pair: tuple[type, type], other: tuple[type, type]) -> bool:
    """Whether a pair of classes is a more special one; the first class counts before the second."""
    return issubclass(pair[0], other[0]) if pair[0] is not other[0] else issubclass(pair[1], other[1])


def _closest(pairs: list[tuple[type, type]]) -> tuple[type, type]:
    best = pairs[0]
    for pair in pairs[1:]:
        best = pair if _is_closer(pair, best) else best
    return best


def _function_for(type_p: type, type_q: type) -> Callable[..., Tensor] | None:
    pairs = [(p, q) for p, q in _FUNCTIONS if issubclass(type_p, p) and issubclass(type_q, q)]
    if not pairs:
        return None
    left = _closest(pairs)
    right = _closest([(q, p) for p, q in pairs])[::-1]
    if _FUNCTIONS[left] is not _FUNCTIONS[right]:
        warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). "
            f"Please register_kl({left[0].__name__}, {right[1].__name__})",
            RuntimeWarning,
        )
    return _FUNCTIONS[left]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """Return the Kullback-Leibler divergence of one distribution from another: the mean under ``p`` of ``log(p / q)``.

    Args:
        p: the distribution of which the mean is taken.
        q: the distribution that it is compared with; the batch shapes broadcast.

    Returns:
        A tensor of the batch shape.

    Raises:
        NotImplementedError: `register_kl` has declared no function for these classes.

    Example::

        >>> from polygrad.distributions import Normal, kl_divergence
        >>> kl_divergence(Normal(polygrad.tensor([0.0, 1.0]), 1.0), Normal(0.0, 1.0))
        tensor([0.0000, 0.5000])
    """
    function = _function_for(type(p), type(q))
    if function is None:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
        )
    return function(p, q)


def _infinity(like: Callable[[Any], Tensor]) -> Callable[[Any, Any], Tensor]:
    """A function that returns infinity, for distributions where ``p`` has values outside of the support of ``q``."""

    def kl(p: Any, q: Any) -> Tensor:
        return full_like(like(p).detach(), math.inf)

    return kl


def _softplus(x: Tensor) -> Tensor:
    return -logsigmoid(-x)


# -- one class -------------------------------------------------------------------------------------------------------------


@register_kl(ExponentialFamily, ExponentialFamily)
def _exponential_families(p: Any, q: Any) -> Tensor:
    """The Bregman divergence of the log-normalizer (Nielsen and Nock, 2010)."""
    if type(p) is not type(q):
        raise NotImplementedError(
            "The cross KL-divergence between different exponential families cannot be computed using Bregman divergences"
        )
    natural_p, natural_q = p._natural_params, q._natural_params
    differentiable = is_grad_enabled() and any(x.requires_grad for x in (*natural_p, *natural_q))
    with enable_grad():
        given = [(x if x.requires_grad else x.detach().requires_grad_()) * 1 for x in natural_p]
        normalizer = p._log_normalizer(*given)
        slopes = grad(normalizer.sum(), given, create_graph=True)
        result = q._log_normalizer(*natural_q) - normalizer
        for mine, other, slope in zip(given, natural_q, slopes, strict=True):
            result = result - sum_rightmost((other - mine) * slope, len(q.event_shape))
    return result if differentiable else result.detach()


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Any, q: Any) -> Tensor:
    one = p.probs * (_softplus(-q.logits) - _softplus(-p.logits))
    one = where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, one))
    zero = (1 - p.probs) * (_softplus(q.logits) - _softplus(p.logits))
    zero = where(p.probs == 1, 0.0, where(q.probs == 1, math.inf, zero))
    return one + zero


@register_kl(Categorical, Categorical)
def _categorical(p: Any, q: Any) -> Tensor:
    terms = p.probs * (p.logits - q.logits)
    return where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, terms)).sum(-1)


@register_kl(Exponential, Exponential)
def _exponential(p: Any, q: Any) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@register_kl(Laplace, Laplace)
def _laplace(p: Any, q: Any) -> Tensor:
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * (-distance / p.scale).exp() - 1


@register_kl(Normal, Normal)
def _normal(p: Any, q: Any) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log())


@register_kl(Uniform, Uniform)
def _uniform(p: Any, q: Any) -> Tensor:
    result = ((q.high - q.low) / (p.high - p.low)).log()
    return where((q.low > p.low) | (q.high < p.high), math.inf, result)


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError(
            "KL between Independent distributions of different reinterpreted_batch_ndims is not implemented"
        )
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(Beta, Beta)
def _beta(p: Any, q: Any) -> Tensor:
    total_p, total_q = p.concentration1 + p.concentration0, q.concentration1 + q.concentration0
    one = (p.concentration1 - q.concentration1) * p.concentration1.digamma()
    zero = (p.concentration0 - q.concentration0) * p.concentration0.digamma()
    return q._log_beta() - p._log_beta() + one + zero + (total_q - total_p) * total_p.digamma()


@register_kl(Cauchy, Cauchy)
def _cauchy(p: Any, q: Any) -> Tensor:
    """Chyzak and Nielsen, A closed-form formula for the Kullback-Leibler divergence between Cauchy distributions, 2019."""
    return ((p.scale + q.scale) ** 2 + (p.loc - q.loc) ** 2).log() - (4 * p.scale * q.scale).log()


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Any, q: Any) -> Tensor:
    total_p, total_q = p.concentration.sum(-1), q.concentration.sum(-1)
    normalizers = total_p.lgamma() - total_q.lgamma() - (p.concentration.lgamma() - q.concentration.lgamma()).sum(-1)
    logarithms = p.concentration.digamma() - total_p.digamma().unsqueeze(-1)
    return normalizers + ((p.concentration - q.concentration) * logarithms).sum(-1)


@register_kl(Gamma, Gamma)
def _gamma(p: Any, q: Any) -> Tensor:
    shapes = q.concentration.lgamma() - p.concentration.lgamma()
    shapes = shapes + (p.concentration - q.concentration) * p.concentration.digamma()
    rates = q.concentration * (p.rate / q.rate).log() + (q.rate - p.rate) * (p.concentration / p.rate)
    return shapes + rates


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Any, q: Any) -> Tensor:
    ratio, shift = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return shift - ratio.log() + ratio * EULER + ((1 + ratio).lgamma() - shift).exp() - (1 + EULER)


@register_kl(HalfNormal, HalfNormal)
@register_kl(LogNormal, LogNormal)
def _of_normals(p: Any, q: Any) -> Tensor:
    return _normal(p.base_dist, q.base_dist)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: Any, q: Any) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
        )
    count = p.event_shape[0]
    batch = (*broadcast_shapes(q._factor.shape[:-2], p._factor.shape[:-2]), count, count)
    spread = (solve_triangular(q._factor.expand(batch), p._factor.expand(batch), upper=False) ** 2).sum((-2, -1))
    determinants = half_log_determinant(q._factor) - half_log_determinant(p._factor)
    return determinants + 0.5 * (spread + squared_distances(q._factor, q.loc - p.loc) - count)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p: Any, q: Any) -> Tensor:
    return _categorical(p._categorical, q._categorical)


# -- two classes -----------------------------------------------------------------------------------------------------------

for _other in (Beta, Uniform):
    register_kl(Exponential, _other)(_infinity(lambda p: p.rate))
    register_kl(Gamma, _other)(_infinity(lambda p: p.concentration))
for _real in (Gumbel, Laplace, Normal):
    for _positive in (Beta, Exponential, Gamma, Uniform):
        register_kl(_real, _positive)(_infinity(lambda p: p.loc))


@register_kl(Exponential, Normal)
def _exponential_normal(p: Any, q: Any) -> Tensor:
    variance = q.scale**2
    normalizer = 0.5 * (2 * math.pi * variance * p.rate**2).log()
    return normalizer - 1 + (1 / p.rate**2 - q.loc / p.rate + q.loc**2 / 2) / variance


@register_kl(Laplace, Normal)
def _laplace_normal(p: Any, q: Any) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return -0.5 * (2 * ratio / math.pi).log() + ratio + (p.loc - q.loc) ** 2 / (2 * q.scale**2) - 1


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Tensor:
    distance = p.loc - q.loc
    deviation = distance / p.scale
    near = math.sqrt(2 / math.pi) * p.scale * (-0.5 * deviation**2).exp()
    far = distance * (math.sqrt(0.5) * deviation).erf()
    return -(p.scale / q.scale).log() + (near + far) / q.scale - 0.5 * (1 + math.log(0.5 * math.pi))


@register_kl(Uniform, Exponential)
def _uniform_exponential(p: Any, q: Any) -> Tensor:
    result = q.rate * (p.high + p.low) / 2 - ((p.high - p.low) * q.rate).log()
    return where(p.low < 0, math.inf, result)


@register_kl(Uniform, Normal)
def _uniform_normal(p: Any, q: Any) -> Tensor:
    length = p.high - p.low
    squares = length**2 / 12 + ((p.high + p.low - 2 * q.loc) / 2) ** 2
    return (math.sqrt(2 * math.pi) * q.scale / length).log() + 0.5 * squares / q.scale**2
