"""Distributions: probabilities and gradients against PyTorch, samples against moments, shapes and validation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import polygrad
from polygrad import distributions as D
from polygrad.distributions import constraints

#: Class → parameters that broadcast to the shape (2, 3), and values in the support of that shape.
CASES = {
    "Normal": (
        {"loc": [[0.5, -1.0, 2.0], [0.0, 3.0, -2.0]], "scale": [0.5, 1.0, 3.0]},
        [[0.1, -1.0, 9.0], [2.0, 1.0, -2.5]],
    ),
    "Uniform": (
        {"low": [[-1.0, 0.0, 2.0], [-3.0, -0.5, 1.0]], "high": [3.0, 1.0, 7.0]},
        [[0.1, 0.2, 6.0], [2.0, 0.7, 1.5]],
    ),
    "Exponential": ({"rate": [[0.5, 1.0, 4.0], [2.0, 1.5, 0.1]]}, [[0.1, 1.0, 9.0], [2.0, 0.0, 2.5]]),
    "Laplace": (
        {"loc": [[0.5, -1.0, 2.0], [0.0, 3.0, -2.0]], "scale": [0.5, 1.0, 3.0]},
        [[0.1, -2.0, 9.0], [2.0, 1.0, -2.5]],
    ),
    "Bernoulli": ({"probs": [[0.1, 0.4, 0.9], [0.3, 0.75, 0.2]]}, [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]),
    "Bernoulli of logits": ({"logits": [[-2.0, 0.5, 0.0], [30.0, -40.0, 1.0]]}, [[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    "Categorical": ({"probs": [[[0.1, 0.4, 0.5]] * 3, [[1.0, 3.0, 2.0]] * 3]}, [[0.0, 1.0, 2.0], [2.0, 1.0, 1.0]]),
    "Categorical of logits": (
        {"logits": [[[-1.0, 0.4, 2.0]] * 3, [[3.0, -30.0, 2.0]] * 3]},
        [[0.0, 1.0, 2.0], [2.0, 1.0, 1.0]],
    ),
    "Cauchy": (
        {"loc": [[0.5, -1.0, 2.0], [0.0, 3.0, -2.0]], "scale": [0.5, 1.0, 3.0]},
        [[0.1, -1.0, 9.0], [2.0, 1.0, -2.5]],
    ),
    "Gumbel": (
        {"loc": [[0.5, -1.0, 2.0], [0.0, 3.0, -2.0]], "scale": [0.5, 1.0, 3.0]},
        [[0.1, -1.0, 9.0], [2.0, 1.0, -2.5]],
    ),
    "LogNormal": (
        {"loc": [[0.5, -1.0, 2.0], [0.0, 0.3, -2.0]], "scale": [0.5, 0.2, 0.7]},
        [[0.1, 1.0, 9.0], [2.0, 1.0, 2.5]],
    ),
    "HalfNormal": ({"scale": [[0.5, 1.0, 4.0], [2.0, 1.5, 0.7]]}, [[0.1, 1.0, 9.0], [2.0, 0.3, 2.5]]),
    "HalfCauchy": ({"scale": [[0.5, 1.0, 4.0], [2.0, 1.5, 0.7]]}, [[0.1, 1.0, 9.0], [2.0, 0.3, 2.5]]),
    "Gamma": (
        {"concentration": [[0.2, 1.5, 4.2], [2.5, 30.5, 0.7]], "rate": [0.5, 1.0, 3.0]},
        [[0.1, 1.0, 9.0], [2.0, 20.3, 2.5]],
    ),
    "Beta": (
        {"concentration1": [[0.2, 1.2, 4.1], [2.2, 30.3, 0.7]], "concentration0": [0.5, 1.5, 3.1]},
        [[0.1, 0.9, 0.5], [0.2, 0.3, 0.7]],
    ),
    "Dirichlet": (
        {"concentration": [[[0.2, 1.5, 4.1]] * 3, [[2.3, 30.4, 0.7]] * 3]},
        [[[0.1, 0.4, 0.5], [0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]] * 2,
    ),
    "OneHotCategorical": (
        {"probs": [[[0.1, 0.4, 0.5]] * 3, [[1.0, 3.0, 2.0]] * 3]},
        [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]] * 2,
    ),
    "MultivariateNormal": (
        {
            "loc": [[[0.5, -1.0]] * 3, [[2.0, 1.0]] * 3],
            "covariance_matrix": [[[2.0, 0.5], [0.5, 1.0]], [[1.0, -0.3], [-0.3, 4.0]], [[1.0, 0.0], [0.0, 0.1]]],
        },
        [[[0.1, -1.0], [2.0, 0.5], [1.0, 3.0]]] * 2,
    ),
    "MultivariateNormal of a factor": (
        {"loc": [[[0.5, -1.0]] * 3, [[2.0, 1.0]] * 3], "scale_tril": [[2.0, 0.0], [0.5, 1.0]]},
        [[[0.1, -1.0], [2.0, 0.5], [1.0, 3.0]]] * 2,
    ),
    "MultivariateNormal of a precision": (
        {"loc": [[[0.5, -1.0]] * 3, [[2.0, 1.0]] * 3], "precision_matrix": [[2.0, 0.5], [0.5, 1.0]]},
        [[[0.1, -1.0], [2.0, 0.5], [1.0, 3.0]]] * 2,
    ),
}
#: What PyTorch shows without parameters, and what it draws differentiably.
SHOWN_OTHERWISE = {"Beta", "HalfCauchy", "HalfNormal", "LogNormal"}
WITHOUT_RSAMPLE = {"Beta", "Dirichlet", "Gamma"}
#: Pairs of classes whose divergence is finite or infinite.
PAIRS = [
    *((name.partition(" ")[0], name.partition(" ")[0]) for name in CASES if " " not in name and name != "HalfCauchy"),
    ("Exponential", "Normal"), ("Exponential", "Uniform"), ("Laplace", "Exponential"), ("Laplace", "Normal"),
    ("Laplace", "Uniform"), ("Normal", "Exponential"), ("Normal", "Laplace"), ("Normal", "Uniform"),
    ("Uniform", "Exponential"), ("Uniform", "Normal"), ("Gamma", "Beta"), ("Gamma", "Uniform"), ("Exponential", "Beta"),
    ("Normal", "Gamma"), ("Gumbel", "Exponential"), ("Laplace", "Beta"),
]  # fmt: skip


def tensors(case: str, requires_grad: bool = False):
    """The parameters of a case in double precision."""
    given, _ = CASES[case]
    return {k: polygrad.tensor(v, dtype=polygrad.float64, requires_grad=requires_grad) for k, v in given.items()}


def made(case: str, requires_grad: bool = False):
    """The distribution of a case, its parameters and the values."""
    parameters = tensors(case, requires_grad)
    values = polygrad.tensor(CASES[case][1], dtype=polygrad.float64)
    return getattr(D, case.partition(" ")[0])(**parameters), parameters, values


def has_cdf(distribution: D.Distribution) -> bool:
    return type(distribution).cdf is not D.Distribution.cdf


# -- PyTorch ---------------------------------------------------------------------------------------------------------------


def compare(mine, theirs):
    theirs = theirs.detach().numpy()
    assert tuple(mine.shape) == theirs.shape
    np.testing.assert_allclose(mine.detach().numpy(), theirs, rtol=1e-8, atol=1e-12)  # PyTorch's trigamma


@pytest.mark.parity
@pytest.mark.parametrize("case", CASES)
def test_probabilities_and_gradients_are_pytorch_s(case):
    import torch

    mine, parameters, values = made(case, requires_grad=True)
    theirs_given = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in CASES[case][0].items()}
    theirs = getattr(torch.distributions, case.partition(" ")[0])(**theirs_given)
    torch_values = torch.tensor(CASES[case][1], dtype=torch.float64)
    assert (mine.batch_shape, mine.event_shape) == (tuple(theirs.batch_shape), tuple(theirs.event_shape))
    if case not in SHOWN_OTHERWISE:
        assert repr(mine).replace("polygrad.", "") == repr(theirs).replace("torch.", "")
    assert repr(mine.support).partition("(")[0] == repr(theirs.support).partition("(")[0]
    assert mine.has_rsample == (theirs.has_rsample and case not in WITHOUT_RSAMPLE)
    assert mine.has_enumerate_support == theirs.has_enumerate_support
    for name in ("mean", "mode", "variance", "stddev"):
        compare(getattr(mine, name), getattr(theirs, name))
    results = [("log_prob", (values,), (torch_values,)), ("entropy", (), ()), ("perplexity", (), ())]
    if has_cdf(mine):
        levels = np.asarray([[0.1, 0.5, 0.9], [0.3, 0.7, 0.01]])
        results += [("cdf", (values,), (torch_values,)),
                    ("icdf", (polygrad.tensor(levels),), (torch.tensor(levels),))]  # fmt: skip
    for name, arguments, torch_arguments in results:
        result, expected = getattr(mine, name)(*arguments), getattr(theirs, name)(*torch_arguments)
        compare(result, expected)
        mine_grads = polygrad.autograd.grad(
            result.sum(), list(parameters.values()), retain_graph=True, allow_unused=True
        )
        torch_grads = torch.autograd.grad(
            expected.sum(), list(theirs_given.values()), retain_graph=True, allow_unused=True
        )
        for one, other in zip(mine_grads, torch_grads, strict=True):
            assert (one is None) == (other is None)
            if one is not None:
                compare(one, other)
    if mine.has_enumerate_support:
        compare(mine.enumerate_support(), theirs.enumerate_support())
        compare(mine.enumerate_support(expand=False), theirs.enumerate_support(expand=False))


@pytest.mark.parity
@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_divergences_are_pytorch_s(pair):
    import torch

    mine, leaves, theirs, torch_leaves = [], [], [], []
    for case in pair:
        shift = 0.25 * (len(mine) + 1)  # so that the two differ
        given = {
            k: np.asarray(v) ** shift if k == "probs" else np.asarray(v) * (1.5 - shift if k == "high" else shift)
            for k, v in CASES[case][0].items()
        }
        parameters = {k: polygrad.tensor(v, requires_grad=True) for k, v in given.items()}
        torch_parameters = {k: torch.tensor(v, requires_grad=True) for k, v in given.items()}
        mine.append(getattr(D, case)(**parameters))
        theirs.append(getattr(torch.distributions, case)(**torch_parameters))
        leaves += parameters.values()
        torch_leaves += torch_parameters.values()
    result, expected = D.kl_divergence(*mine), torch.distributions.kl_divergence(*theirs)
    compare(result, expected)
    if np.isfinite(expected.detach().numpy()).all():
        grads = polygrad.autograd.grad(result.sum(), leaves)
        for one, other in zip(grads, torch.autograd.grad(expected.sum(), torch_leaves), strict=True):
            compare(one, other)


@pytest.mark.parity
def test_constraints_are_pytorch_s():
    import torch

    theirs = torch.distributions.constraints
    assert set(constraints.__all__) == set(theirs.__all__)
    generator = np.random.default_rng(0)
    square = generator.normal(size=(3, 3))
    samples = [
        np.asarray([-1.0, 0.0, 0.5, 1.0, 2.0, math.nan, math.inf]), np.asarray([[0.25, 0.75], [0.5, 0.6], [1.0, 0.0]]),
        np.stack([square, square @ square.T, np.tril(square), np.linalg.cholesky(square @ square.T), np.eye(3)]),
    ]  # fmt: skip
    for name in theirs.__all__:
        constraint = getattr(theirs, name)
        if isinstance(constraint, theirs.Constraint) and name != "dependent":
            assert repr(getattr(constraints, name)) == repr(constraint)
            assert getattr(constraints, name).event_dim == constraint.event_dim
            for sample in samples:
                if sample.ndim > constraint.event_dim and not (constraint.event_dim == 2 and sample.shape[-1] == 2):
                    mine = getattr(constraints, name).check(polygrad.tensor(sample))
                    np.testing.assert_array_equal(mine.numpy(), constraint.check(torch.tensor(sample)).numpy(), name)


# -- samples ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_samples_have_the_moments_of_the_distribution(case):
    distribution, _, _ = made(case)
    polygrad.manual_seed(1)
    drawn = distribution.sample((20000,))
    assert drawn.shape == (20000, 2, 3, *distribution.event_shape) and not drawn.requires_grad
    distribution.log_prob(drawn)  # validates that they are in the support
    if case.endswith("Cauchy"):
        drawn, mean, variance = distribution.cdf(drawn), polygrad.tensor(0.5), polygrad.tensor(1 / 12)
    elif case.startswith("Categorical"):
        drawn = (drawn.unsqueeze(-1) == polygrad.arange(3)).to(polygrad.float64)
        mean, variance = distribution.probs, distribution.probs * (1 - distribution.probs)
    else:
        mean, variance = distribution.mean, distribution.variance
    error = (variance / 20000).sqrt() + 1e-15
    assert bool(((drawn.mean(0) - mean).abs() < 5 * error).all())
    fourth = ((drawn - mean) ** 4).mean(0)
    assert bool(((((drawn - mean) ** 2).mean(0) - variance).abs() <= 5 * (fourth / 20000).sqrt() + 1e-12).all())


@pytest.mark.parametrize("case", CASES)
def test_samples_are_the_same_on_every_backend(case, backend):
    polygrad.manual_seed(3)
    drawn = made(case)[0].sample((4,)).numpy()
    with polygrad.use_backend("numpy"):
        polygrad.manual_seed(3)
        np.testing.assert_allclose(drawn, made(case)[0].sample((4,)).numpy(), rtol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_a_compiled_function_draws_and_computes_what_an_eager_one_does(case, backend):
    family = getattr(D, case.partition(" ")[0])
    given = list(tensors(case))

    def both(values, *parameters):
        distribution = family(**dict(zip(given, parameters, strict=True)))
        return distribution.log_prob(values), distribution.entropy(), distribution.sample((2,))

    arguments = (polygrad.tensor(CASES[case][1], dtype=polygrad.float64), *tensors(case).values())
    polygrad.manual_seed(4)
    expected = both(*arguments)
    compiled = polygrad.compile(both)
    for _ in range(2):
        polygrad.manual_seed(4)
        for one, other in zip(compiled(*arguments), expected, strict=True):
            np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-12)


@pytest.mark.parametrize("case", [case for case in CASES if made(case)[0].has_rsample])
def test_gradients_flow_through_samples(case, backend):
    distribution, parameters, _ = made(case, requires_grad=True)
    polygrad.manual_seed(5)
    drawn = distribution.rsample((3,))
    gradients = polygrad.autograd.grad(drawn.sum(), list(parameters.values()))
    step = 1e-6
    for position, name in enumerate(parameters):
        moved = {k: (v + step if k == name else v).detach() for k, v in parameters.items()}
        polygrad.manual_seed(5)
        other = type(distribution)(**moved, validate_args=False).rsample((3,))
        slope = (other - drawn).sum() / step
        np.testing.assert_allclose(gradients[position].sum().item(), slope.item(), rtol=1e-4)


@pytest.mark.parametrize("case", [case for case in CASES if not case.startswith("Multivariate")])
def test_gradients_of_every_order_and_mode(case, backend):
    family = getattr(D, case.partition(" ")[0])
    given, (_, values) = list(tensors(case)), CASES[case]
    values = polygrad.tensor(values, dtype=polygrad.float64)

    def scores(*parameters):
        distribution = family(**dict(zip(given, parameters, strict=True)))
        return distribution.log_prob(values).sum() + distribution.entropy().sum()

    moderate = {"Bernoulli of logits": {"logits": [[-2.0, 0.5, 0.3], [3.0, -4.0, 1.0]]},
                "Categorical of logits": {"logits": [[[-1.0, 0.4, 2.0]] * 3, [[3.0, -3.0, 2.0]] * 3]}}  # fmt: skip
    chosen = moderate.get(case, CASES[case][0])
    arguments = [polygrad.tensor(v, dtype=polygrad.float64, requires_grad=True) for v in chosen.values()]
    assert polygrad.autograd.gradcheck(scores, arguments, check_forward_ad=True)
    assert polygrad.autograd.gradgradcheck(scores, arguments)


@pytest.mark.parametrize("matrix", ["covariance_matrix", "precision_matrix", "scale_tril"])
def test_gradients_of_normal_vectors(matrix, backend):
    value = polygrad.tensor([[0.5, -1.0], [2.0, 0.3], [1.0, 1.0]], dtype=polygrad.float64)

    def scores(loc, root):
        given = root.tril() if matrix == "scale_tril" else root @ root.mT
        distribution = D.MultivariateNormal(loc, **{matrix: given})
        return distribution.log_prob(value).sum() + distribution.entropy() + (distribution.covariance_matrix**2).sum()

    loc = polygrad.tensor([0.5, -1.0], dtype=polygrad.float64, requires_grad=True)
    root = polygrad.tensor([[1.5, 0.2], [0.4, 0.9]], dtype=polygrad.float64, requires_grad=True)
    assert polygrad.autograd.gradcheck(scores, (loc, root), check_forward_ad=True)
    assert polygrad.autograd.gradgradcheck(scores, (loc, root))


@pytest.mark.parametrize("case", CASES)
def test_vmap_over_parameters_is_a_batch(case, backend):
    distribution, parameters, values = made(case)
    full = {k: getattr(distribution, k) for k in parameters}

    def one(value, *given):
        return type(distribution)(**dict(zip(full, given, strict=True))).log_prob(value)

    batched = polygrad.vmap(one)(values, *full.values())
    np.testing.assert_allclose(batched.numpy(), distribution.log_prob(values).numpy(), rtol=1e-12)


# -- shapes and validation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_a_distribution_expands(case):
    distribution, _, values = made(case)
    larger = distribution.expand((4, 2, 3))
    assert type(larger) is type(distribution) and larger.batch_shape == (4, 2, 3)
    assert larger.sample((5,)).shape == (5, 4, 2, 3, *distribution.event_shape)
    assert polygrad.equal(larger.log_prob(values), distribution.log_prob(values).expand((4, 2, 3)))


def test_numbers_make_distributions_without_dimensions():
    for distribution in (D.Normal(0, 1), D.Uniform(0, 1), D.Exponential(2), D.Laplace(0.0, 1), D.Bernoulli(0.5)):
        assert distribution.batch_shape == () and distribution.sample().shape == ()
        assert distribution.sample((2, 3)).shape == (2, 3) and distribution.mean.dtype is polygrad.float32
        assert distribution.log_prob(polygrad.tensor([0.0, 1.0])).shape == (2,)


@pytest.mark.parametrize(
    "make",
    [
        lambda: D.Normal(0.0, 0.0), lambda: D.Normal(math.nan, 1.0), lambda: D.Normal(0.0, polygrad.tensor([1.0, -1.0])),
        lambda: D.Uniform(1.0, 1.0), lambda: D.Exponential(-1.0), lambda: D.Bernoulli(1.5), lambda: D.Laplace(0.0, -1.0),
        lambda: D.Bernoulli(probs=0.5, logits=0.0), lambda: D.Bernoulli(), lambda: D.Categorical(),
        lambda: D.Categorical(probs=polygrad.tensor([-0.5, 1.5])), lambda: D.Categorical(polygrad.tensor(1.0)),
        lambda: D.Independent(D.Normal(0.0, 1.0), 1), lambda: D.Normal("0", 1.0),
        lambda: D.Normal(polygrad.zeros(2), polygrad.ones(3)), lambda: D.Gamma(0.0, 1.0), lambda: D.Beta(1.0, -1.0),
        lambda: D.Dirichlet(polygrad.tensor(1.0)), lambda: D.Dirichlet(polygrad.tensor([1.0, 0.0])),
        lambda: D.MultivariateNormal(polygrad.zeros(2)), lambda: D.MultivariateNormal(polygrad.tensor(0.0), polygrad.eye(1)),
        lambda: D.MultivariateNormal(polygrad.zeros(2), polygrad.ones(2)), lambda: D.HalfNormal(0.0), lambda: D.Cauchy(0, 0),
        lambda: D.MultivariateNormal(polygrad.zeros(2), polygrad.tensor([[1.0, 2.0], [2.0, 1.0]])),
        lambda: D.MultivariateNormal(polygrad.zeros(2), scale_tril=polygrad.ones(2, 2)),
    ],
)  # fmt: skip
def test_wrong_parameters_are_errors(make):
    with pytest.raises((ValueError, RuntimeError)):
        make()


@pytest.mark.parametrize(
    "call",
    [
        lambda: D.Bernoulli(0.5).log_prob(polygrad.tensor(0.5)), lambda: D.Exponential(1.0).cdf(polygrad.tensor(-1.0)),
        lambda: D.Normal(polygrad.zeros(2), 1.0).log_prob(polygrad.zeros(3)), lambda: D.Normal(0.0, 1.0).log_prob(0.0),
        lambda: D.Categorical(polygrad.ones(3)).log_prob(polygrad.tensor(3)),
        lambda: D.Normal(0.0, 1.0).log_prob(polygrad.tensor(math.nan)),
        lambda: D.Uniform(0.0, 1.0).log_prob(polygrad.tensor(2.0)),
    ],
)  # fmt: skip
def test_wrong_values_are_errors(call):
    with pytest.raises(ValueError, match=r"support|broadcastable|must be a Tensor"):
        call()


def test_validation_says_what_is_wrong_and_can_be_switched_off():
    with pytest.raises(ValueError, match=r"Expected parameter scale .* of distribution Normal\(loc: .*GreaterThan"):
        D.Normal(0.0, -1.0)
    assert D.Normal(0.0, -1.0, validate_args=False).variance.item() == 1
    assert D.Exponential(1.0, validate_args=False).log_prob(polygrad.tensor(-1.0)).item() == 1
    D.Distribution.set_default_validate_args(False)
    try:
        assert D.Normal(0.0, -1.0).variance.item() == 1
    finally:
        D.Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="True or False"):
        D.Distribution.set_default_validate_args(2)


def test_a_compiled_function_validates_the_values_of_each_call():
    compiled = polygrad.compile(lambda scale: D.Normal(0.0, scale).entropy())
    compiled(polygrad.tensor([1.0]))
    with pytest.raises(ValueError, match="Expected parameter scale"):
        compiled(polygrad.tensor([-1.0]))


def test_matrices_of_normal_vectors_follow_from_each_other():
    covariance = polygrad.tensor([[[2.0, 0.5], [0.5, 1.0]], [[1.0, -0.3], [-0.3, 4.0]]], dtype=polygrad.float64)
    loc, value = polygrad.zeros(2, dtype=polygrad.float64), polygrad.ones(5, 2, 2, dtype=polygrad.float64)
    first = D.MultivariateNormal(loc, covariance)
    assert first.batch_shape == (2,) and first.event_shape == (2,)
    for other in (
        D.MultivariateNormal(loc, precision_matrix=first.precision_matrix),
        D.MultivariateNormal(loc, scale_tril=first.scale_tril),
    ):
        for name in ("covariance_matrix", "precision_matrix", "scale_tril", "variance"):
            assert polygrad.allclose(getattr(other, name), getattr(first, name))
        assert polygrad.allclose(other.log_prob(value), first.log_prob(value))
        assert polygrad.allclose(D.kl_divergence(first, other), polygrad.zeros(2, dtype=polygrad.float64), atol=1e-12)
    drawn = D.MultivariateNormal(loc, covariance[0]).sample((20000,))
    assert polygrad.allclose(polygrad.cov(drawn.mT), covariance[0], atol=0.1)


def test_small_concentrations_draw_no_nan():
    polygrad.manual_seed(0)
    for distribution in (D.Dirichlet(polygrad.full((3,), 1e-4)), D.Beta(1e-4, 1e-4), D.Gamma(1e-4, 1.0)):
        drawn = distribution.sample((1000,))
        assert bool(drawn.isfinite().all()) and bool((drawn >= 0).all())


def test_gamma_samples_have_the_quantiles_of_the_distribution():
    """Of concentration 1 these are exponential numbers, of 1/2 squares of normal ones: the Kolmogorov-Smirnov distance."""
    polygrad.manual_seed(2)
    one = polygrad.ones(20000, dtype=polygrad.float64)
    expected = {
        1.0: D.Exponential(one[0]).cdf,
        0.5: lambda drawn: D.HalfNormal(one[0] * math.sqrt(0.5)).cdf(drawn.sqrt()),
    }
    for concentration, cdf in expected.items():
        levels = cdf(D.Gamma(one * concentration, 1.0).sample()).sort().values
        distance = (levels - (polygrad.arange(20000) + 0.5) / 20000).abs().max()
        assert distance.item() < 1.63 / math.sqrt(20000)  # at the level of 1 %


def test_the_straight_through_estimator_has_the_gradient_of_the_probabilities():
    logits = polygrad.tensor([0.5, -1.0, 2.0], requires_grad=True)
    weights = polygrad.tensor([1.0, 2.0, 3.0])
    drawn = D.OneHotCategoricalStraightThrough(logits=logits).rsample((4,))
    assert polygrad.allclose(drawn.sum(-1), polygrad.ones(4))
    (found,) = polygrad.autograd.grad((drawn * weights).sum(), [logits])
    (expected,) = polygrad.autograd.grad((4 * weights * logits.softmax(0)).sum(), [logits])
    assert polygrad.allclose(found, expected)
    assert D.OneHotCategoricalStraightThrough(logits=logits).expand((2,)).rsample().shape == (2, 3)


def test_independent_sums_over_the_event():
    normal = D.Normal(polygrad.zeros(4, 3), polygrad.ones(3))
    both = D.Independent(normal, 1)
    value = polygrad.ones(4, 3)
    assert (both.batch_shape, both.event_shape) == ((4,), (3,))
    assert both.has_rsample and not both.has_enumerate_support and both.support.event_dim == 1
    assert polygrad.equal(both.log_prob(value), normal.log_prob(value).sum(-1))
    assert polygrad.equal(both.entropy(), normal.entropy().sum(-1))
    assert both.expand((5, 4)).rsample((2,)).shape == (2, 5, 4, 3)
    other = D.Independent(D.Normal(polygrad.ones(4, 3), 1.0), 1)
    assert polygrad.allclose(D.kl_divergence(both, other), polygrad.full((4,), 1.5))
    assert repr(D.Independent(D.Normal(0.0, 1.0), 0)) == "Independent(Normal(loc: 0.0, scale: 1.0), 0)"


def test_what_a_distribution_lacks_is_an_error_that_names_it():
    for name in ("rsample", "cdf", "icdf"):
        with pytest.raises(NotImplementedError, match=f"Bernoulli does not implement {name}"):
            getattr(D.Bernoulli(0.5), name)(*[polygrad.tensor(0.5)][: name != "rsample"])
    with pytest.raises(NotImplementedError, match="p type Bernoulli and q type Laplace"):
        D.kl_divergence(D.Bernoulli(0.5), D.Laplace(0.0, 1.0))


def test_exponential_families_derive_entropies_and_divergences():
    for case in ("Normal", "Exponential", "Bernoulli"):
        distribution, parameters, _ = made(case, requires_grad=True)
        derived = D.ExponentialFamily.entropy(distribution)
        expected = distribution.entropy()
        assert polygrad.allclose(derived, expected)
        leaves = list(parameters.values())
        found, known = (polygrad.autograd.grad(e.sum(), leaves, allow_unused=True) for e in (derived, expected))
        for one, other in itertools.zip_longest(found, known):
            assert polygrad.allclose(one, other if other is not None else polygrad.zeros_like(one), atol=1e-7)
        assert not D.ExponentialFamily.entropy(made(case)[0]).requires_grad


def test_the_closest_registered_function_is_called():
    class Mine(D.Normal):
        pass

    class Yours(D.Normal):
        pass

    assert D.kl_divergence(Mine(0.0, 1.0), Yours(0.0, 1.0)).item() == 0
    D.register_kl(Mine, D.Normal)(lambda p, q: 1)
    assert D.kl_divergence(Mine(0.0, 1.0), Yours(0.0, 1.0)) == 1
    D.register_kl(D.Normal, Yours)(lambda p, q: 2)
    with pytest.warns(RuntimeWarning, match="Ambiguous"):
        assert D.kl_divergence(Mine(0.0, 1.0), Yours(0.0, 1.0)) == 1
    D.register_kl(Mine, Yours)(lambda p, q: 3)
    assert D.kl_divergence(Mine(0.0, 1.0), Yours(0.0, 1.0)) == 3
    with pytest.raises(TypeError, match="type_q"):
        D.register_kl(D.Normal, int)


def test_a_subclass_with_another_constructor_expands_itself():
    class Standard(D.Normal):
        def __init__(self):
            super().__init__(0.0, 1.0)

    with pytest.raises(NotImplementedError, match=r"custom .expand\(\)"):
        Standard().expand((2,))


def test_a_parameter_that_is_computed_belongs_to_the_call_that_reads_it():
    logits = polygrad.zeros(3, requires_grad=True)
    distribution = D.Categorical(logits=logits)
    with polygrad.no_grad():
        assert not distribution.probs.requires_grad
    polygrad.compile(lambda: distribution.probs * 1)()
    assert distribution.probs.requires_grad
    assert "probs" not in distribution.__dict__


def test_the_package_is_imported_when_it_is_named():
    import subprocess
    import sys

    code = "import sys, polygrad; before = 'polygrad.distributions' in sys.modules; polygrad.distributions.Normal; print(before)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
