"""Functions with a tail, a cancellation or a wide range, against mpmath: values and gradients at hard points.

The points are tiny, subnormal, huge, near cancellations, and of both signs.  The error of a value may be 16 units in the last
place, that of a gradient 64.  Where a subtraction makes the error absolute, as in PyTorch, ``scale`` is the size of the numbers
that are subtracted.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import polygrad
from polygrad.nn import functional as F

mp = pytest.importorskip("mpmath").mp.clone()
mp.prec = 120
one = mp.mpf(1)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _slope(x: Any) -> Any:
    return _sigmoid(x) * _sigmoid(-x)


def _softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(x)) if x < 200 else x + mp.exp(-x)


def _probability(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2 if abs(x) < 1e4 else one * (x > 0)


def _density(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) if abs(x) < 1e4 else mp.mpf(0)


def _sech_squared(x: Any) -> Any:
    return 1 / mp.cosh(x) ** 2 if abs(x) < 1e6 else mp.mpf(0)


def _mish_slope(x: Any) -> Any:
    return mp.tanh(_softplus(x)) + x * _sech_squared(_softplus(x)) * _sigmoid(x)


def _nothing(x: Any) -> float:
    return 0.0


def _from_one(x: Any) -> float:
    """The scale of what is subtracted from 1, or added to -1."""
    return 1.0


def _far_out(x: Any) -> float:
    """XLA moves a factor of 1/2 into the exponent, whose rounding counts."""
    return 20 * math.exp(abs(x)) if abs(x) > 100 else 0.0


def _above_zero(x: Any) -> float:
    return 1.0 if x > 0 else 0.0


@dataclass(frozen=True)
class Row:
    """A function, what it is and its derivative, and where to look."""

    name: str
    function: Callable
    value: Callable
    derivative: Callable
    domain: str = "all"
    value_scale: Callable = _nothing
    scale: Callable = _nothing

    def __str__(self) -> str:
        return self.name


def _beside_zeros(x: Any) -> Any:
    return polygrad.stack([x, polygrad.zeros_like(x)])


def _of_class(x: Any) -> Any:
    target = polygrad.zeros(x.shape[0], dtype=polygrad.int64)
    return F.cross_entropy(polygrad.stack([x, polygrad.zeros_like(x)], 1), target, reduction="none")


ROWS = [
    Row("sigmoid", polygrad.sigmoid, _sigmoid, _slope, scale=_above_zero),
    Row("log(sigmoid)", lambda x: polygrad.log(polygrad.sigmoid(x)), lambda x: -_softplus(-x), lambda x: _sigmoid(-x),
        "exp", value_scale=_above_zero, scale=_above_zero),
    Row("silu", F.silu, lambda x: x * _sigmoid(x), lambda x: _sigmoid(x) + x * _slope(x),
        scale=lambda x: 0.3 if -2 < x < 0 else 0.0),
    Row("softplus", F.softplus, _softplus, _sigmoid, value_scale=lambda x: 5e7 if x > 20 else 0.0,
        scale=lambda x: 5e7 if x > 20 else 0.0),
    Row("softplus, beta 2", lambda x: F.softplus(x, beta=2.0, threshold=80.0), lambda x: _softplus(2 * x) / 2, lambda x: _sigmoid(2 * x)),
    Row("logsigmoid", F.logsigmoid, lambda x: -_softplus(-x), lambda x: _sigmoid(-x)),
    Row("mish", F.mish, lambda x: x * mp.tanh(_softplus(x)), _mish_slope, scale=lambda x: 0.3 if -2 < x < 0 else 0.0),
    Row("glu", lambda x: F.glu(polygrad.stack([polygrad.ones_like(x), x]), 0)[0], _sigmoid, _slope, scale=_above_zero),
    Row("binary_cross_entropy_with_logits, 0", lambda x: F.binary_cross_entropy_with_logits(x, polygrad.zeros_like(x), reduction="none"),
        _softplus, _sigmoid),
    Row("binary_cross_entropy_with_logits, 1", lambda x: F.binary_cross_entropy_with_logits(x, polygrad.ones_like(x), reduction="none"),
        lambda x: _softplus(-x), lambda x: -_sigmoid(-x)),
    Row("soft_margin_loss", lambda x: F.soft_margin_loss(x, polygrad.ones_like(x), reduction="none"), lambda x: _softplus(-x), lambda x: -_sigmoid(-x)),
    Row("softmax", lambda x: F.softmax(_beside_zeros(x), 0)[0], _sigmoid, _slope, scale=_above_zero),
    Row("log_softmax", lambda x: F.log_softmax(_beside_zeros(x), 0)[0], lambda x: -_softplus(-x), lambda x: _sigmoid(-x),
        value_scale=_from_one, scale=_from_one),
    Row("logsumexp", lambda x: polygrad.logsumexp(_beside_zeros(x), 0), _softplus, _sigmoid, value_scale=_from_one),
    Row("logaddexp", lambda x: polygrad.logaddexp(x, polygrad.zeros_like(x)), _softplus, _sigmoid),
    Row("cross_entropy", _of_class, lambda x: _softplus(-x), lambda x: -_sigmoid(-x), value_scale=_from_one, scale=_from_one),
    Row("tanh", polygrad.tanh, mp.tanh, _sech_squared, scale=_from_one),
    Row("erf", polygrad.erf, mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x) if abs(x) < 1e4 else mp.mpf(0),
        scale=lambda x: 1e-6),
    Row("gelu", F.gelu, lambda x: x * _probability(x), lambda x: _probability(x) + x * _density(x),
        value_scale=lambda x: abs(x), scale=_from_one),
    Row("expm1", polygrad.expm1, mp.expm1, mp.exp, "exp"),
    Row("exp", polygrad.exp, mp.exp, mp.exp, "exp"),
    Row("exp2", polygrad.exp2, lambda x: mp.mpf(2) ** x, lambda x: mp.mpf(2) ** x * mp.log(2), "exp"),
    Row("log", polygrad.log, mp.log, lambda x: 1 / x, "positive"),
    Row("log2", polygrad.log2, lambda x: mp.log(x) / mp.log(2), lambda x: 1 / x / mp.log(2), "positive"),
    Row("log10", polygrad.log10, mp.log10, lambda x: 1 / x / mp.log(10), "positive"),
    Row("log1p", polygrad.log1p, mp.log1p, lambda x: 1 / (1 + x), "above -1"),
    Row("sqrt", polygrad.sqrt, mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), "positive"),
    Row("rsqrt", polygrad.rsqrt, lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), "positive"),
    Row("reciprocal", polygrad.reciprocal, lambda x: 1 / x, lambda x: -1 / x**2),
    Row("square", polygrad.square, lambda x: x * x, lambda x: 2 * x),
    Row("asinh", polygrad.asinh, mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), scale=lambda x: 1e-16),
    Row("acosh", polygrad.acosh, mp.acosh, lambda x: 1 / (mp.sqrt(x - 1) * mp.sqrt(x + 1)), "above 1"),
    Row("atanh", polygrad.atanh, mp.atanh, lambda x: 1 / ((1 - x) * (1 + x)), "below 1", scale=lambda x: 1 / abs(1 - abs(x)) ** 2),
    Row("atan", polygrad.atan, mp.atan, lambda x: 1 / (1 + x * x), scale=lambda x: 1e-300),
    Row("sinh", polygrad.sinh, mp.sinh, mp.cosh, "exp", value_scale=_far_out, scale=_far_out),
    Row("cosh", polygrad.cosh, mp.cosh, mp.sinh, "exp", value_scale=_far_out, scale=_far_out),
    Row("sin", polygrad.sin, mp.sin, mp.cos, "angle"),
    Row("tan", polygrad.tan, mp.tan, lambda x: 1 / mp.cos(x) ** 2, "angle"),
    Row("elu", F.elu, lambda x: x if x > 0 else mp.expm1(x), lambda x: one if x > 0 else mp.exp(x)),
    Row("celu", lambda x: F.celu(x, 0.5), lambda x: x if x > 0 else mp.expm1(2 * x) / 2, lambda x: one if x > 0 else mp.exp(2 * x)),
    Row("logit", polygrad.logit, lambda x: mp.log(x) - mp.log1p(-x), lambda x: 1 / (x * (1 - x)), "probability", value_scale=_from_one),
    Row("x ** 3", lambda x: x**3, lambda x: x**3, lambda x: 3 * x * x),
    Row("x ** -2", lambda x: x**-2, lambda x: x**-2, lambda x: -2 * x**-3),
    Row("x ** 2.5", lambda x: x**2.5, lambda x: x ** mp.mpf(2.5), lambda x: mp.mpf(2.5) * x ** mp.mpf(1.5), "positive"),
]  # fmt: skip


def points(domain: str, dtype: Any) -> list[float]:
    """The points at which functions of a ``domain`` are tested."""
    limits = np.finfo(dtype)
    eps, tiny, most = float(limits.eps), float(limits.tiny), float(limits.max)
    double = dtype == np.float64
    small = [tiny * 8, 1e-30, 1e-8, 1e-5, 1e-3, 1e-2] + [1e-300, 1e-150] * double
    middle = [
        0.1,
        0.3,
        0.5,
        0.7,
        1 - eps,
        1.0,
        1 + 2 * eps,
        1.28,
        1.5,
        2,
        3,
        2.8,
        3.9,
        4.1,
        5,
        6,
        8,
        9,
        12,
        15,
        17,
        20,
        30,
        37,
        60,
        87,
    ]
    middle += [100, 300, 700] * double
    huge = [1e3, 1e6, 1e10, 1e19, 1e30, most / 4, most] + [1e154, 1e160, 1e300] * double
    found = {
        "all": [*small, *middle, *huge],
        "positive": [*small, *middle, *huge],
        "exp": [*small, *[x for x in middle if x < math.log(most) - 1]],
        "angle": [*small, *[x for x in middle if x < 50]],
        "probability": [*small, 0.1, 0.49, 0.5, 0.501, 0.9, 0.999, 1 - eps],
        "below 1": [*small, 0.1, 0.5, 0.9, 0.999, 1 - 4 * eps],
        "above 1": [1 + 4 * eps, 1 + 1000 * eps, *[x for x in middle if x > 1.2], *huge],
        "above -1": [*small, *middle, *huge, *[-x for x in small], -0.1, -0.5, -0.999, eps - 1],
    }[domain]
    if domain in ("all", "exp", "angle", "below 1"):
        found = [*found, *[-x for x in found]]
    return sorted({float(dtype(x)) for x in found})


def _errors(found: Any, exact: Any, scales: Any, limit: float, dtype: Any, flushes: bool) -> list[tuple]:
    """The points at which ``found`` is off by more than ``limit`` units in the last place."""
    limits = np.finfo(dtype)
    eps, tiny, most = float(limits.eps), float(limits.tiny), float(limits.max)
    wrong = []
    for got, right, scale in zip(found, exact, scales, strict=True):
        if abs(right) > most * (1 - limit * eps):
            good = abs(got) > most * (1 - limit * eps) and (got > 0) == (right > 0)
        else:
            least = tiny if flushes else tiny * eps
            good = math.isfinite(got) and abs(mp.mpf(float(got)) - right) <= limit * max(
                eps * max(abs(right), scale), least
            )
        wrong += [] if good else [(float(got), float(right) if abs(right) < 1e308 else right)]
    return wrong


def problems(row: Row, dtype: Any, backend: str) -> list[str]:
    """What is wrong with a row."""
    at = points(row.domain, dtype)
    x = polygrad.tensor(np.asarray(at, dtype), requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of overflow
        result = row.function(x)
        result.sum().backward()
    exact = [mp.mpf(one) for one in at]
    found = []
    for what, values, function, scale, limit in (
        ("value", result, row.value, row.value_scale, 16),
        ("gradient", x.grad, row.derivative, row.scale, 64),
    ):
        scales = [scale(one) for one in at]
        wrong = _errors(values.detach().numpy(), [function(e) for e in exact], scales, limit, dtype, backend == "jax")
        found += [
            f"{what}: {len(wrong)} of {len(at)}: " + ", ".join(f"{a} instead of {b}" for a, b in wrong[:4])
        ] * bool(wrong)
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_function_is_accurate_where_that_is_hard(row, dtype, backend):
    found = problems(row, dtype, backend)
    assert not found, "\n".join(found)


def test_an_inaccurate_function_is_found():
    by_tanh = Row("sigmoid", lambda x: polygrad.tanh(x / 2) / 2 + 0.5, _sigmoid, _slope, scale=_above_zero)
    assert len(problems(by_tanh, np.float32, "numpy")) == 2


# -- functions of two operands -----------------------------------------------------------------------------------------


def _logaddexp(x: Any, y: Any) -> Any:
    return max(x, y) + mp.log1p(mp.exp(-abs(x - y)))


def _share(x: Any, y: Any) -> Any:
    return _sigmoid(x - y)


def _length(x: Any, y: Any) -> Any:
    return mp.sqrt(x * x + y * y)


PAIRS = {
    # name: function, value, derivatives
    "hypot": (polygrad.hypot, _length, lambda x, y: x / _length(x, y), lambda x, y: y / _length(x, y)),
    "atan2": (polygrad.atan2, mp.atan2, lambda x, y: y / (x * x + y * y), lambda x, y: -x / (x * x + y * y)),
    "logaddexp": (polygrad.logaddexp, _logaddexp, _share, lambda x, y: _share(y, x)),
    "fmod": (polygrad.fmod, math.fmod, lambda x, y: one, None),
    "remainder": (polygrad.remainder, lambda x, y: x % y, lambda x, y: one, None),
    "floor_divide": (polygrad.floor_divide, lambda x, y: x // y, None, None),
    "copysign": (polygrad.copysign, math.copysign, None, None),
    "divide": (polygrad.divide, lambda x, y: x / y, lambda x, y: 1 / y, lambda x, y: -x / y / y),
    "xlogy": (lambda x, y: polygrad.xlogy(x, abs(y)), lambda x, y: x * mp.log(abs(y)),
              lambda x, y: mp.log(abs(y)), lambda x, y: x / y),
}  # fmt: skip
#: These are compared with Python's arithmetic, which is exact.
EXACT = {"fmod", "remainder", "floor_divide", "copysign"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", PAIRS)
def test_a_function_of_two_is_accurate_where_that_is_hard(name, dtype, backend):
    function, *formulas = PAIRS[name]
    eps = float(np.finfo(dtype).eps)
    sizes = [1e-12, 1e-5, 0.1, 0.3, 1.0, 1 + eps, 3.0, 10.0, 88.0, 1e3, 1e10] + [1e19, 1e30] * (name == "hypot")
    values = [float(dtype(sign * size)) for size in sizes for sign in (1, -1)]
    first, second = [x for x in values for _ in values], values * len(values)
    operands = [polygrad.tensor(np.asarray(v, dtype), requires_grad=True) for v in (first, second)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = function(*operands)
        if formulas[1]:
            result.sum().backward()
    least = float(np.finfo(dtype).tiny)  # XLA sets less to 0
    for formula, found in zip(formulas, [result, *[x.grad for x in operands]], strict=True):
        if formula is None:
            continue
        kind = float if name in EXACT else mp.mpf
        limit = 16 if found is result else 100
        for x, y, got in zip(first, second, found.detach().numpy().tolist(), strict=True):
            right = mp.mpf(formula(kind(x), kind(y)))
            if abs(right) < np.finfo(dtype).max:
                assert abs(mp.mpf(got) - right) <= limit * max(eps * abs(right), least), (x, y, got, float(right))


def test_remainders_count_the_quotient_exactly(backend):
    for function in (polygrad.fmod, polygrad.remainder):
        x, y = (polygrad.tensor(v, dtype=polygrad.float64, requires_grad=True) for v in (1.0, 0.1))
        result = function(x, y)
        result.backward()
        assert result.item() == math.fmod(1.0, 0.1)  # 1 / 0.1 rounds to 10
        assert (x.grad.item(), y.grad.item()) == (1.0, -9.0)


def test_remainders_of_infinities_and_zeros(backend):
    def fmod(x, y):
        with np.errstate(all="ignore"):
            return polygrad.fmod(polygrad.tensor(x), polygrad.tensor(y)).item()

    assert fmod(5.0, math.inf) == 5.0 and fmod(-5.0, -math.inf) == -5.0
    assert math.isnan(fmod(math.inf, 2.0)) and math.isnan(fmod(1.0, 0.0)) and math.isnan(fmod(math.nan, 1.0))
    assert math.copysign(1.0, fmod(-4.0, 2.0)) == -1.0
    assert [fmod(x, y) for x, y in ((7, 3), (-7, 3), (7, -3), (-7, -3))] == [1, -1, 1, -1]


def test_xlogy_and_logit_at_the_ends_of_their_domains(backend):
    x, y = (polygrad.tensor(v, requires_grad=True) for v in ([0.0, 0.0, 0.0, 2.0], [0.0, math.inf, -1.0, 1.0]))
    result = polygrad.xlogy(x, y)
    result.sum().backward()
    assert result.tolist() == [0.0, 0.0, 0.0, 0.0]
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 0.0] and y.grad.tolist() == [0.0, 0.0, 0.0, 2.0]
    p = polygrad.tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        result = polygrad.logit(p)
        result.sum().backward()
    assert result.tolist() == [-math.inf, math.inf] and p.grad.tolist() == [math.inf, math.inf]


def test_whole_numbers_are_divided_as_whole_numbers(backend):
    x = polygrad.tensor([2**53 + 1, -(2**53) - 1, 7, -7])
    assert polygrad.div(x, 1, rounding_mode="trunc").tolist() == x.tolist()
    assert polygrad.div(x, 2, rounding_mode="trunc").tolist() == [2**52, -(2**52), 3, -3]


def test_a_cross_entropy_does_not_depend_on_what_all_scores_have_in_common(backend):
    def gradient(common):
        x = polygrad.tensor([[common, common + 1, common + 2]], requires_grad=True)
        F.cross_entropy(x, polygrad.tensor([0])).backward()
        return x.grad.numpy()

    for common in (100.0, 1e4, 1e6):
        np.testing.assert_allclose(gradient(common), gradient(0.0), rtol=1e-6)


# -- in programs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sigmoid", "silu", "softplus", "logsigmoid", "mish"])
def test_a_compiled_function_is_as_accurate(name, backend):
    function = getattr(F, name)
    (row,) = [row for row in ROWS if row.name == name]
    at = [-80.0, -40.0, -20.0, -10.0, 1.0, 10.0, 20.0]
    x = polygrad.tensor(at)
    gradient = polygrad.compile(lambda x: polygrad.func.grad(lambda x: function(x).sum())(x))(x)
    exact = [row.derivative(mp.mpf(v)) for v in at]
    assert not _errors(gradient.numpy(), exact, [row.scale(v) for v in at], 64, np.float32, True)


@pytest.mark.parametrize("layer", [polygrad.nn.LSTM, polygrad.nn.GRU], ids=lambda layer: layer.__name__)
def test_the_gates_of_recurrent_layers_have_tails(layer, backend):
    """With all gates far below 0 the first state is the product of two tails, or of one."""
    made = layer(1, 1)
    with polygrad.no_grad():
        for parameter in made.parameters():
            parameter.zero_()
        # LSTM: i, f, g, o, of which i and o are -20 and g is 1; GRU: r, z, n, of which z is 20 and n is 1.
        made.bias_ih_l0.copy_(
            polygrad.tensor([-20.0, 0.0, 1.0, -20.0] if layer is polygrad.nn.LSTM else [0.0, -20.0, -20.0])
        )
    x = polygrad.zeros(1, 1, 1)
    state = polygrad.ones(1, 1, 1)
    small = 1 / (1 + math.exp(20))
    if layer is polygrad.nn.LSTM:
        found, (_, cell) = made(x)
        assert cell.item() == pytest.approx(small * math.tanh(1), rel=1e-6)
        assert found.item() == pytest.approx(small * math.tanh(cell.item()), rel=1e-6)
    else:
        found, _ = made(x, state)  # (1 - z) * n + z * h, with n = -1 in single precision
        assert found.item() == pytest.approx(-1.0, rel=1e-6)
    found.sum().backward()
    gradient = made.bias_ih_l0.grad
    place = 3 if layer is polygrad.nn.LSTM else 1
    right = found.item() if layer is polygrad.nn.LSTM else 2 * small
    assert gradient[place].item() == pytest.approx(right, rel=1e-5)
