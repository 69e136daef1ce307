"""Special functions under SciPy's names.

The standard has no such extension yet; SciPy looks for it all the same, so that ``scipy.special.erf(tensor)`` and what SciPy
computes with it (p-values of tests among them) are on the graph.  See https://github.com/data-apis/array-api/issues/725.
"""

from __future__ import annotations

from typing import Any

from .._core.primitive import PRIMITIVES as _primitives
from .._core.tensor import Tensor
from .._functions.special import exp2, logit, sinc, xlog1py, xlogy

digamma = psi = _primitives["digamma"].function
entr = _primitives["entr"].function
erf, erfc, erfcx = _primitives["erf"].function, _primitives["erfc"].function, _primitives["erfcx"].function
erfinv = _primitives["erfinv"].function
expit = _primitives["sigmoid"].function
gammaln = _primitives["lgamma"].function
i0, i0e = _primitives["i0"].function, _primitives["i0e"].function
i1, i1e = _primitives["i1"].function, _primitives["i1e"].function
j0, j1 = _primitives["bessel_j0"].function, _primitives["bessel_j1"].function
k0, k1 = _primitives["modified_bessel_k0"].function, _primitives["modified_bessel_k1"].function
k0e, k1e = _primitives["scaled_modified_bessel_k0"].function, _primitives["scaled_modified_bessel_k1"].function
log_ndtr = _primitives["log_ndtr"].function
ndtr, ndtri = _primitives["ndtr"].function, _primitives["ndtri"].function
y0, y1 = _primitives["bessel_y0"].function, _primitives["bessel_y1"].function


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
