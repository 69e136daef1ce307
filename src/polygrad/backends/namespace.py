"""The flat ``xp`` that primitives and rules see.

It is the library's Array API namespace with ``linalg`` and ``fft`` flattened into it and with the operations that the
standard lacks.  A name is looked up, in this order, in the backend's kernels, in the library's namespace if the standard
has the name, and among the generic implementations of primitives.  The result is kept as an attribute, so that each name
is looked up once per backend.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import _dtypes

#: The functions, types and constants of the Array API standard 2025.12.  Only these are taken from a library: what else it
#: has under a name may mean something else.
STANDARD = frozenset(
    """
    e inf nan newaxis pi
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
    arange asarray empty empty_like eye from_dlpack full full_like linspace meshgrid ones ones_like tril triu zeros
    zeros_like astype broadcast_arrays broadcast_shapes broadcast_to can_cast finfo iinfo isdtype result_type
    abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_invert bitwise_or
    bitwise_right_shift bitwise_xor ceil clip conj copysign cos cosh divide equal exp expm1 floor floor_divide greater
    greater_equal hypot imag isfinite isinf isnan less less_equal log log1p log2 log10 logaddexp logical_and logical_not
    logical_or logical_xor maximum minimum multiply negative nextafter not_equal positive pow real reciprocal remainder
    round sign signbit sin sinh square sqrt subtract tan tanh trunc
    take take_along_axis matmul matrix_transpose tensordot vecdot
    concat expand_dims flip moveaxis permute_dims repeat reshape roll squeeze stack tile unstack
    argmax argmin count_nonzero nonzero searchsorted where isin unique_all unique_counts unique_inverse unique_values
    argsort sort cumulative_prod cumulative_sum max mean min prod std sum var all any diff
    cholesky cross det diagonal eig eigh eigvals eigvalsh inv matrix_norm matrix_power matrix_rank outer pinv qr slogdet
    solve svd svdvals trace vector_norm
    fft fftfreq fftn fftshift hfft ifft ifftn ifftshift ihfft irfft irfftn rfft rfftfreq rfftn
    """.split()
)

#: Those of the extension ``linalg`` alone.  Libraries have functions of some of these names that do something else outside
#: of it, such as NumPy's ``diagonal``, which takes the first two axes.
LINALG = frozenset(
    """
    cholesky cross det diagonal eig eigh eigvals eigvalsh inv matrix_norm matrix_power matrix_rank outer pinv qr slogdet
    solve svd svdvals trace vector_norm
    """.split()
)

#: The operations that add or multiply many elements together or take moments of them: half precision is computed in single
#: precision there, and rounded once.  Primitives say it of themselves.
ACCUMULATING: set[str] = set()

#: Operation name → generic implementation, for operations that the standard lacks.  Primitives add their forward.
GENERIC: dict[str, Callable[..., Any]] = {}


class Namespace:
    """The names of one backend, as ``xp.NAME``."""

    def __init__(self, backend: Any):
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = self._find(name)
        setattr(self, name, found)
        return found

    def _find(self, name: str) -> Any:
        found = self._find_plain(name)
        return _rounded_once(self._backend, name, found) if name in ACCUMULATING else found

    def _find_plain(self, name: str) -> Any:
        backend = self._backend
        if name == "device":  # where an array is, which a traced one may not know: ``xp.zeros(n, device=xp.device(x))``
            return backend.device
        if name in backend.kernels:
            return backend.kernels[name]
        library = backend.library
        if name in STANDARD:
            # The transform comes first: ``library.fft`` itself is the submodule, not the function of that name.
            extension = "fft" if "fft" in name else "linalg" if name in LINALG else None
            for home in (getattr(library, extension, None), library) if extension else (library,):
                found = getattr(home, name, None)
                if found is not None:
                    return found
        if name in GENERIC:
            return partial(GENERIC[name], self)
        raise AttributeError(f"neither the Array API standard nor polygrad has an operation {name!r}")


def half_types(backend: Any, name: str) -> frozenset[Any]:
    """The library's types of half precision whose arrays operation ``name`` wants in single precision."""
    if name not in ACCUMULATING or name in backend.accumulates:
        return frozenset()
    found = []
    for dtype in _dtypes.ALL:
        if dtype.is_half:
            with contextlib.suppress(TypeError):  # the library does not have it
                found.append(backend.to_dtype(dtype))
    return frozenset(found)


def _rounded_once(backend: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of raw arrays, in single precision for those of half."""
    halves = half_types(backend, name)
    if not halves:
        return function

    def run(x: Any, *others: Any, **settings: Any) -> Any:
        half = getattr(x, "dtype", None)
        if half not in halves:
            return function(x, *others, **settings)
        wide = backend.to_dtype(_dtypes.float32)
        astype = backend.xp.astype
        others = tuple([astype(y, wide) if getattr(y, "dtype", None) in halves else y for y in others])
        result = function(astype(x, wide), *others, **settings)
        return astype(result, half) if getattr(result, "dtype", None) == wide else result

    return run
