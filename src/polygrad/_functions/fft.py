"""Discrete Fourier transforms, with the arguments that NumPy and PyTorch give them.

Transforms of real arrays keep the half of the spectrum that determines the rest, along the last of the dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, as_ints
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .._ops.fft import OPPOSITE_NORM
from .common import check_tensor
from .creation import arange
from .public import public_in_module


def _checked(input: Tensor, name: str) -> Tensor:
    """``input`` in a floating type that transforms have.  Raises TypeError for what is no tensor."""
    check_tensor(input, name)
    if not input.dtype.is_differentiable:
        return xp.astype(input, _dtypes.get_default_dtype())
    return xp.astype(input, _dtypes.float32) if input.dtype.is_half else input


def _complex(input: Tensor, name: str) -> Tensor:
    input = _checked(input, name)
    return input if input.dtype.is_complex else xp.astype(input, input.dtype.to_complex())


def _real(input: Tensor, name: str) -> Tensor:
    input = _checked(input, name)
    if input.dtype.is_complex:
        raise RuntimeError(
            f"{name}() takes a real tensor, not one of {input.dtype.name}; fft() transforms complex ones"
        )
    return input


def _norm(norm: str | None, name: str) -> str:
    if norm is None:
        return "backward"
    if norm not in OPPOSITE_NORM:
        raise RuntimeError(f"{name}(): norm is one of 'backward', 'ortho' and 'forward', not {norm!r}")
    return norm


def _resize(input: Tensor, lengths: Sequence[int], axes: Sequence[int], name: str) -> Tensor:
    """``input`` with ``lengths`` along ``axes``: cut, or continued with zeros."""
    widths, key = [(0, 0)] * input.ndim, [slice(None)] * input.ndim
    for length, axis in zip(lengths, axes, strict=True):
        if length < 1:
            raise RuntimeError(f"{name}(): a transform has at least one value, and {length} are asked for")
        key[axis] = slice(0, length)
        widths[axis] = (0, max(0, length - input.shape[axis]))
    if any(input.shape[axis] > length for length, axis in zip(lengths, axes, strict=True)):
        input = input[tuple(key)]
    return xp.pad(input, widths) if any(after for _, after in widths) else input


def _one(input: Tensor, n: Any, dim: int, name: str) -> tuple[int, int]:
    """The length and the axis of a transform along one dimension."""
    if not input.ndim:
        raise IndexError(f"{name}() takes a tensor of at least one dimension")
    axis = normal_axis(as_int(dim), input.ndim)
    return input.shape[axis] if n is None else as_int(n), axis


def _lengths_and_axes(input: Tensor, s: Any, dim: Any, name: str) -> tuple[list[int], list[int]]:
    """The lengths and axes of a transform along several dimensions: all of them, or the last ones where ``s`` is given."""
    lengths = None if s is None else as_ints(s)
    if dim is None:
        first = 0 if lengths is None else input.ndim - len(lengths)
        axes = list(range(first, input.ndim))
        if first < 0:
            raise RuntimeError(f"{name}(): s has {len(lengths or ())} lengths, and the tensor {input.ndim} dimensions")
    else:
        axes = [normal_axis(d, input.ndim) for d in as_ints(dim)]
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"{name}(): a dimension appears twice in dim {dim}")
    if lengths is None:
        return [input.shape[axis] for axis in axes], axes
    if len(lengths) != len(axes):
        raise RuntimeError(f"{name}(): s has {len(lengths)} lengths for {len(axes)} dimensions")
    return [input.shape[axis] if n == -1 else n for n, axis in zip(lengths, axes, strict=True)], axes


def _along(input: Tensor, lengths: list[int], axes: list[int], norm: str, inverse: bool, name: str) -> Tensor:
    """The transform of a complex tensor along several dimensions, which may be none."""
    input = _resize(input, lengths, axes, name)
    return xp.fft_c2c(input, tuple(axes), norm, inverse) if axes else input


@public_in_module
def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The discrete Fourier transform along one dimension, ``X[k] = sum_j x[j] exp(-2 pi i j k / n)``.

    Args:
        input: a real or complex tensor of at least one dimension.
        n: the length of the transform: the signal is cut, or continued with zeros.  By default the length of ``dim``.
        dim: the dimension.
        norm: by what the sum is divided: ``"backward"`` by nothing (the inverse then by ``n``), ``"ortho"`` by ``sqrt(n)``,
            ``"forward"`` by ``n``.

    Returns:
        A complex tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.fft(polygrad.tensor([1.0, 0.0, 0.0, 0.0]))
        tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    """
    return _fft(input, n, dim, norm, False, "fft")


