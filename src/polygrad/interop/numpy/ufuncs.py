"""NumPy's universal functions: what answers for each, and for their methods ``reduce``, ``accumulate`` and ``outer``."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import array_api as xp
from ..._core.primitive import OPERATIONS as ops
from ..._core.primitive import Primitive
from ..._core.tensor import Tensor
from ..._functions import public
from ..._functions.public import FUNCTIONS as NAMES
from ...array_api import special
from .arguments import Signature, operands
from .reductions import cumprod, cumsum

#: NumPy's names of universal functions → polygrad's, where they are not the same.
_RENAMED = {
    "conjugate": "conj", "degrees": "rad2deg", "equal": "eq", "fabs": "abs", "invert": "bitwise_not",
    "left_shift": "bitwise_left_shift", "power": "pow", "radians": "deg2rad", "right_shift": "bitwise_right_shift",
    "rint": "round", "sign": "sgn",
}  # fmt: skip
_SAME = """
    absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and bitwise_or bitwise_xor ceil copysign
    cos cosh deg2rad divide exp exp2 expm1 float_power floor floor_divide fmax fmin fmod frexp gcd greater greater_equal
    heaviside hypot isfinite isinf isnan lcm ldexp less less_equal log log10 log1p log2 logaddexp logaddexp2 matmul
    maximum minimum multiply negative nextafter not_equal positive rad2deg reciprocal remainder signbit sin sinh sqrt
    square subtract tan tanh trunc
""".split()


def _both(quotient: Callable[..., Any], rest: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, y: (quotient(x, y), rest(x, y))


def _logaddexp2(x: Any, y: Any) -> Tensor:
    scale = math.log(2.0)
    return xp.logaddexp(x * scale, y * scale) / scale


def _modf(x: Tensor) -> tuple[Tensor, Tensor]:
    whole = xp.trunc(x)
    return xp.where(xp.isinf(x), xp.copysign(xp.zeros_like(x), x), x - whole), whole


def _matvec(matrix: Tensor, vector: Tensor) -> Tensor:
    return (matrix @ vector[..., None])[..., 0]


def _vecmat(vector: Tensor, matrix: Tensor) -> Tensor:
    return (xp.conj(vector)[..., None, :] @ matrix)[..., 0, :]


def _of_arrays(name: str) -> Callable[..., Any]:
    """The function of polygrad of that name; compositions take no numbers as operands, as primitives do."""
    function = public(name)
    return function if isinstance(NAMES[name], Primitive) else lambda *given: function(*operands(*given))


def _of_truth(name: str) -> Callable[..., Tensor]:
    """A logical function, of numbers too: those other than 0 are true."""
    return lambda *given: public(name)(*[x if x.dtype is xp.bool else x != 0 for x in operands(*given)])


_OTHERS: dict[str, Callable[..., Any]] = {
    "divmod": lambda x, y: (ops.floor_divide(x, y), ops.remainder(x, y)), "modf": _modf, "logaddexp2": _logaddexp2,
    "vecdot": xp.vecdot, "matvec": _matvec, "vecmat": _vecmat,
    **{name: _of_truth(name) for name in ("logical_and", "logical_or", "logical_xor", "logical_not")},
}  # fmt: skip

#: Universal function → what answers for it.  Newer versions of NumPy have more than older ones.
UFUNCS: dict[Any, Callable[..., Any]] = {
    **{getattr(np, name): _of_arrays(name) for name in _SAME if name in NAMES},
    **{getattr(np, name): _of_arrays(known) for name, known in _RENAMED.items()},
    **{getattr(np, name): function for name, function in _OTHERS.items() if hasattr(np, name)},
}


def find(ufunc: np.ufunc) -> Callable[..., Any] | None:
    """What answers for a universal function of NumPy or SciPy, or None."""
    if ufunc in UFUNCS:
        return UFUNCS[ufunc]
    scipy = sys.modules.get("scipy.special._ufuncs")
    if getattr(scipy, ufunc.__name__, None) is ufunc:
        return getattr(special, ufunc.__name__, None)
    return None


_REDUCTIONS: dict[np.ufunc, Callable[..., Tensor]] = {
    np.add: xp.sum, np.multiply: xp.prod, np.maximum: xp.max, np.minimum: xp.min, np.logical_and: xp.all,
    np.logical_or: xp.any,
}  # fmt: skip
_ACCUMULATIONS: dict[np.ufunc, Callable[..., Tensor]] = {np.add: cumsum, np.multiply: cumprod}
_REDUCE = Signature.parse("array / axis dtype !out keepdims !initial !where")
_ACCUMULATE = Signature.parse("array / axis dtype !out")
_OUTER = Signature.parse("A B / !where !casting !order !dtype !subok")


def call_method(name: str, ufunc: np.ufunc, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``ufunc.reduce`` and the other methods.  Raises TypeError for those that tensors do not have."""
    if method == "outer" and ufunc.nin == 2 and not ufunc.signature:
        (a, b), _ = _OUTER.bind(name, args, kwargs)
        return UFUNCS[ufunc](a.reshape([*a.shape, *[1] * b.ndim]), b)
    table, signature = {"reduce": (_REDUCTIONS, _REDUCE), "accumulate": (_ACCUMULATIONS, _ACCUMULATE)}.get(
        method, ({}, None)
    )
    if signature is None or ufunc not in table:
        raise TypeError(
            f"{name}() has no counterpart for tensors; ufuncs have outer, add and multiply also reduce and accumulate, and "
            "maximum, minimum, logical_and and logical_or reduce"
        )
    (array,), named = signature.bind(name, args, kwargs)
    return table[ufunc](array, **{"axis": 0, **named})
