"""Special functions, as in ``torch.special``: ``polygrad.special.erfcx(x)``.

All are computed element by element, to full accuracy, and are differentiable to every order where nothing else is said.
"""

from __future__ import annotations

from .._core.primitive import PRIMITIVES as _primitives
from .._functions.elementwise import round
from .._functions.nn.activations import log_softmax, softmax
from .._functions.polynomials import (
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
    hermite_polynomial_h,
    hermite_polynomial_he,
    laguerre_polynomial_l,
    legendre_polynomial_p,
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
)
from .._functions.reductions import logsumexp
from .._functions.special import (
    exp2,
    logit,
    polygamma,
    sinc,
    spherical_bessel_j0,
    xlog1py,
    xlogy,
)
from .._functions.special import mvlgamma as multigammaln

__all__ = [
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammaln",
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w",
    "sinc",
    "softmax",
    "spherical_bessel_j0",
    "xlog1py",
    "xlogy",
    "zeta",
]  # fmt: skip

bessel_j0 = _primitives["bessel_j0"].function
bessel_j1 = _primitives["bessel_j1"].function
bessel_y0 = _primitives["bessel_y0"].function
bessel_y1 = _primitives["bessel_y1"].function
digamma = psi = _primitives["digamma"].function
entr = _primitives["entr"].function
erf = _primitives["erf"].function
erfc = _primitives["erfc"].function
erfcx = _primitives["erfcx"].function
erfinv = _primitives["erfinv"].function
expit = _primitives["sigmoid"].function
expm1 = _primitives["expm1"].function
gammaln = _primitives["lgamma"].function
i0 = modified_bessel_i0 = _primitives["i0"].function
i0e = _primitives["i0e"].function
i1 = modified_bessel_i1 = _primitives["i1"].function
i1e = _primitives["i1e"].function
log1p = _primitives["log1p"].function
log_ndtr = _primitives["log_ndtr"].function
modified_bessel_k0 = _primitives["modified_bessel_k0"].function
modified_bessel_k1 = _primitives["modified_bessel_k1"].function
ndtr = _primitives["ndtr"].function
ndtri = _primitives["ndtri"].function
scaled_modified_bessel_k0 = _primitives["scaled_modified_bessel_k0"].function
scaled_modified_bessel_k1 = _primitives["scaled_modified_bessel_k1"].function
zeta = _primitives["zeta"].function