@public_in_module
def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of `fft`, ``x[j] = sum_k X[k] exp(2 pi i j k / n) / n``.

    Args:
        input: a real or complex tensor of at least one dimension.
        n: the length of the transform, as in `fft`.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A complex tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.ifft(polygrad.fft.fft(polygrad.tensor([1.0, 2.0]))).real
        tensor([1., 2.])
    """
    return _fft(input, n, dim, norm, True, "ifft")


def _fft(input: Tensor, n: Any, dim: int, norm: str | None, inverse: bool, name: str) -> Tensor:
    input = _complex(input, name)
    length, axis = _one(input, n, dim, name)
    return _along(input, [length], [axis], _norm(norm, name), inverse, name)


@public_in_module
def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """`fft` of a real tensor: the ``n // 2 + 1`` frequencies that are not negative, which determine the others.

    Args:
        input: a real tensor of at least one dimension.
        n: the length of the transform, as in `fft`.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along ``dim``.

    Raises:
        RuntimeError: for a complex tensor, ``n`` below 1 or an unknown ``norm``.

    Example::

        >>> polygrad.fft.rfft(polygrad.tensor([1.0, 2.0, 3.0, 4.0]))
        tensor([10.+0.j, -2.+2.j, -2.+0.j])
    """
    return _rfft(input, n, dim, _norm(norm, "rfft"), "rfft")


def _rfft(input: Tensor, n: Any, dim: int, norm: str, name: str) -> Tensor:
    input = _real(input, name)
    length, axis = _one(input, n, dim, name)
    return xp.fft_r2c(_resize(input, [length], [axis], name), axis, norm)


@public_in_module
def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of `rfft`: the real tensor of which ``input`` is half of the spectrum.

    Args:
        input: a tensor; of frequency 0, and of half the sampling rate where ``n`` is even, only the real part counts.
        n: the length of the result; by default ``2 * (m - 1)`` for ``m`` frequencies.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A real tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.

    Example::

        >>> polygrad.fft.irfft(polygrad.fft.rfft(polygrad.tensor([1.0, 2.0, 3.0])), n=3)
        tensor([1., 2., 3.])
    """
    return _irfft(_complex(input, "irfft"), n, dim, _norm(norm, "irfft"), "irfft")


