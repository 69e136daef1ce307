"""Special functions against mpmath, over their whole domains: values and gradients, on every backend."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import polygrad
from polygrad import special
from polygrad.autograd import gradcheck

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp.clone()
mp.prec = 240

#: NumPy's warnings, below the strict backend.
quietly = pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")

#: The largest relative error of a value in double precision, and of a gradient.
VALUE, GRADIENT = 5e-15, 2e-14

SMALL = [5e-324, 1e-300, 1e-100, 1e-30, 1e-15, 1e-8, 1e-5, 1e-3, 0.01, 0.03, 0.1]
MIDDLE = [0.2, 0.25, 0.3, 0.4, 0.46875, 0.5, 0.6, 0.75, 0.9, 0.999, 1.0, 1.001, 1.1, 1.25, 1.46, 1.5, 1.75, 1.99, 2.0, 2.2,
          2.4, 2.5, 2.51, 2.8, 3.1, 3.75, 3.83, 4.4, 5.1, 5.5, 6.3, 7.0, 7.9, 8.0, 8.1, 8.65, 10.2, 12.5, 15.3, 19.6]  # fmt: skip
LARGE = [24.9, 26.2, 30.3, 36.9, 50.5, 77.7, 100.25, 300.5, 700.75]
HUGE = [1e3, 12345.678, 1e6, 1e10, 1e15, 1e30, 1e100, 1e300]
POSITIVE = [*SMALL, *MIDDLE, *LARGE, *HUGE]
BOTH_SIGNS = [*[-x for x in reversed(POSITIVE)], *POSITIVE]
TO_MIDDLE = [*[-x for x in (*SMALL, *MIDDLE)], *SMALL, *MIDDLE, *LARGE]
#: Between the negative integers, and close to them.
REFLECTED = [-x for x in (1e-10, 1e-3, 0.2, 0.5, 0.9, 0.999, 1.0001, 1.5, 2.3, 2.75, 3.01, 5.5, 9.9, 20.3, 100.7)]
PROBABILITIES = [1e-310, 1e-300, 1e-100, 1e-30, 1e-10, 1e-5, 0.001, 0.02, 0.1, 0.2, 0.2499, 0.25, 0.3, 0.45, 0.49999, 0.5,
                 0.50001, 0.6, 0.75, 0.7501, 0.8, 0.9, 0.99, 0.9999, 1 - 1e-10, 1 - 2**-53]  # fmt: skip
INSIDE = [
    s * x
    for x in (1e-300, 1e-20, 1e-5, 0.01, 0.1, 0.3, 0.49, 0.5, 0.51, 0.7, 0.9, 0.99, 1 - 1e-8, 1 - 2**-53)
    for s in (-1, 1)
]


def _density(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) if abs(x) < 1e5 else mp.mpf(0)


def _erfc(x: Any) -> Any:
    return mp.erfc(x) if abs(x) < 1e5 else mp.mpf(0 if x > 0 else 2)


def _ndtr(x: Any) -> Any:
    return _erfc(-x / mp.sqrt(2)) / 2


def _erfcx(x: Any) -> Any:
    if x > 60:  # DLMF 7.12.1
        return mp.fsum((-1) ** k * mp.fac2(2 * k - 1) / (2 * x * x) ** k for k in range(14)) / (x * mp.sqrt(mp.pi))
    return mp.exp(x * x) * mp.erfc(x) if x > -1e3 else mp.inf


def _erfcx_slope(x: Any) -> Any:
    if x > 60:
        terms = [(-1) ** k * mp.fac2(2 * k - 1) / (2 * x * x) ** k for k in range(1, 14)]
        return 2 * mp.fsum(terms) / mp.sqrt(mp.pi)
    return 2 * x * _erfcx(x) - 2 / mp.sqrt(mp.pi) if x > -1e3 else -mp.inf


def _log_ndtr(x: Any) -> Any:
    if x < -20:
        return mp.log(_erfcx(-x / mp.sqrt(2)) / 2) - x * x / 2
    return mp.log1p(-_ndtr(-x)) if x > 0 else mp.log(_ndtr(x))


def _mills(x: Any) -> Any:
    return mp.sqrt(2 / mp.pi) / _erfcx(-x / mp.sqrt(2)) if x < 1e3 else mp.mpf(0)


def _ndtri(p: Any) -> Any:
    if p > 0.4:
        return mp.sqrt(2) * mp.erfinv(2 * p - 1)
    x = -mp.sqrt(max(-2 * mp.log(p) - mp.log(-4 * mp.pi * mp.log(p)), mp.mpf(0)))
    for _ in range(12):  # Newton's method on the logarithm
        x -= (_log_ndtr(x) - mp.log(p)) / _mills(x)
    return x


def _lgamma(x: Any) -> Any:
    return mp.log(abs(mp.gamma(x))) if x < 150 else mp.loggamma(x)


def _bessel_i(order: int) -> Callable:
    return lambda x: (
        mp.besseli(order, x) * mp.exp(-abs(x)) if abs(x) < 1e9 else mp.sign(x) ** order / mp.sqrt(2 * mp.pi * abs(x))
    )


def _bessel_k(order: int) -> Callable:
    return lambda x: mp.besselk(order, x) * mp.exp(x) if x < 1e9 else mp.sqrt(mp.pi / 2 / x)


def _unscaled(function: Callable, sign: int) -> Callable:
    return lambda x: (
        function(x) * mp.exp(sign * abs(x))
        if abs(x) < 1e4
        else mp.mpf(0)
        if sign < 0
        else mp.inf * mp.sign(function(x))
    )


@dataclass(frozen=True)
class Row:
    """A function, what it is and its derivative, and where it is evaluated.

    The error is relative to the value, and to ``size`` where the function has zeros: what one unit in the last place of the
    argument changes it by.
    """

    name: str
    function: Callable
    value: Callable
    slope: Callable
    points: list
    size: Callable = lambda x: 0.0
    slope_size: Callable = lambda x: 0.0

    def __str__(self) -> str:
        return self.name


def _wave(x: Any) -> float:
    """The height of a Bessel function, and how much it changes over one unit in the last place of ``x``."""
    x = abs(float(x))
    return (x + 1) / math.sqrt(x + 1)


def _sinc_slope(x: Any) -> Any:
    return (mp.cos(x) - mp.sinc(x)) / x if abs(x) > 1e-6 else -x / 3 + x**3 / 30


def _near_poles(x: Any) -> Any:
    """How much functions with poles at the negative integers change over one unit in the last place of ``x``."""
    return 2 + (abs(x) * abs(mp.psi(1, x)) + abs(mp.log(-x)) if x < 0 else 0)


I0E, I1E, K0E, K1E = _bessel_i(0), _bessel_i(1), _bessel_k(0), _bessel_k(1)
I0, I1, K0, K1 = _unscaled(I0E, 1), _unscaled(I1E, 1), _unscaled(K0E, -1), _unscaled(K1E, -1)
J0, J1, Y0, Y1 = (lambda x, f=f, n=n: f(n, x) for f in (mp.besselj, mp.bessely) for n in (0, 1))
BESSEL = [x for x in POSITIVE if 1e-150 < x < 1e9]
BOTH_BESSEL = [*[-x for x in BESSEL], *BESSEL]

ROWS = [
    Row("erfc", special.erfc, _erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x) if abs(x) < 1e5 else mp.mpf(0), BOTH_SIGNS),
    Row("erfcx", special.erfcx, _erfcx, _erfcx_slope, BOTH_SIGNS),
    Row("ndtr", special.ndtr, _ndtr, _density, BOTH_SIGNS),
    Row("log_ndtr", special.log_ndtr, _log_ndtr, _mills, BOTH_SIGNS),
    Row("ndtri", special.ndtri, _ndtri, lambda p: 1 / _density(_ndtri(p)), PROBABILITIES,
        slope_size=lambda p: float(_ndtri(p) ** 2 / _density(_ndtri(p)))),
    Row("erfinv", special.erfinv, mp.erfinv, lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(mp.erfinv(x) ** 2), INSIDE,
        slope_size=lambda x: float(mp.erfinv(x) ** 2 * mp.exp(mp.erfinv(x) ** 2))),
    Row("entr", special.entr, lambda x: -x * mp.log(x), lambda x: -1 - mp.log(x), POSITIVE, slope_size=lambda x: 1.0),
    Row("lgamma", special.gammaln, _lgamma, mp.digamma, [*POSITIVE, *REFLECTED],
        size=lambda x: _near_poles(x) if x < 0 else 0.0, slope_size=_near_poles),
    Row("digamma", special.digamma, mp.digamma, lambda x: mp.psi(1, x), [*POSITIVE, *REFLECTED], size=_near_poles,
        slope_size=lambda x: abs(x * mp.psi(2, x)) if x < 0 else 0.0),
    *[Row(f"polygamma, {n}", lambda x, n=n: special.polygamma(n, x), lambda x, n=n: mp.psi(n, x), lambda x, n=n: mp.psi(n + 1, x),
          [x for x in (*POSITIVE, *REFLECTED) if 1e-50 < abs(x) < 1e50], size=lambda x, n=n: abs(x * mp.psi(n + 1, x)) if x < 0 else 0.0,
          slope_size=lambda x, n=n: abs(x * mp.psi(n + 2, x)) if x < 0 else 0.0) for n in (1, 2, 5)],
    *[Row(f"zeta, {s}", lambda q, s=s: special.zeta(s, q), lambda q, s=s: mp.zeta(s, q), lambda q, s=s: -s * mp.zeta(s + 1, q),
          [x for x in POSITIVE if 1e-8 < x < 1e4]) for s in (1.0009765625, 2.5, 17.0)],
    Row("sinc", polygrad.sinc, lambda x: mp.sinc(mp.pi * x), lambda x: mp.pi * _sinc_slope(mp.pi * x), TO_MIDDLE,
        size=lambda x: 1.0, slope_size=lambda x: 4.0 * (abs(x) > 1)),
    Row("spherical_bessel_j0", special.spherical_bessel_j0, mp.sinc, _sinc_slope, TO_MIDDLE,
        size=lambda x: 1.0, slope_size=lambda x: 4.0 * (abs(x) > 1)),
    Row("i0", special.i0, I0, I1, TO_MIDDLE, slope_size=lambda x: 0.0),
    Row("i1", special.i1, I1, lambda x: (I0(x) + mp.besseli(2, x)) / 2, TO_MIDDLE),
    Row("i0e", special.i0e, I0E, lambda x: I1E(x) - mp.sign(x) * I0E(x), BOTH_BESSEL, slope_size=lambda x: I0E(x)),
    Row("i1e", special.i1e, I1E, lambda x: I0E(x) - I1E(x) * (mp.sign(x) + 1 / x), BOTH_BESSEL, slope_size=lambda x: I0E(x)),
    Row("modified_bessel_k0", special.modified_bessel_k0, K0, lambda x: -K1(x), [x for x in POSITIVE if 1e-300 < x < 700]),
    Row("modified_bessel_k1", special.modified_bessel_k1, K1, lambda x: -K0(x) - K1(x) / x, [x for x in BESSEL if x < 700]),
    Row("scaled_modified_bessel_k0", special.scaled_modified_bessel_k0, K0E, lambda x: K0E(x) - K1E(x), BESSEL,
        slope_size=lambda x: K0E(x)),
    Row("scaled_modified_bessel_k1", special.scaled_modified_bessel_k1, K1E, lambda x: K1E(x) - K0E(x) - K1E(x) / x, BESSEL,
        slope_size=lambda x: K0E(x)),
    Row("bessel_j0", special.bessel_j0, J0, lambda x: -J1(x), BOTH_BESSEL, size=_wave, slope_size=lambda x: _wave(x) * (abs(x) > 1)),
    Row("bessel_j1", special.bessel_j1, J1, lambda x: J0(x) - J1(x) / x, BOTH_BESSEL, size=lambda x: _wave(x) * (abs(x) > 1),
        slope_size=_wave),
    Row("bessel_y0", special.bessel_y0, Y0, lambda x: -Y1(x), BESSEL, size=_wave, slope_size=_wave),
    Row("bessel_y1", special.bessel_y1, Y1, lambda x: Y0(x) - Y1(x) / x, BESSEL, size=_wave, slope_size=lambda x: _wave(x) * (1 + 1 / x)),
]  # fmt: skip


def problems(found: Any, exact: list, sizes: list, limit: float, points: list, dtype: Any, flushes: bool) -> list:
    """The points where ``found`` is off, with what is found and what is right."""
    limits = np.finfo(dtype)
    most, least = float(limits.max), float(limits.tiny) * (1 if flushes else float(limits.eps))
    limit = limit * float(limits.eps) / float(np.finfo(np.float64).eps)
    wrong = []
    for x, got, right, size in zip(points, found, exact, sizes, strict=True):
        if abs(right) > most * (1 - limit):
            good = abs(got) >= most * (1 - limit) and (got > 0) == (right > 0)
        else:
            good = math.isfinite(got) and abs(mp.mpf(float(got)) - right) <= limit * max(abs(right), size) + 16 * least
        if not good:
            wrong.append(
                (x, float(got), float(right), float(abs(mp.mpf(float(got)) - right) / max(abs(right), size, least)))
            )
    return wrong


@quietly
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "single"])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_values_and_gradients(row, dtype, backend):
    limits = np.finfo(dtype)
    with np.errstate(over="ignore", under="ignore"):
        rounded = {float(dtype(x)) for x in row.points if limits.tiny < abs(dtype(x)) < limits.max}
    points = sorted(rounded - ({-1.0, 1.0} - set(row.points)))  # not what is rounded to where a domain ends
    x = polygrad.tensor(np.asarray(points, dtype), backend=backend, requires_grad=True)
    result = row.function(x)
    (slope,) = polygrad.autograd.grad(result.sum(), x)
    at = [mp.mpf(one) for one in points]
    flushes = backend == "jax"
    for what, tensor, function, size, limit in (
        ("value", result.detach(), row.value, row.size, VALUE),
        ("gradient", slope, row.slope, row.slope_size, GRADIENT),
    ):
        wrong = problems(
            tensor.cpu().numpy(),
            [function(one) for one in at],
            [size(one) for one in at],
            limit,
            points,
            dtype,
            flushes,
        )
        assert not wrong, f"{what}: {wrong[:8]}"


def test_names_of_other_functions():
    assert special.psi is special.digamma is polygrad.digamma and special.gammaln is polygrad.lgamma
    assert special.expit is polygrad.sigmoid and special.i0 is special.modified_bessel_i0 is polygrad.i0
    assert special.i1 is special.modified_bessel_i1 and special.multigammaln is polygrad.mvlgamma
    assert special.erf is polygrad.erf and special.erfc is polygrad.erfc and special.erfinv is polygrad.erfinv
    assert special.exp2 is polygrad.exp2 and special.expm1 is polygrad.expm1 and special.log1p is polygrad.log1p
    assert special.logit is polygrad.logit and special.round is polygrad.round and special.xlogy is polygrad.xlogy
    assert special.softmax is polygrad.softmax and special.log_softmax is polygrad.log_softmax
    assert (
        special.logsumexp is polygrad.logsumexp
        and special.polygamma is polygrad.polygamma
        and special.sinc is polygrad.sinc
    )


@quietly
def test_data_types(backend):
    for function in (special.erfcx, special.i0e, special.digamma, special.bessel_j0, polygrad.sinc, special.entr):
        assert function(polygrad.tensor([1, 2])).dtype is polygrad.float32
        assert function(polygrad.tensor([True])).dtype is polygrad.float32
        assert function(polygrad.tensor([1.0], dtype=polygrad.float64)).dtype is polygrad.float64
        if backend != "strict":  # which has no float16
            half = polygrad.tensor([0.3, 1.7, 2.9], dtype=polygrad.float16)
            assert function(half).tolist() == function(half.float()).half().tolist()
        with pytest.raises(TypeError):
            function(polygrad.tensor([1.0 + 1j]))
        with pytest.raises(TypeError):
            function([1.0])
    assert special.zeta(2, polygrad.tensor([1, 2])).dtype is polygrad.float32


#: Where domains end: the function, arguments, and what PyTorch gives.
EDGES = [
    (special.erfc, [-math.inf, -0.0, math.inf, math.nan], [2, 1, 0, math.nan]),
    (special.erfcx, [-math.inf, 0, math.inf, math.nan], [math.inf, 1, 0, math.nan]),
    (special.ndtr, [-math.inf, 0, math.inf, math.nan], [0, 0.5, 1, math.nan]),
    (special.log_ndtr, [-math.inf, math.inf, math.nan], [-math.inf, 0, math.nan]),
    (special.ndtri, [0, 0.5, 1, -0.1, 1.1, math.nan], [-math.inf, 0, math.inf, math.nan, math.nan, math.nan]),
    (special.erfinv, [-1, 0, 1, -1.1, 1.1, math.nan], [-math.inf, 0, math.inf, math.nan, math.nan, math.nan]),
    (special.entr, [0, 1, -1, math.inf, math.nan], [0, 0, -math.inf, -math.inf, math.nan]),
    (special.gammaln, [0, -0.0, 1, 2, -1, -1e20, -math.inf, math.inf, math.nan],
     [math.inf, math.inf, 0, 0, math.inf, math.inf, math.inf, math.inf, math.nan]),
    (special.digamma, [0, -0.0, -1, -math.inf, math.inf, math.nan], [-math.inf, math.inf, math.nan, math.nan, math.inf, math.nan]),
    (lambda x: special.polygamma(1, x), [0, -2, math.inf, math.nan], [math.inf, math.inf, 0, math.nan]),
    (lambda x: special.zeta(2.0, x), [0, -3, math.inf, math.nan], [math.inf, math.inf, 0, math.nan]),
    (lambda x: special.zeta(x, 1.0), [1, 0.5, -2, math.inf, math.nan], [math.inf, math.nan, math.nan, 1, math.nan]),
    (special.i0, [0, -math.inf, math.inf, math.nan], [1, math.inf, math.inf, math.nan]),
    (special.i1, [0, -math.inf, math.inf, math.nan], [0, -math.inf, math.inf, math.nan]),
    (special.i0e, [0, -math.inf, math.inf, math.nan], [1, 0, 0, math.nan]),
    (special.i1e, [0, -math.inf, math.inf, math.nan], [0, 0, 0, math.nan]),
    (special.bessel_j0, [0, -math.inf, math.inf, math.nan], [1, 0, 0, math.nan]),
    (special.bessel_j1, [0, -math.inf, math.inf, math.nan], [0, 0, 0, math.nan]),
    (special.bessel_y0, [0, -1, math.inf, math.nan], [-math.inf, math.nan, 0, math.nan]),
    (special.bessel_y1, [0, -1, math.inf, math.nan], [-math.inf, math.nan, 0, math.nan]),
    (special.modified_bessel_k0, [0, -1, math.inf, math.nan], [math.inf, math.nan, 0, math.nan]),
    (special.modified_bessel_k1, [0, -1, math.inf, math.nan], [math.inf, math.nan, 0, math.nan]),
    (special.scaled_modified_bessel_k0, [0, -1, math.inf, math.nan], [math.inf, math.nan, 0, math.nan]),
    (special.scaled_modified_bessel_k1, [0, -1, math.inf, math.nan], [math.inf, math.nan, 0, math.nan]),
    (polygrad.sinc, [0, math.nan], [1, math.nan]),
    (special.spherical_bessel_j0, [0, math.inf, math.nan], [1, 0, math.nan]),
    (lambda x: special.xlog1py(x, -1.0), [0, 1, math.nan], [0, -math.inf, math.nan]),
]  # fmt: skip


@quietly
@pytest.mark.parametrize("number", range(len(EDGES)))
def test_ends_of_domains(number, backend):
    function, points, expected = EDGES[number]
    found = function(polygrad.tensor(points, dtype=polygrad.float64))
    np.testing.assert_allclose(found.cpu().numpy(), expected, atol=1e-300)


def test_derivatives_at_zero_exist_to_every_order():
    for function, expected in (
        (polygrad.sinc, [1, 0, -(math.pi**2) / 3, 0, math.pi**4 / 5]),
        (special.bessel_j1, [0, 0.5, 0, -3 / 8, 0]),
        (special.i1, [0, 0.5, 0, 3 / 8, 0]),
        (special.bessel_j0, [1, 0, -0.5, 0, 3 / 8]),
        (special.spherical_bessel_j0, [1, 0, -1 / 3, 0, 1 / 5]),
    ):
        x = polygrad.tensor(0.0, dtype=polygrad.float64, requires_grad=True)
        value = function(x)
        for right in expected:
            assert value.item() == pytest.approx(right, abs=1e-14)
            (value,) = polygrad.autograd.grad(value, x, create_graph=True)


def test_arguments():
    x = polygrad.tensor([0.5, 1.5], dtype=polygrad.float64)
    with pytest.raises(RuntimeError, match="p is at least 1"):
        polygrad.mvlgamma(x, 0)
    with pytest.raises(RuntimeError, match="from 0 on, not -1"):
        polygrad.polygamma(-1, x)
    with pytest.raises(TypeError):
        polygrad.polygamma(1.5, x)
    assert x.polygamma(2).tolist() == polygrad.polygamma(2, x).tolist()
    assert polygrad.mvlgamma(x + 2, 3).tolist() == pytest.approx(
        [1.5 * math.log(math.pi) + sum(math.lgamma(v + 2 - j / 2) for j in range(3)) for v in x.tolist()]
    )
    assert x.clone().polygamma_(1).tolist() == x.polygamma(1).tolist()
    assert (x + 2).mvlgamma_(2).tolist() == (x + 2).mvlgamma(2).tolist()
    assert x.clone().xlogy_(3.0).tolist() == x.xlogy(3.0).tolist()


@pytest.mark.parametrize("name", ["lgamma_", "digamma_", "erfc_", "erfinv_", "sinc_", "i0_", "logit_", "exp2_"])
def test_in_place(name):
    x = polygrad.tensor([0.25, 0.75], dtype=polygrad.float64)
    assert getattr(x.clone(), name)().tolist() == getattr(polygrad, name.removesuffix("_"))(x).tolist()


#: Name → the polynomial of degree ``n`` at ``x``.
POLYNOMIALS = {
    "chebyshev_polynomial_t": mp.chebyt,
    "chebyshev_polynomial_u": mp.chebyu,
    "chebyshev_polynomial_v": lambda n, x: mp.chebyu(n, x) - (mp.chebyu(n - 1, x) if n else 0),
    "chebyshev_polynomial_w": lambda n, x: mp.chebyu(n, x) + (mp.chebyu(n - 1, x) if n else 0),
    "hermite_polynomial_h": mp.hermite,
    "hermite_polynomial_he": lambda n, x: mp.hermite(n, x / mp.sqrt(2)) / mp.sqrt(2) ** n,
    "laguerre_polynomial_l": lambda n, x: mp.fsum(
        mp.binomial(n, k) * (-x) ** k / mp.factorial(k) for k in range(n + 1)
    ),
    "legendre_polynomial_p": mp.legendre,
}


@pytest.mark.parametrize("shifted", ["", "shifted_"])
@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials(name, shifted, backend):
    if shifted and not name.startswith("chebyshev"):
        return
    function, degrees, points = getattr(special, shifted + name), [0, 1, 2, 3, 7, 12], [-1.0, -0.3, 0.0, 0.4, 1.0, 1.7]
    x = polygrad.tensor(points, dtype=polygrad.float64, requires_grad=True)
    n = polygrad.tensor(degrees)
    found = function(x[:, None], n)
    at = [2 * v - 1 if shifted else v for v in points]
    exact = np.array([[float(POLYNOMIALS[name](k, mp.mpf(v))) for k in degrees] for v in at])
    np.testing.assert_allclose(found.detach().cpu().numpy(), exact, rtol=1e-13, atol=1e-11)
    for number, degree in enumerate(degrees):
        alone = function(x, degree)
        assert alone.tolist() == found[:, number].tolist() and alone.dtype is polygrad.float64
    assert function(x, -1).tolist() == [0.0] * 6 and function(0.5, polygrad.tensor([-2])).tolist() == [0.0]
    assert function(polygrad.tensor([1, 2]), 2).dtype is polygrad.float32
    assert gradcheck(lambda x: function(x[:, None], n), (x,))
    with pytest.raises(TypeError):
        function(0.5, 2)


def test_names_of_polynomials():
    assert {f"{prefix}chebyshev_polynomial_{kind}" for prefix in ("", "shifted_") for kind in "tuvw"} <= set(
        special.__all__
    )
    made = (
        special.chebyshev_polynomial_t, special.chebyshev_polynomial_u, special.chebyshev_polynomial_v,
        special.chebyshev_polynomial_w, special.hermite_polynomial_h, special.hermite_polynomial_he,
        special.laguerre_polynomial_l, special.legendre_polynomial_p, special.shifted_chebyshev_polynomial_t,
        special.shifted_chebyshev_polynomial_u, special.shifted_chebyshev_polynomial_v, special.shifted_chebyshev_polynomial_w,
    )  # fmt: skip
    assert [function(polygrad.tensor([0.5]), 1).shape for function in made] == [(1,)] * 12
