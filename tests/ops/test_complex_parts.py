"""The real and imaginary parts of complex tensors are bit by bit those that they were made from, also infinite, NaN and -0."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

import polygrad
from polygrad import Tensor
from polygrad.func import jvp, vmap

mpmath = pytest.importorskip("mpmath")

VALUES = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 2.5, 1e30, -1e-30]
PAIRS = [(a, b) for a in VALUES for b in VALUES]


def parts(dtype=polygrad.float64):
    """All pairs of values, as two tensors."""
    return [polygrad.tensor(list(part), dtype=dtype) for part in zip(*PAIRS, strict=True)]


def bits(x: Tensor) -> list[str]:
    """The parts of every element, so that 0 and -0 differ and NaN is equal to itself."""
    numbers = x.detach().reshape(-1).tolist()
    flat = [part for z in numbers for part in ((z.real, z.imag) if isinstance(z, complex) else (z,))]
    return ["nan" if v != v else repr(v) for v in flat]


def assert_parts(z: Tensor, real: Tensor, imag: Tensor) -> None:
    assert bits(z) == [b for pair in zip(bits(real), bits(imag), strict=True) for b in pair]


@pytest.mark.parametrize("dtype", [polygrad.float32, polygrad.float64], ids=str)
def test_a_complex_number_has_its_parts(dtype, backend):
    x, y = parts(dtype)
    z = polygrad.complex(x, y)
    assert z.dtype is dtype.to_complex()
    assert_parts(z, x, y)
    assert bits(z.real) == bits(x) and bits(z.imag) == bits(y)
    pairs = polygrad.stack([x, y], -1)
    assert_parts(polygrad.view_as_complex(pairs), x, y)
    assert bits(polygrad.view_as_real(z)) == bits(pairs)
    assert_parts(vmap(polygrad.complex)(x, y), x, y)
    assert_parts(polygrad.compile(polygrad.complex)(x, y), x, y)
    assert_parts(polygrad.complex(x[:1].reshape(()), y), x[:1].expand(len(PAIRS)), y)
    assert_parts(x.to(z.dtype), x, polygrad.zeros_like(x))
    assert_parts(z.conj().resolve_conj(), x, -y)
    assert z.isinf().tolist() == (x.isinf() | y.isinf()).tolist()
    assert z.isnan().tolist() == (x.isnan() | y.isnan()).tolist()


def test_writing_to_one_part_leaves_the_other(backend):
    x, y = parts()
    z = polygrad.complex(y, y)
    z.real = x
    assert_parts(z, x, y)
    z = polygrad.complex(x, x)
    z.imag = y
    assert_parts(z, x, y)
    z = polygrad.complex(x, y)
    polygrad.view_as_real(z)[..., 0].copy_(y)
    assert_parts(z, y, y)


def test_gradients_have_the_parts_of_what_comes_in(backend):
    x, y = parts()
    a, b = polygrad.ones_like(x).requires_grad_(), polygrad.ones_like(x).requires_grad_()
    of_a, of_b = polygrad.autograd.grad(polygrad.complex(a, b), (a, b), polygrad.complex(x, y))
    assert bits(of_a) == bits(x) and bits(of_b) == bits(y)
    z = polygrad.complex(a.detach(), b.detach()).requires_grad_()
    zero = polygrad.zeros_like(x)
    assert_parts(polygrad.autograd.grad(z.real, z, x)[0], x, zero)
    assert_parts(polygrad.autograd.grad(z.imag, z, y)[0], zero, y)
    assert_parts(polygrad.autograd.grad(polygrad.view_as_real(z), z, polygrad.stack([x, y], -1))[0], x, y)
    _, moved = jvp(polygrad.complex, (a.detach(), b.detach()), (x, y))
    assert_parts(moved, x, y)


def test_polar(backend):
    size, angle = (
        polygrad.tensor(v, dtype=polygrad.float64) for v in ([2.0, 1.0, 0.0, math.inf], [0.5, -0.0, 2.0, 0.25])
    )
    z = polygrad.polar(size, angle)
    assert_parts(z, size * angle.cos(), size * angle.sin())
    np.testing.assert_allclose(z[:1].tolist(), [cmath.rect(2.0, 0.5)])


#: Functions that jump at a cut, and a point on it: the side is that of the zero's sign.
CUTS = {
    "sqrt": (-4.0, cmath.sqrt),
    "log": (-1.0, cmath.log),
    "log10": (-1.0, cmath.log10),
    "angle": (-1.0, cmath.phase),
    "asin": (2.0, cmath.asin),
    "acos": (2.0, cmath.acos),
    "atanh": (2.0, cmath.atanh),
    "acosh": (0.5, cmath.acosh),
}


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_cut_has_two_sides(name, sign, backend):
    if "jit" in polygrad.get_backend(backend).capabilities and name != "angle":
        pytest.skip("the library takes no notice of the sign of a zero")
    at, function = CUTS[name]
    zero = math.copysign(0.0, sign)
    z = polygrad.complex(*(polygrad.tensor([v], dtype=polygrad.float64) for v in (at, zero)))
    np.testing.assert_allclose(getattr(polygrad, name)(z).tolist(), [function(complex(at, zero))], rtol=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_an_optimizer_takes_infinite_parts(backend):
    for optimizer in (polygrad.optim.Adam, polygrad.optim.RMSprop):
        w = polygrad.complex(polygrad.tensor([1.0]), polygrad.tensor([2.0])).requires_grad_()
        w.grad = polygrad.complex(polygrad.tensor([1.0]), polygrad.tensor([math.inf]))
        optimizer([w]).step()
        assert math.isfinite(w.real.item()) and w.real.item() < 1


@pytest.mark.parametrize(
    "z",
    [1e-10 + 1e-10j, 1e-5 - 1e-6j, 1e-4 + 1e-2j, -1e-30 + 0j, 1e-20j, -0.3 + 0.1j, 0.7 - 0.2j, -1.5 + 2j, 3e3 + 4j],
    ids=str,
)
def test_the_logarithm_of_almost_one(z, backend):
    expected = (
        mpmath.log(1 + mpmath.mpc(z))
        if abs(z) > 1e-3
        else mpmath.mpc(z) - mpmath.mpc(z) ** 2 / 2 + mpmath.mpc(z) ** 3 / 3
    )
    found = polygrad.log1p(polygrad.tensor(z, dtype=polygrad.complex128)).item()
    if "jit" in polygrad.get_backend(backend).capabilities and abs(z) < 1e-15:
        expected = mpmath.mpc(found.real, expected.imag)  # squares below 1e-38 are 0 there
    assert (found.real, found.imag) == pytest.approx((float(expected.real), float(expected.imag)), rel=1e-13)
