"""Complex tensors: their parts, their conjugates, and their views as pairs of real numbers."""

from __future__ import annotations

import itertools
import math

from .._core.alike import alike
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .common import check_tensor
from .strides import separate


def complex(real: Tensor, imag: Tensor) -> Tensor:
    """``real + 1j * imag``."""
    check_tensor(real, "complex", "real"), check_tensor(imag, "complex", "imag")
    if real.dtype is not imag.dtype or not real.dtype.is_floating_point:
        raise RuntimeError(f"complex() takes two real tensors of one type, not {real.dtype.name} and {imag.dtype.name}")
    return xp.complex(real, imag)


@alike("abs", "angle")
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """The complex numbers of that size and angle."""
    return complex(abs * xp.cos(angle), abs * xp.sin(angle))


def view_as_real(input: Tensor) -> Tensor:
    """Real and imaginary parts in a new last dimension.  A view.

    Raises RuntimeError for a real tensor.
    """
    if not input.dtype.is_complex:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return xp.view_as_real(input)


def view_as_complex(input: Tensor) -> Tensor:
    """The pairs in the last dimension as complex numbers.  A view.

    Raises RuntimeError where the last dimension is not of length 2, or the tensor is not real and floating-point.
    """
    if not input.ndim or input.shape[-1] != 2:
        raise RuntimeError(f"view_as_complex takes pairs in the last dimension, and the shape is {tuple(input.shape)}")
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"view_as_complex takes a real floating-point tensor, not {input.dtype.name}")
    return xp.view_as_complex(input)


def real(input: Tensor) -> Tensor:
    """The real part; a real tensor itself."""
    check_tensor(input, "real")
    return xp.real(input) if input.dtype.is_complex else input


def imag(input: Tensor) -> Tensor:
    """The imaginary part.  Raises RuntimeError for a real tensor."""
    if not check_tensor(input, "imag").dtype.is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes")
    return xp.imag(input)


def angle(input: Tensor) -> Tensor:
    """The angle of a complex number, in radians; pi for negative real ones."""
    if check_tensor(input, "angle").dtype.is_complex:
        return xp.atan2(xp.imag(input), xp.real(input))
    return xp.where(input < 0, math.pi, xp.where(xp.isnan(input), input, xp.astype(xp.zeros_like(input), input.dtype)))


def isreal(input: Tensor) -> Tensor:
    """Which elements have no imaginary part."""
    return xp.imag(input) == 0 if input.dtype.is_complex else xp.ones_like(input) == 1


def conj(input: Tensor) -> Tensor:
    """The conjugate, as a view; a real tensor itself."""
    return xp.conj(input) if check_tensor(input, "conj").dtype.is_complex else input


def conj_physical(input: Tensor) -> Tensor:
    """The conjugate, in new memory; a real tensor itself."""
    return separate(conj(input)) if check_tensor(input, "conj_physical").dtype.is_complex else input


def is_conj(input: Tensor) -> bool:
    """Whether ``input`` is a view that conjugates what it is a view of."""
    views = check_tensor(input, "is_conj")._view_chain()[:-1]
    return sum(view._base[1].name == "conj" for view in views) % 2 == 1 and input.dtype.is_complex


def resolve_conj(input: Tensor) -> Tensor:
    """``input`` itself, or a copy where it is a view that conjugates."""
    return xp.clone(input) if is_conj(input) else input


def resolve_neg(input: Tensor) -> Tensor:
    """``input`` itself, or a copy where it is the imaginary part of a view that conjugates."""
    lineage = check_tensor(input, "resolve_neg")._view_chain()
    parts = [base for view, base in itertools.pairwise(lineage) if view._base[1].name == "imag"]
    return xp.clone(input) if any(is_conj(base) for base in parts) else input
