"""The table of operations: special functions.  Those that are singular at 0 or below get positive operands."""

from __future__ import annotations

from .table import between, case, nonzero, positive, row, unary, whole

SPECIAL = [
    *[unary(name, between(-2.5, 2.5), kinds=("float64",))
      for name in ("erfc", "erfcx", "ndtr", "log_ndtr", "inverse_mills", "i0", "i1", "bessel_j0", "bessel_j1")],
    *[unary(name, nonzero, kinds=("float64",)) for name in ("i0e", "i1e")],
    *[unary(name, between(0.05, 0.95), kinds=("float64",)) for name in ("ndtri", "erfinv")],
    *[unary(name, positive, kinds=("float64",)) for name in (
        "entr", "lgamma", "digamma", "bessel_y0", "bessel_y1", "modified_bessel_k0", "modified_bessel_k1",
        "scaled_modified_bessel_k0", "scaled_modified_bessel_k1")],
    row("gaussian", case((2, 3), factor=1.0), case((3,), factor=0.5), case((0,), factor=1.0)),
    row("scaled_erfc_integral", case((2, 3), order=1), case(positive(3), order=2), case(between(2, 9)(3), order=3),
        case((0,), order=1)),
    row("polygamma", case(positive(2, 3), n=0), case(positive(3), n=1), case(between(-0.7, -0.3)(3), n=2), case((0,), n=1)),
    row("zeta", case(whole(4)(2, 3), positive(3)), case(whole(4)(), between(9, 20)(2)), case(whole(4)(0), positive(0)),
        function=lambda xp, x, y: xp.zeta(x + 2, y)),
    row("bessel_quotient", case((2, 3), order=0, family="ordinary"), case(between(4, 9)(3), order=2, family="ordinary"),
        case((3,), order=1, family="modified"), case(between(9, 14)(3), order=1, family="modified"),
        case((3,), order=0, family="spherical"), case(between(4, 9)(3), order=1, family="spherical"),
        case((0,), order=0, family="spherical")),
]  # fmt: skip
