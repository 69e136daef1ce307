"""Special functions, as in ``torch.special``: ``polygrad.special.erfcx(x)``.

All are computed element by element, to full accuracy, and are differentiable to every order where nothing else is said.
"""

from __future__ import annotations

from .._core.primitive import OPERATIONS as _operations
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

bessel_j0 = _operations.bessel_j0
bessel_j1 = _operations.bessel_j1
bessel_y0 = _operations.bessel_y0
bessel_y1 = _operations.bessel_y1
digamma = psi = _operations.digamma
entr = _operations.entr
erf = _operations.erf
erfc = _operations.erfc
erfcx = _operations.erfcx
erfinv = _operations.erfinv
expit = _operations.sigmoid
expm1 = _operations.expm1
gammaln = _operations.lgamma
i0 = modified_bessel_i0 = _operations.i0
i0e = _operations.i0e
i1 = modified_bessel_i1 = _operations.i1
i1e = _operations.i1e
log1p = _operations.log1p
log_ndtr = _operations.log_ndtr
modified_bessel_k0 = _operations.modified_bessel_k0
modified_bessel_k1 = _operations.modified_bessel_k1
ndtr = _operations.ndtr
ndtri = _operations.ndtri
scaled_modified_bessel_k0 = _operations.scaled_modified_bessel_k0
scaled_modified_bessel_k1 = _operations.scaled_modified_bessel_k1
zeta = _operations.zeta
