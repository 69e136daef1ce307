"""NumPy as the Array API standard has it.

`array_api_compat.numpy` makes it so, and imports all of NumPy for that, down to its tests and its Fortran compiler, which
takes as long as NumPy itself.  So names for which it hands on NumPy's own function, or adds only what NumPy has had since
2.0, come from NumPy; it is imported for the others, when one of them is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

#: The objects that array-api-compat hands on.
HANDED_ON = frozenset(
    """
    e inf nan pi
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128
    from_dlpack meshgrid tril triu broadcast_arrays broadcast_shapes broadcast_to can_cast isdtype result_type
    abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_invert bitwise_or
    bitwise_right_shift bitwise_xor conj copysign cos cosh divide equal exp expm1 floor_divide greater greater_equal hypot
    imag isfinite isinf isnan less less_equal log log1p log2 log10 logaddexp logical_and logical_not logical_or
    logical_xor maximum minimum multiply negative nextafter not_equal positive pow real reciprocal remainder round signbit
    sin sinh square sqrt subtract tan tanh
    take concat expand_dims flip moveaxis repeat reshape roll squeeze stack tile unstack
    argmax argmin searchsorted where max mean min prod sum all any diff
    """.split()
)
#: The functions to which it adds the argument ``device``.
WITH_DEVICE = frozenset("arange empty empty_like eye full full_like linspace ones ones_like zeros zeros_like".split())
#: Data types that NumPy does not have, which `Backend` looks for.
_LACKING = frozenset(("bfloat16",))

_FROM_NUMPY = HANDED_ON | WITH_DEVICE | _LACKING


class _Library:
    def __getattr__(self, name: str) -> Any:
        home = np if name in _FROM_NUMPY else importlib.import_module("array_api_compat.numpy")
        found = getattr(home, name)
        setattr(self, name, found)
        return found


library: Any = _Library()