def _irfft(input: Tensor, n: Any, dim: int, norm: str, name: str) -> Tensor:
    frequencies, axis = _one(input, None, dim, name)
    length = 2 * (frequencies - 1) if n is None else as_int(n)
    if length < 1:
        raise RuntimeError(f"{name}(): a transform has at least one value, and {length} are asked for")
    return xp.fft_c2r(_resize(input, [length // 2 + 1], [axis], name), length, axis, norm)


@public_in_module
def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """`fft` of a signal with Hermitian symmetry, of which ``input`` is the first half: a real tensor of length ``n``.

    Args:
        input: a tensor of at least one dimension.
        n: the length of the result; by default ``2 * (m - 1)`` for ``m`` values.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A real tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.

    Example::

        >>> polygrad.fft.hfft(polygrad.tensor([10.0, -2.0, -2.0]))
        tensor([ 4., 12., 12., 12.])
    """
    norm = OPPOSITE_NORM[_norm(norm, "hfft")]
    return _irfft(xp.conj(_complex(input, "hfft")), n, dim, norm, "hfft")


@public_in_module
def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of `hfft`: the first half of the signal whose transform is the real tensor ``input``.

    Args:
        input: a real tensor of at least one dimension.
        n: the length of the transform, as in `fft`.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along ``dim``.

    Raises:
        RuntimeError: for a complex tensor, ``n`` below 1 or an unknown ``norm``.
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.ihfft(polygrad.tensor([4.0, 12.0, 12.0, 12.0])).real
        tensor([10., -2., -2.])
    """
    return xp.conj(_rfft(input, n, dim, OPPOSITE_NORM[_norm(norm, "ihfft")], "ihfft"))


@public_in_module
def fftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """`fft` along several dimensions.

    Args:
        input: a real or complex tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor.

    Raises:
        RuntimeError: for lengths that do not fit ``dim``, for one below 1, a dimension that appears twice, or an unknown ``norm``.

    Example::

        >>> polygrad.fft.fftn(polygrad.tensor([[1.0, 0.0], [0.0, 0.0]])).real
        tensor([[1., 1.],
                [1., 1.]])
    """
    return _fftn(input, s, dim, norm, False, "fftn")


@public_in_module
def ifftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of `fftn`.

    Args:
        input: a real or complex tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.ifftn(polygrad.ones(2, 2)).real
        tensor([[1., 0.],
                [0., 0.]])
    """
    return _fftn(input, s, dim, norm, True, "ifftn")


def _fftn(input: Tensor, s: Any, dim: Any, norm: str | None, inverse: bool, name: str) -> Tensor:
    input = _complex(input, name)
    return _along(input, *_lengths_and_axes(input, s, dim, name), _norm(norm, name), inverse, name)


def _last(input: Tensor, s: Any, dim: Any, name: str) -> tuple[list[int], list[int]]:
    lengths, axes = _lengths_and_axes(input, s, dim, name)
    if not axes:
        raise RuntimeError(f"{name}() transforms along at least one dimension")
    return lengths, axes


@public_in_module
def rfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """`fftn` of a real tensor: along the last of the dimensions the frequencies that are not negative.

    Args:
        input: a real tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along the last of ``dim``.

    Raises:
        RuntimeError: for a complex tensor, and as `fftn` does.

    Example::

        >>> polygrad.fft.rfftn(polygrad.ones(2, 2)).real
        tensor([[4., 0.],
                [0., 0.]])
    """
    return _rfftn(input, s, dim, _norm(norm, "rfftn"), False, "rfftn")


def _rfftn(input: Tensor, s: Any, dim: Any, norm: str, inverse: bool, name: str) -> Tensor:
    input = _real(input, name)
    lengths, axes = _last(input, s, dim, name)
    half = xp.fft_r2c(_resize(input, lengths, axes, name), axes[-1], norm)
    return xp.fft_c2c(half, tuple(axes[:-1]), norm, False) if axes[1:] else half


@public_in_module
def irfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of `rfftn`: a real tensor.

    Args:
        input: a tensor; what it holds of frequencies that stand for themselves counts by its real part.
        s: the lengths of the result along ``dim``; by default those of ``input``, and ``2 * (m - 1)`` along the last.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`.

    Returns:
        A real tensor, of the lengths ``s`` along ``dim``.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.irfftn(polygrad.fft.rfftn(polygrad.ones(2, 2)))
        tensor([[1., 1.],
                [1., 1.]])
    """
    return _irfftn(_complex(input, "irfftn"), s, dim, _norm(norm, "irfftn"), "irfftn")


def _irfftn(input: Tensor, s: Any, dim: Any, norm: str, name: str) -> Tensor:
    lengths, axes = _last(input, s, dim, name)
    given = s is not None and as_ints(s)[-1] != -1
    length = lengths[-1] if given else 2 * (input.shape[axes[-1]] - 1)
    input = _resize(input, lengths[:-1], axes[:-1], name)
    if axes[1:]:
        input = xp.fft_c2c(input, tuple(axes[:-1]), norm, True)
    return _irfft(input, length, axes[-1], norm, name)


@public_in_module
def hfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """`fftn` of a signal with Hermitian symmetry, of which ``input`` is half along the last dimension: a real tensor.

    Args:
        input: a real or complex tensor.
        s: the lengths of the result along ``dim``; by default those of ``input``, and ``2 * (m - 1)`` along the last.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A real tensor.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.hfftn(polygrad.ones(2, 2))
        tensor([[4., 0.],
                [0., 0.]])
    """
    input = xp.conj(_complex(input, "hfftn"))
    return _irfftn(input, s, dim, OPPOSITE_NORM[_norm(norm, "hfftn")], "hfftn")


@public_in_module
def ihfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of `hfftn`, of a real tensor.

    Args:
        input: a real tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along the last of ``dim``.

    Raises:
        RuntimeError: for a complex tensor, and as `fftn` does.

    Example::

        >>> polygrad.fft.ihfftn(polygrad.ones(2, 2)).real
        tensor([[1., 0.],
                [0., 0.]])
    """
    return xp.conj(_rfftn(input, s, dim, OPPOSITE_NORM[_norm(norm, "ihfftn")], False, "ihfftn"))


def _in_two(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """``function`` of several dimensions along the last two."""
    name = function.__name__[:-1] + "2"

    def transform(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
        return function(input, s, dim, norm)

    transform.__name__ = transform.__qualname__ = name
    transform.inner_names = {}  # type: ignore[attr-defined]  # its errors are told of it, see `wrong_calls`
    transform.__doc__ = f"""`{function.__name__}` along two dimensions, the last two by default.

    Args:
        input: as in `{function.__name__}`.
        s: two lengths, as in `{function.__name__}`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `{function.__name__}` returns.

    Raises:
        RuntimeError: as `{function.__name__}` does.

    Example::

        >>> polygrad.fft.{name}(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
    return public_in_module(transform)


fft2, ifft2, rfft2, irfft2, hfft2, ihfft2 = map(_in_two, (fftn, ifftn, rfftn, irfftn, hfftn, ihfftn))


@public_in_module
def fftfreq(
    n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """The frequencies of `fft`, in cycles per unit of ``d``: 0, the positive ones, then the negative ones.

    Args:
        n: the length of the transform.
        d: the distance of two values, such as seconds.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A vector of length ``n``.

    Raises:
        RuntimeError: for ``n`` below 1.

    Example::

        >>> polygrad.fft.fftfreq(4, d=0.5)
        tensor([ 0.0000,  0.5000, -1.0000, -0.5000])
    """
    positions = _positions("fftfreq", n, (as_int(n) - 1) // 2 + 1, dtype, device, backend)
    negative = arange(-(as_int(n) // 2), 0, dtype=positions.dtype, device=device, backend=backend)
    return _scale(xp.concat([positions, negative], axis=0), n, d, requires_grad)


@public_in_module
def rfftfreq(
    n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """The frequencies of `rfft`, in cycles per unit of ``d``: 0 and the positive ones.

    Args:
        n: the length of the transform.
        d: the distance of two values, such as seconds.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of length ``n // 2 + 1``.

    Raises:
        RuntimeError: for ``n`` below 1.

    Example::

        >>> polygrad.fft.rfftfreq(4, d=0.5)
        tensor([0.0000, 0.5000, 1.0000])
    """
    return _scale(_positions("rfftfreq", n, as_int(n) // 2 + 1, dtype, device, backend), n, d, requires_grad)


def _positions(name: str, n: int, count: int, dtype: Any, device: Any, backend: Any) -> Tensor:
    if as_int(n) < 1:
        raise RuntimeError(f"{name}(): a transform has at least one value, and {n} are asked for")
    return arange(count, dtype=_dtypes.get_default_dtype() if dtype is None else dtype, device=device, backend=backend)


def _scale(positions: Tensor, n: int, d: float, requires_grad: bool) -> Tensor:
    return (positions * (1.0 / (n * d))).requires_grad_(requires_grad)


def _shift(input: Tensor, dim: Any, name: str, inverse: bool) -> Tensor:
    check_tensor(input, name)
    _, axes = _lengths_and_axes(input, None, dim, name)
    shifts = tuple([(n + 1) // 2 if inverse else n // 2 for n in (input.shape[axis] for axis in axes)])
    return xp.roll(input, shifts, tuple(axes)) if axes else xp.clone(input)


@public_in_module
def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """``input`` rolled so that frequency 0 is in the middle.

    Args:
        input: a tensor in the order of `fft`.
        dim: the dimensions; by default all.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.fftshift(polygrad.tensor([0, 1, -2, -1]))
        tensor([-2, -1,  0,  1])
    """
    return _shift(input, dim, "fftshift", False)


@public_in_module
def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of `fftshift`: frequency 0 comes first.

    Args:
        input: a tensor with frequency 0 in the middle.
        dim: the dimensions; by default all.

    Returns:
        A tensor of the same shape, in the order of `fft`.

    Example::

        >>> polygrad.fft.ifftshift(polygrad.tensor([-2, -1, 0, 1]))
        tensor([ 0,  1, -2, -1])
    """
    return _shift(input, dim, "ifftshift", True)
