"""Padé approximants of the exponential of matrices, for the primitive `matrix_exp` and for kernels of it.

N. J. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005): the coefficients, and the norms up
to which degree 13 gives double precision and degree 7 single precision.
"""

from __future__ import annotations

from typing import Any

_DOUBLE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0, 10559470521600.0,
    670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
_SINGLE = (17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0, 1.0)


def largest_norm(single: bool) -> float:
    """The largest norm (see `column_norm`) of matrices whose exponential `pade` gives to full precision."""
    return 3.925724783138660 if single else 5.371920351148152


def column_norm(xp: Any, x: Any) -> Any:
    """The largest sum of absolute values of a column, for every matrix, with the axes kept."""
    return xp.max(xp.sum(xp.abs(x), axis=-2, keepdims=True), axis=-1, keepdims=True)


def pade(xp: Any, x: Any, identity: Any, single: bool) -> tuple[Any, Any]:
    """The denominator and the numerator of the Padé approximant of ``exp(x)``."""
    b: tuple[float, ...] = _SINGLE if single else _DOUBLE
    x2 = xp.matmul(x, x)
    x4 = xp.matmul(x2, x2)
    x6 = xp.matmul(x4, x2)
    odd = b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * identity
    even = b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * identity
    if not single:
        odd = odd + xp.matmul(x6, b[13] * x6 + b[11] * x4 + b[9] * x2)
        even = even + xp.matmul(x6, b[12] * x6 + b[10] * x4 + b[8] * x2)
    odd = xp.matmul(x, odd)
    return even - odd, even + odd
