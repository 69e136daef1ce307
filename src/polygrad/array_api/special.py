"""Special functions under SciPy's names.

The standard has no such extension yet; SciPy looks for it all the same, so that ``scipy.special.erf(tensor)`` and what SciPy
computes with it (p-values of tests among them) are on the graph.  See https://github.com/data-apis/array-api/issues/725.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.primitive import PRIMITIVES as _primitives
from .._core.tensor import Tensor
from .._functions.special import exp2, logit, sinc, xlog1py, xlogy

digamma: Callable[..., Tensor] = _primitives["digamma"].function
psi: Callable[..., Tensor] = digamma
entr: Callable[..., Tensor] = _primitives["entr"].function
erf: Callable[..., Tensor] = _primitives["erf"].function
erfc: Callable[..., Tensor] = _primitives["erfc"].function
erfcx: Callable[..., Tensor] = _primitives["erfcx"].function
erfinv: Callable[..., Tensor] = _primitives["erfinv"].function
expit: Callable[..., Tensor] = _primitives["sigmoid"].function
gammaln: Callable[..., Tensor] = _primitives["lgamma"].function
i0: Callable[..., Tensor] = _primitives["i0"].function
i0e: Callable[..., Tensor] = _primitives["i0e"].function
i1: Callable[..., Tensor] = _primitives["i1"].function
i1e: Callable[..., Tensor] = _primitives["i1e"].function
j0: Callable[..., Tensor] = _primitives["bessel_j0"].function
j1: Callable[..., Tensor] = _primitives["bessel_j1"].function
k0: Callable[..., Tensor] = _primitives["modified_bessel_k0"].function
k1: Callable[..., Tensor] = _primitives["modified_bessel_k1"].function
k0e: Callable[..., Tensor] = _primitives["scaled_modified_bessel_k0"].function
k1e: Callable[..., Tensor] = _primitives["scaled_modified_bessel_k1"].function
log_ndtr: Callable[..., Tensor] = _primitives["log_ndtr"].function
ndtr: Callable[..., Tensor] = _primitives["ndtr"].function
ndtri: Callable[..., Tensor] = _primitives["ndtri"].function
y0: Callable[..., Tensor] = _primitives["bessel_y0"].function
y1: Callable[..., Tensor] = _primitives["bessel_y1"].function


def zeta(x: Any, q: Any = 1.0) -> Tensor:
    """Hurwitz' zeta function, the sum of ``(k + q) ** -x``; of one argument, Riemann's.

    Args:
        x: the exponents, a tensor of any shape.
        q: the first terms, a tensor that is broadcast against ``x``, or a number.

    Returns:
        A tensor of the common shape.  Its gradient is that for ``q``.

    Example::

        >>> polygrad.array_api.special.zeta(polygrad.tensor([2.0, 4.0]))
        tensor([1.6449, 1.0823])
    """
    return _primitives["zeta"].function(x, q)


__all__ = [
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit", "gammaln", "i0", "i0e", "i1", "i1e", "j0", "j1", "k0",
    "k0e", "k1", "k1e", "log_ndtr", "logit", "ndtr", "ndtri", "psi", "sinc", "xlog1py", "xlogy", "y0", "y1", "zeta",
]  # fmt: skip
