"""Covariances, histograms, modes and reductions by position: the values that NumPy gives, and the errors."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad

nan, inf = float("nan"), float("inf")
SAMPLE = np.array([[0.5, 2.5, -1.0, 4.0, 2.5], [nan, 0.0, 3.5, 1.0, -2.0]])
POINTS = np.array([[0.1, 0.9], [0.4, 0.4], [1.6, 0.1], [2.0, 1.0], [5.0, 0.5]])


def test_histograms_are_those_of_numpy(backend):
    finite = SAMPLE[np.isfinite(SAMPLE)]
    x = polygrad.tensor(SAMPLE)
    expected = np.histogram(finite, 4, (-1, 3))
    assert x.histc(4, -1, 3).tolist() == polygrad.histc(x, 4, -1, 3).tolist() == expected[0].tolist()
    for bins, ends, density in ((4, (-1, 3), False), (3, (0, 4), True)):
        found, edges = np.histogram(finite, bins, ends, density=density)
        ours = x.histogram(bins, range=ends, density=density)
        np.testing.assert_allclose(ours.hist.cpu().numpy(), found)
        np.testing.assert_allclose(ours.bin_edges.cpu().numpy(), edges)
    edges, weight = np.array([-1.5, 0.0, 2.5, 4.0]), np.abs(finite)
    ours = polygrad.histogram(polygrad.tensor(finite), polygrad.tensor(edges), weight=polygrad.tensor(weight))
    np.testing.assert_allclose(ours.hist.cpu().numpy(), np.histogram(finite, edges, weights=weight)[0])


def test_a_histogram_without_ends_reaches_from_the_smallest_to_the_largest(backend):
    x = polygrad.tensor([2.0, 5.0, 3.0])
    assert x.histc(3).tolist() == [1.0, 1.0, 1.0]
    assert x.histogram(3).bin_edges.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert polygrad.tensor([2.0]).histogram(1).bin_edges.tolist() == [1.5, 2.5]
    assert polygrad.tensor([2.0]).histc(2).tolist() == [0.0, 1.0]
    assert polygrad.tensor([]).histogram(2).bin_edges.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("density", [False, True])
def test_a_histogram_of_points_is_that_of_numpy(density, backend):
    found, edges = np.histogramdd(POINTS, (2, 3), [(0, 2), (0, 1)], density=density)
    ours = polygrad.histogramdd(polygrad.tensor(POINTS), [2, 3], range=[0.0, 2.0, 0.0, 1.0], density=density)
    np.testing.assert_allclose(ours.hist.cpu().numpy(), found)
    for one, other in zip(ours.bin_edges, edges, strict=True):
        np.testing.assert_allclose(one.cpu().numpy(), other)


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_weighted_covariance_is_that_of_numpy(backend):
    x, often, weight = SAMPLE[:, 1:], np.array([1, 3, 2, 1]), np.array([0.5, 1.0, 0.2, 2.0])
    ours = polygrad.cov(
        polygrad.tensor(x), correction=1, fweights=polygrad.tensor(often), aweights=polygrad.tensor(weight)
    )
    np.testing.assert_allclose(ours.cpu().numpy(), np.cov(x, ddof=1, fweights=often, aweights=weight))
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert polygrad.tensor([[1.0, 2.0]]).cov(correction=2).item() == inf


def test_the_mode_of_equal_numbers_of_elements_is_the_smallest_at_its_last_place(backend):
    found = polygrad.tensor([[3, 1, 3, 1, 2], [4, 4, 0, 0, 0]]).mode()
    assert found.values.tolist() == [1, 0] and found.indices.tolist() == [3, 4]
    assert polygrad.tensor([nan, nan, 2.0]).mode().values.item() == 2.0
    assert polygrad.tensor([[1.0, 2.0], [1.0, 3.0]]).mode(0, True).values.tolist() == [[1.0, 2.0]]


def test_quantiles_of_what_is_not_nan(backend):
    x = polygrad.tensor(SAMPLE)
    found = x.nanquantile(polygrad.tensor([0.0, 0.3, 1.0], dtype=x.dtype), dim=1)
    np.testing.assert_allclose(found.cpu().numpy(), np.nanquantile(SAMPLE, [0.0, 0.3, 1.0], axis=1))
    assert x.nanmedian(1).values.tolist() == [2.5, 0.0] and x.nanmedian().item() == 1.0
    assert np.isnan(polygrad.tensor([nan, nan]).nanquantile(0.5).item())


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")  # NumPy's, below the strict backend
def test_equal_extrema_share_the_gradient(backend):
    x = polygrad.tensor([2.0, 1.0, inf], requires_grad=True)
    src = polygrad.tensor([2.0, 0.0, inf, 2.0], requires_grad=True)
    found = x.scatter_reduce(0, polygrad.tensor([0, 1, 2, 0]), src, "amax")
    assert found.tolist() == [2.0, 1.0, inf]
    found.sum().backward()
    third = pytest.approx(1 / 3)
    assert x.grad.tolist() == [third, 1.0, 0.5] and src.grad.tolist() == [third, 0.0, 0.5, third]


@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("include_self", [False, True])
def test_reductions_by_position_of_integers(reduce, include_self, backend):
    x, index, src = [5, 7, -3], [0, 0, 2, 0], [-4, -4, 6, 3]
    ours = polygrad.tensor(x).scatter_reduce(
        0, polygrad.tensor(index), polygrad.tensor(src), reduce, include_self=include_self
    )
    function = {"sum": sum, "prod": np.prod, "mean": lambda v: sum(v) // len(v), "amax": max, "amin": min}[reduce]
    groups = [[s for i, s in zip(index, src, strict=True) if i == place] for place in range(3)]
    expected = [function(g + [own] * include_self) if g else own for g, own in zip(groups, x, strict=True)]
    assert ours.tolist() == expected


X = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
WHOLE = polygrad.tensor([1, 2])
REFUSED = {
    "histc without bins": (lambda: X.histc(0), RuntimeError, "bins must be larger than 0"),
    "histc of integers": (lambda: WHOLE.histc(2), RuntimeError, "real floating-point"),
    "histc of nan": (lambda: polygrad.tensor([nan]).histc(2), RuntimeError, "not finite"),
    "histogram, ends": (lambda: X.histogram(2, range=(2.0, 1.0)), RuntimeError, "must not be larger"),
    "histogram, weight": (lambda: X.histogram(2, weight=X[0]), RuntimeError, "shape of input"),
    "histogramdd, bins": (lambda: polygrad.histogramdd(X, [2]), RuntimeError, "2 coordinates"),
    "histogramdd of a vector": (lambda: polygrad.histogramdd(X[0], [2]), RuntimeError, "two dimensions or more"),
    "cov of a stack": (lambda: polygrad.cov(X[None]), RuntimeError, "one or two dimensions"),
    "cov, fweights": (lambda: X.cov(fweights=X[0]), RuntimeError, "an integer type"),
    "cov, negative": (lambda: X.cov(fweights=-WHOLE), RuntimeError, "cannot be negative"),
    "cov, aweights": (lambda: X.cov(aweights=X[0] * 0), RuntimeError, "sum to zero"),
    "corrcoef of booleans": (lambda: polygrad.corrcoef(X > 2), RuntimeError, "bool dtype"),
    "mode of nothing": (lambda: X[:0].mode(0), IndexError, "no elements"),
    "nanquantile, q": (lambda: X.nanquantile(1.5), RuntimeError, "between 0 and 1"),
    "gradient of one sample": (lambda: polygrad.gradient(X[0, :1]), RuntimeError, "at least edge_order"),
    "gradient, order": (lambda: polygrad.gradient(X, edge_order=3), RuntimeError, "1 or 2"),
    "gradient, spacing": (lambda: polygrad.gradient(X, spacing=[1.0]), RuntimeError, "one entry"),
    "renorm of a vector": (lambda: X[0].renorm(2, 0, 1.0), RuntimeError, "two dimensions"),
    "renorm, p": (lambda: X.renorm(0, 0, 1.0), RuntimeError, "larger than 0"),
    "pdist of a vector": (lambda: polygrad.pdist(X[0]), RuntimeError, "only matrices"),
    "frexp of integers": (lambda: WHOLE.frexp(), RuntimeError, "floating-point"),
    "logcumsumexp of integers": (lambda: WHOLE.logcumsumexp(0), RuntimeError, "floating-point"),
    "scatter_reduce": (lambda: X.scatter_reduce(0, WHOLE[None] - 1, X, "median"), RuntimeError, "reduce must be"),
    "index_reduce": (lambda: X.index_reduce(0, WHOLE - 1, X, "sum"), RuntimeError, "reduce must be"),
    "put": (lambda: X.put(WHOLE, X), IndexError, "as many elements as index"),
    "float_power_": (lambda: polygrad.ones(2).float_power_(2), RuntimeError, "convert it first"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_arguments(name):
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call()


def test_products_added_in_place(backend):
    matrix, vector = polygrad.ones(2, 3), polygrad.ones(3)
    assert polygrad.zeros(2).addmv_(matrix, vector, alpha=2).tolist() == [6.0, 6.0]
    assert polygrad.ones(1, 1, 1).baddbmm_(vector[None, None], vector[None, :, None], beta=2).tolist() == [[[5.0]]]
