"""Python numbers with tensors of half precision: the result is rounded once, and the numbers are not rounded."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad

SCALARS = [65536.0, 70000, 1e-8, 0.1, 2.0, -3, 1e5, -65504.0, 1 / 3, 2**-24, 2**-25]
VALUES = [100.0, 60000.0, -60000.0, 1e-3, 0.3, 1.5]
OPERATIONS = {
    "x + n": (lambda x, n: x + n, lambda x, n: x + n),
    "n + x": (lambda x, n: n + x, lambda x, n: x + n),
    "x - n": (lambda x, n: x - n, lambda x, n: x - n),
    "n - x": (lambda x, n: n - x, lambda x, n: n - x),
    "x * n": (lambda x, n: x * n, lambda x, n: x * n),
    "n * x": (lambda x, n: n * x, lambda x, n: x * n),
    "x / n": (lambda x, n: x / n, lambda x, n: x / n),
    "n / x": (lambda x, n: n / x, lambda x, n: n / x),
    "x += n": (lambda x, n: (x * 1).__iadd__(n), lambda x, n: x + n),
    "x -= n": (lambda x, n: (x * 1).__isub__(n), lambda x, n: x - n),
    "x *= n": (lambda x, n: (x * 1).__imul__(n), lambda x, n: x * n),
    "x /= n": (lambda x, n: (x * 1).__itruediv__(n), lambda x, n: x / n),
    "mul_": (lambda x, n: x.detach().clone().mul_(n), lambda x, n: x * n),
    "NumPy's": (lambda x, n: x * np.float64(n), lambda x, n: x * n),
    "x ** n": (lambda x, n: x.abs() ** (n / 1e5), lambda x, n: abs(x) ** (n / 1e5)),
    "maximum": (lambda x, n: polygrad.maximum(x, n), lambda x, n: np.maximum(x, n)),
    "add alpha": (lambda x, n: x.add(x, alpha=n), lambda x, n: x + n * x),
    "sub alpha": (lambda x, n: polygrad.sub(x, x, alpha=n), lambda x, n: x - n * x),
    "add_ alpha": (lambda x, n: (x * 1).add_(x, alpha=n), lambda x, n: x + n * x),
    "lerp": (lambda x, n: x.lerp(-x, n / 1e5), lambda x, n: x + (n / 1e5) * (-x - x)),
    "addcmul": (lambda x, n: x.addcmul(x, x, value=n), lambda x, n: x + n * x * x),
    "addcdiv": (lambda x, n: polygrad.addcdiv(x, x, x, value=n), lambda x, n: x + n),
    "addmm": (
        lambda x, n: polygrad.addmm(x[:1, None], x[None], x[:, None] * 0 + 1, alpha=n)[0],
        lambda x, n: x[:1] + n * x.sum(),
    ),
}


TYPES = {"numpy": ("float16",), "jax": ("float16", "bfloat16")}
PRECISIONS = [(name, dtype) for name in polygrad.backends.available() for dtype in TYPES.get(name, ())]


def _rounded(values, dtype):
    if dtype == "float16":
        with np.errstate(over="ignore"):
            return np.asarray(values, np.float16).astype(np.float64)
    bits = np.asarray(values, np.float32).view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return bits.astype(np.uint32).view(np.float32).astype(np.float64)


@pytest.mark.parametrize(("backend", "dtype"), PRECISIONS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_computed_is_rounded_once(name, backend, dtype):
    ours, exact = OPERATIONS[name]
    bit = {"float16": 2.0**-10, "bfloat16": 2.0**-7}[dtype]
    with polygrad.backends.use_backend(backend), np.errstate(all="ignore"):
        values = _rounded(VALUES, dtype)
        for number in SCALARS:
            x = polygrad.tensor(values.tolist(), dtype=getattr(polygrad, dtype))
            found = ours(x, number)
            assert found.dtype is x.dtype
            expected = _rounded(exact(values, float(number)), dtype)
            np.testing.assert_allclose(found.tolist(), expected, rtol=1.5 * bit, atol=2.0**-24, err_msg=f"{number}")


@pytest.mark.parametrize("backend", [name for name in polygrad.backends.available() if name in TYPES])
def test_loss_scaling(backend):
    """Gradients, transforms and compiled programs multiply by the unrounded number as well, and by the next one."""
    with polygrad.backends.use_backend(backend):
        w = polygrad.tensor([1e-3], dtype=polygrad.float16, requires_grad=True)
        (w * 65536.0 * 1e-4).sum().backward()
        np.testing.assert_allclose(w.grad.tolist(), [6.5536], rtol=1e-2)
        x = w.detach()
        expected = pytest.approx(float(x) * 65536, rel=1e-3)
        assert polygrad.vmap(lambda x: x * 65536.0)(x[None]).item() == expected
        value, tangent = polygrad.func.jvp(lambda x: x * 65536.0, (x,), (x,))
        assert value.item() == expected and tangent.item() == expected
        scaled = polygrad.compile(lambda x, scale: x * scale)
        for scale in (1.0, 2.0, 65536.0, 32768.0, 70000.0, 0.3):
            assert scaled(x, scale).item() == pytest.approx(float(x) * scale, rel=1e-2)


def test_a_number_of_half_precision_needs_no_conversion():
    x = polygrad.tensor([1.5], dtype=polygrad.float16, requires_grad=True)
    assert (x * 2.0).grad_fn.name() == (x.double() * 2.0).grad_fn.name()
    assert (x * 65536.0).grad_fn.name() != (x * 2.0).grad_fn.name()
