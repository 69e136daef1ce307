"""Complex tensors: their parts, their conjugates, and their views as pairs of real numbers."""

from __future__ import annotations

import itertools
import math

from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .common import check_tensor
from .public import public_function
from .strides import separate


@public_function(out=True)
def complex(real: Tensor, imag: Tensor) -> Tensor:
    """Return a complex tensor with the given real and imaginary parts.

    Args:
        real: a tensor of a real floating-point type.
        imag: a tensor of the same data type, whose shape broadcasts with that of ``real``.

    Returns:
        A complex tensor of the broadcast shape: complex64 for float32, complex128 for float64.

    Raises:
        RuntimeError: the data types differ, or are not real floating-point types.

    Example::

        >>> polygrad.complex(polygrad.tensor([1.0, 2.0]), polygrad.tensor([0.0, -1.0]))
        tensor([1.+0.j, 2.-1.j])
    """
    check_tensor(real, "complex", "real"), check_tensor(imag, "complex", "imag")
    if real.dtype is not imag.dtype or not real.dtype.is_floating_point:
        raise RuntimeError(
            f"complex(): real and imag must have one real floating-point type, but they are {real.dtype.name} and {imag.dtype.name}"
        )
    return xp.complex(real, imag)


@public_function(out=True)
@require_same_dtype("abs", "angle")
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """Return the complex numbers ``abs * exp(1j * angle)``.

    Args:
        abs: the absolute values, a tensor of a real floating-point type.
        angle: the angles in radians, a tensor of the same data type, whose shape broadcasts with that of ``abs``.

    Returns:
        A complex tensor of the broadcast shape.

    Raises:
        RuntimeError: the data types differ, or are not real floating-point types.

    Example::

        >>> polygrad.polar(polygrad.tensor([1.0, 2.0]), polygrad.tensor([0.0, 0.0]))
        tensor([1.+0.j, 2.+0.j])
    """
    return complex(abs * xp.cos(angle), abs * xp.sin(angle))


@public_function()
def view_as_real(input: Tensor) -> Tensor:
    """Return a real view with the real and imaginary parts in a new last dimension.

    Args:
        input: a complex tensor of any shape ``(*)``.

    Returns:
        A view of shape ``(*, 2)``.

    Raises:
        RuntimeError: ``input`` is real.

    Example::

        >>> polygrad.view_as_real(polygrad.tensor([1 + 2j]))
        tensor([[1., 2.]])
    """
    if not input.dtype.is_complex:
        raise RuntimeError(f"view_as_real(): the tensor must be complex, but it is {input.dtype.name}")
    return xp.view_as_real(input)


@public_function()
def view_as_complex(input: Tensor) -> Tensor:
    """Return a complex view of pairs of real and imaginary parts.

    Args:
        input: a real floating-point tensor of shape ``(*, 2)``.

    Returns:
        A view of shape ``(*)``.

    Raises:
        RuntimeError: the last dimension does not have length 2, or the data type is not a real floating-point one.

    Example::

        >>> polygrad.view_as_complex(polygrad.tensor([[1.0, 2.0]]))
        tensor([1.+2.j])
    """
    if not input.ndim or input.shape[-1] != 2:
        raise RuntimeError(f"view_as_complex takes pairs in the last dimension, and the shape is {tuple(input.shape)}")
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"view_as_complex takes a real floating-point tensor, not {input.dtype.name}")
    return xp.view_as_complex(input)


@public_function()
def real(input: Tensor) -> Tensor:
    """Return the real parts: a view of a complex tensor, or a real tensor itself.

    As the attribute ``x.real`` it can be assigned to.

    Args:
        input: a tensor of any shape.

    Returns:
        A real tensor of the shape of ``input``.

    Example::

        >>> polygrad.real(polygrad.tensor([1 + 2j]))
        tensor([1.])
    """
    check_tensor(input, "real")
    return xp.real(input) if input.dtype.is_complex else input


@public_function()
def imag(input: Tensor) -> Tensor:
    """Return the imaginary parts, as a view.

    As the attribute ``x.imag`` it can be assigned to.

    Args:
        input: a complex tensor of any shape.

    Returns:
        A real tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` is real.

    Example::

        >>> polygrad.imag(polygrad.tensor([1 + 2j]))
        tensor([2.])
    """
    if not check_tensor(input, "imag").dtype.is_complex:
        raise RuntimeError(
            f"imag: the tensor must be complex, but it is {input.dtype.name}; a real tensor has no imaginary part"
        )
    return xp.imag(input)


@public_function(method=True, out=True)
def angle(input: Tensor) -> Tensor:
    """Return the angle of each element in the complex plane.

    Args:
        input: a tensor of any shape.

    Returns:
        Angles in radians, in ``[-pi, pi]``.  Of real elements: pi where they are negative, else 0.

    Example::

        >>> polygrad.angle(polygrad.tensor([1 + 1j, -1 + 0j]))
        tensor([0.7854, 3.1416])
    """
    if check_tensor(input, "angle").dtype.is_complex:
        return xp.atan2(xp.imag(input), xp.real(input))
    return xp.where(input < 0, math.pi, xp.where(xp.isnan(input), input, xp.astype(xp.zeros_like(input), input.dtype)))


@public_function(method=True)
def isreal(input: Tensor) -> Tensor:
    """Test which elements have an imaginary part of 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``; all True for a real tensor.

    Example::

        >>> polygrad.isreal(polygrad.tensor([1 + 0j, 1j]))
        tensor([ True, False])
    """
    return xp.imag(input) == 0 if input.dtype.is_complex else xp.ones_like(input) == 1


@public_function(method=True)
def conj(input: Tensor) -> Tensor:
    """Return the complex conjugate as a view; a real tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A view of ``input``.

    Example::

        >>> polygrad.conj(polygrad.tensor([1 + 2j]))
        tensor([1.-2.j])
    """
    return xp.conj(input) if check_tensor(input, "conj").dtype.is_complex else input


@public_function(method=True, in_place=True, out=True)
def conj_physical(input: Tensor) -> Tensor:
    """Return the complex conjugate in new memory; a real tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.conj_physical(polygrad.tensor([1 + 2j]))
        tensor([1.-2.j])
    """
    return separate(conj(input)) if check_tensor(input, "conj_physical").dtype.is_complex else input


@public_function(method=True)
def is_conj(input: Tensor) -> bool:
    """Test whether a tensor is a conjugated view, as `conj` makes it.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> x = polygrad.tensor([1 + 2j])
        >>> polygrad.is_conj(x.conj()), polygrad.is_conj(x.conj().conj())
        (True, False)
    """
    views = check_tensor(input, "is_conj")._view_chain()[:-1]
    return sum(view._base[1].name == "conj" for view in views) % 2 == 1 and input.dtype.is_complex


@public_function(method=True)
def resolve_conj(input: Tensor) -> Tensor:
    """Copy a conjugated view; any other tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the same values for which `is_conj` is False.

    Example::

        >>> polygrad.resolve_conj(polygrad.tensor([1 + 2j]).conj())
        tensor([1.-2.j])
    """
    return xp.clone(input) if is_conj(input) else input


@public_function(method=True)
def resolve_neg(input: Tensor) -> Tensor:
    """Copy the imaginary part of a conjugated view; any other tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the same values.

    Example::

        >>> polygrad.resolve_neg(polygrad.tensor([1 + 2j]).conj().imag)
        tensor([-2.])
    """
    lineage = check_tensor(input, "resolve_neg")._view_chain()
    parts = [base for view, base in itertools.pairwise(lineage) if view._base[1].name == "imag"]
    return xp.clone(input) if any(is_conj(base) for base in parts) else input
