"""Orthogonal polynomials, by their recurrence over the degree (DLMF 18.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.docstrings import join_sections
from .._core.errors import complex_refused
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import to_python
from .._core.tensor import Tensor
from .common import check_tensor
from .public import public_in_module

#: The polynomials of the degrees ``k`` and ``k - 1`` at ``x`` → that of the degree ``k + 1``.
Step = Callable[[int, Any, Any, Any], Any]


def _polynomial(input: Any, n: Any, name: str, first: Callable[[Any], Any], step: Step) -> Tensor:
    """The polynomial of degree ``n`` at ``input``: 0 for a negative degree."""
    n = to_python(n)
    like = input if isinstance(input, Tensor) else check_tensor(n, name, "n")
    x = input if isinstance(input, Tensor) else like._new_scalar(input, _dtypes.promote_scalar(like.dtype, type(input)))
    of_tensor = isinstance(n, Tensor)
    if not of_tensor and (isinstance(n, bool) or not isinstance(n, (int, float))):
        raise TypeError(f"{name}(): n is a number or a Tensor, not {type(n).__name__}")
    if x.dtype.is_complex or (of_tensor and n.dtype.is_complex):
        raise complex_refused(f"{name}()")
    dtype = _dtypes.promote(x.dtype, n.dtype) if of_tensor and n.dtype.is_differentiable else x.dtype
    x = xp.astype(x, dtype if dtype.is_differentiable else _dtypes.get_default_dtype())
    degree: Any = xp.astype(n.detach(), _dtypes.int64) if of_tensor else int(n)
    last = int(degree.max().item()) if of_tensor and degree.shape.numel() else 0 if of_tensor else degree
    before, current = xp.ones_like(x), first(x)
    result = before if not of_tensor else xp.where(degree == 0, before, 0.0)
    for k in range(1, last + 1):
        result = xp.where(degree == k, current, result) if of_tensor else current
        before, current = current, step(k, x, current, before)
    return result * 0 if not of_tensor and degree < 0 else result


def _chebyshev(k: int, x: Any, current: Any, before: Any) -> Any:
    return 2 * x * current - before


def _shifted_chebyshev(k: int, x: Any, current: Any, before: Any) -> Any:
    return 2 * (2 * x - 1) * current - before


#: Name → what it is, the polynomial of degree 1, the step, and the values at 0.5, or 0.25 if shifted, of the degrees 1 to 3.
FAMILIES: dict[str, tuple[str, Callable[[Any], Any], Step, str]] = {
    "chebyshev_polynomial_t": ("Chebyshev polynomials of the first kind", lambda x: x, _chebyshev, "[ 0.5000, -0.5000, -1.0000]"),
    "chebyshev_polynomial_u": ("Chebyshev polynomials of the second kind", lambda x: 2 * x, _chebyshev, "[ 1.,  0., -1.]"),
    "chebyshev_polynomial_v": ("Chebyshev polynomials of the third kind", lambda x: 2 * x - 1, _chebyshev, "[ 0., -1., -1.]"),
    "chebyshev_polynomial_w": ("Chebyshev polynomials of the fourth kind", lambda x: 2 * x + 1, _chebyshev, "[ 2.,  1., -1.]"),
    "hermite_polynomial_h": ("Hermite polynomials of the physicists", lambda x: 2 * x,
                             lambda k, x, p, q: 2 * x * p - 2 * k * q, "[ 1., -1., -5.]"),
    "hermite_polynomial_he": ("Hermite polynomials of the probabilists", lambda x: x, lambda k, x, p, q: x * p - k * q,
                              "[ 0.5000, -0.7500, -1.3750]"),
    "laguerre_polynomial_l": ("Laguerre polynomials", lambda x: 1 - x,
                              lambda k, x, p, q: ((2 * k + 1 - x) * p - k * q) / (k + 1), "[ 0.5000,  0.1250, -0.1458]"),
    "legendre_polynomial_p": ("Legendre polynomials", lambda x: x,
                              lambda k, x, p, q: ((2 * k + 1) * x * p - k * q) / (k + 1), "[ 0.5000, -0.1250, -0.4375]"),
    "shifted_chebyshev_polynomial_t": ("Chebyshev polynomials of the first kind, of ``2 * input - 1``", lambda x: 2 * x - 1,
                                       _shifted_chebyshev, "[-0.5000, -0.5000,  1.0000]"),
    "shifted_chebyshev_polynomial_u": ("Chebyshev polynomials of the second kind, of ``2 * input - 1``", lambda x: 4 * x - 2,
                                       _shifted_chebyshev, "[-1.,  0.,  1.]"),
    "shifted_chebyshev_polynomial_v": ("Chebyshev polynomials of the third kind, of ``2 * input - 1``", lambda x: 4 * x - 3,
                                       _shifted_chebyshev, "[-2.,  1.,  1.]"),
    "shifted_chebyshev_polynomial_w": ("Chebyshev polynomials of the fourth kind, of ``2 * input - 1``", lambda x: 4 * x - 1,
                                       _shifted_chebyshev, "[ 0., -1.,  1.]"),
}  # fmt: skip


def _declare(name: str, what: str, first: Callable[[Any], Any], step: Step, shown: str) -> Callable[..., Tensor]:
    def polynomial(input: Any, n: Any) -> Tensor:
        return _polynomial(input, n, name, first, step)

    polynomial.__name__ = polynomial.__qualname__ = name
    polynomial.__doc__ = join_sections(
        f"Return {what}, of each element.\n\nThe polynomial is differentiable in ``input``, not in its degree.  It comes from"
        " the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.",
        ["input: a real tensor, or a number.", "n: the degree, a number or a tensor whose shape broadcasts with that of"
         " ``input``; fractions are cut off.  One of the two is a tensor."],
        "A tensor of the broadcast shape; 0 where the degree is negative.",
        ["TypeError: neither argument is a tensor, or one is complex."],
        f"polygrad.special.{name}({0.25 if name[0] == 's' else 0.5}, polygrad.tensor([1.0, 2.0, 3.0]))  # tensor({shown})",
    )  # fmt: skip
    return public_in_module(in_single_precision(polynomial))


chebyshev_polynomial_t, chebyshev_polynomial_u, chebyshev_polynomial_v, chebyshev_polynomial_w = (
    _declare(name, *FAMILIES[name]) for name in list(FAMILIES)[:4]
)
hermite_polynomial_h, hermite_polynomial_he, laguerre_polynomial_l, legendre_polynomial_p = (
    _declare(name, *FAMILIES[name]) for name in list(FAMILIES)[4:8]
)
(
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
) = (_declare(name, *FAMILIES[name]) for name in list(FAMILIES)[8:])
