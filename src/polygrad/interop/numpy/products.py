"""Products, linear algebra and Fourier transforms, with NumPy's arguments."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any

from ... import array_api as xp
from ... import fft, linalg
from ..._core.tensor import Tensor
from ..._functions import public
from ..._functions.nn import convolution
from .arguments import declare_function, dtype_of, floating, numpy_function, together


@numpy_function("dot", "a b / !out")
def dot(a: Tensor, b: Tensor) -> Tensor:
    """`numpy.dot`."""
    if not a.ndim or not b.ndim:
        return a * b
    return public("tensordot")(a, b, ([a.ndim - 1], [builtins.max(b.ndim - 2, 0)]))


@numpy_function("inner", "a b /")
def inner(a: Tensor, b: Tensor) -> Tensor:
    """`numpy.inner`."""
    return a * b if not a.ndim or not b.ndim else public("tensordot")(a, b, ([a.ndim - 1], [b.ndim - 1]))


@numpy_function("vdot", "a b /")
def vdot(a: Tensor, b: Tensor) -> Tensor:
    """`numpy.vdot`."""
    return xp.sum(xp.conj(a.reshape(-1)) * b.reshape(-1))


@numpy_function("outer linalg.outer", "a b / !out")
def outer(a: Tensor, b: Tensor) -> Tensor:
    """`numpy.outer`."""
    return a.reshape(-1, 1) * b.reshape(1, -1)


@numpy_function("tensordot linalg.tensordot", "a b / axes")
def tensordot(a: Tensor, b: Tensor, axes: Any = 2) -> Tensor:
    """`numpy.tensordot`."""
    if not isinstance(axes, int):
        axes = tuple([[one] if isinstance(one, int) else list(one) for one in axes])
    return public("tensordot")(a, b, axes)


@numpy_function("einsum", None)
def einsum(*operands: Any, out: None = None, optimize: Any = None, dtype: Any = None) -> Tensor:
    """`numpy.einsum`, with a text or with lists of numbers."""
    if out is not None:
        raise TypeError("numpy.einsum(): out= would write into memory outside of the graph; use the result")
    if isinstance(operands[0], str):
        arrays = together(*operands[1:])
        operands = operands[0], *[x if dtype is None else x.to(dtype_of(dtype)) for x in arrays]
    return public("einsum")(*operands)


declare_function("kron", "a b /", public("kron"))
declare_function("matrix_transpose linalg.matrix_transpose", "x /", xp.matrix_transpose)
declare_function("linalg.matmul", "x1 x2 /", xp.matmul)
declare_function("linalg.vecdot", "x1 x2 / axis", xp.vecdot)


@numpy_function("cross linalg.cross", "a b / axisa axisb axisc axis")
def cross(a: Tensor, b: Tensor, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    """`numpy.cross` of vectors of three elements."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = xp.moveaxis(a, axisa, -1), xp.moveaxis(b, axisb, -1)
    return xp.moveaxis(linalg.cross(*public("broadcast_tensors")(a, b), dim=-1), -1, axisc)


@numpy_function("trace", "a / offset axis1 axis2 dtype !out")
def trace(a: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Tensor:
    """`numpy.trace`."""
    return xp.sum(public("diagonal")(a, offset, axis1, axis2), axis=-1, dtype=dtype)


@numpy_function("convolve", "a v / mode")
def convolve(a: Tensor, v: Tensor, mode: str = "full") -> Tensor:
    """`numpy.convolve`."""
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise ValueError("numpy.convolve() takes two vectors that are not empty")
    if len(v) > len(a):
        a, v = v, a
    n = len(v) - 1
    before, after = {"full": (n, n), "same": ((n + 1) // 2, n // 2), "valid": (0, 0)}[mode]
    ends = [xp.zeros_like(a[:1]).expand(length) for length in (before, after)]
    a, v = public("cat")([ends[0], a, ends[1]]), xp.flip(v)
    dtype = public("result_type")(a, v)
    return convolution.conv1d(a.to(dtype)[None, None], v.to(dtype)[None, None])[0, 0]


@numpy_function("correlate", "a v / mode")
def correlate(a: Tensor, v: Tensor, mode: str = "valid") -> Tensor:
    """`numpy.correlate`."""
    v = xp.flip(xp.conj(v))
    if len(v) > len(a) and mode != "full":
        return xp.flip(convolve(xp.flip(a), xp.flip(v), mode))
    return convolve(a, v, mode)


@numpy_function("polyval", "p x /")
def polyval(p: Tensor, x: Tensor) -> Tensor:
    """`numpy.polyval`, by Horner's rule."""
    result = xp.zeros_like(x)
    for coefficient in xp.unstack(p):
        result = result * x + coefficient
    return result


@numpy_function("vander", "x / N increasing")
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """`numpy.vander`."""
    powers = [xp.ones_like(x)]
    for _ in range(1, len(x) if N is None else N):
        powers.append(powers[-1] * x)
    powers = powers[: len(x) if N is None else N]
    return xp.stack(powers if increasing else powers[::-1], axis=1) if powers else x.new_zeros(len(x), 0)


@numpy_function("interp", "x xp fp / left right !period")
def interp(x: Tensor, points: Tensor, values: Tensor, left: Any = None, right: Any = None) -> Tensor:
    """`numpy.interp`."""
    upper = xp.clip(xp.searchsorted(points, x, side="right"), 1, len(points) - 1)
    x0, y0 = points[upper - 1], values[upper - 1]
    slopes = (values[upper] - y0) / (points[upper] - x0)
    result = y0 + slopes * (x - x0)
    result = xp.where(x < points[0], values[0] if left is None else left, result)
    return xp.where(x > points[-1], values[-1] if right is None else right, result)


declare_function(
    "linalg.norm", "x / ord axis:dim keepdims:keepdim", lambda x, **named: linalg.norm(floating(x), **named)
)
declare_function("linalg.vector_norm", "x / axis keepdims ord", xp.linalg.vector_norm)
declare_function("linalg.matrix_norm", "x / keepdims ord", xp.linalg.matrix_norm)
declare_function("linalg.cond", "x / p", linalg.cond)
declare_function("linalg.det", "a /", xp.linalg.det)
declare_function("linalg.slogdet", "a /", xp.linalg.slogdet)
declare_function("linalg.inv", "a /", xp.linalg.inv)
declare_function("linalg.pinv", "a / rcond hermitian rtol", linalg.pinv)
declare_function("linalg.matrix_rank", "A / tol hermitian rtol", linalg.matrix_rank)
declare_function("linalg.solve", "a b /", xp.linalg.solve)
declare_function("linalg.cholesky", "a / upper", xp.linalg.cholesky)
declare_function("linalg.eig", "a /", xp.linalg.eig)
declare_function("linalg.eigvals", "a /", xp.linalg.eigvals)
declare_function("linalg.eigh", "a / UPLO", linalg.eigh)
declare_function("linalg.eigvalsh", "a / UPLO", linalg.eigvalsh)
declare_function("linalg.matrix_power", "a / n", linalg.matrix_power)
declare_function("linalg.svdvals", "x /", xp.linalg.svdvals)
declare_function("linalg.diagonal", "x / offset", xp.linalg.diagonal)
declare_function("linalg.trace", "x / offset dtype", xp.linalg.trace)


@numpy_function("linalg.qr", "a / mode")
def qr(a: Tensor, mode: str = "reduced") -> Any:
    """`numpy.linalg.qr`."""
    if mode == "r":
        return xp.linalg.qr(a).R
    return xp.linalg.qr(a, mode=mode)


@numpy_function("linalg.svd", "a / full_matrices compute_uv hermitian")
def svd(a: Tensor, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """`numpy.linalg.svd`."""
    return xp.linalg.svd(a, full_matrices=full_matrices) if compute_uv else xp.linalg.svdvals(a)


@numpy_function("linalg.lstsq", "a b / rcond")
def lstsq(a: Tensor, b: Tensor, rcond: float | None = None) -> tuple[Tensor, ...]:
    """`numpy.linalg.lstsq`."""
    values = xp.linalg.svdvals(a)
    cut = float(xp.finfo(a.dtype).eps) * builtins.max(a.shape) if rcond is None else rcond
    rank = xp.count_nonzero(values > cut * values[0])
    matrix = b[:, None] if b.ndim == 1 else b
    x = linalg.pinv(a, rtol=cut) @ matrix
    residuals = xp.sum(xp.square(xp.abs(matrix - a @ x)), axis=0)
    if int(rank) < a.shape[1] or a.shape[0] <= a.shape[1]:
        residuals = residuals[:0]
    return x[:, 0] if b.ndim == 1 else x, residuals, rank, values


@numpy_function("linalg.multi_dot", "/ arrays !out")
def multi_dot(arrays: Sequence[Any]) -> Tensor:
    """`numpy.linalg.multi_dot`."""
    return linalg.multi_dot(together(*arrays))


@numpy_function("linalg.tensorinv", "a / ind")
def tensorinv(a: Tensor, ind: int = 2) -> Tensor:
    """`numpy.linalg.tensorinv`."""
    shape = a.shape[ind:] + a.shape[:ind]
    return xp.linalg.inv(a.reshape(math.prod(a.shape[:ind]), -1)).reshape(shape)


@numpy_function("linalg.tensorsolve", "a b / axes")
def tensorsolve(a: Tensor, b: Tensor, axes: Any = None) -> Tensor:
    """`numpy.linalg.tensorsolve`."""
    if axes is not None:
        moved = [n % a.ndim for n in axes]
        a = xp.permute_dims(a, (*[n for n in range(a.ndim) if n not in moved], *moved))
    shape = a.shape[b.ndim :]
    return xp.linalg.solve(a.reshape(-1, math.prod(shape)), b.reshape(-1)).reshape(shape)


for _name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
    declare_function(f"fft.{_name}", "a / n axis:dim norm !out", getattr(fft, _name))
for _name in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"):
    declare_function(f"fft.{_name}", "a / s axes:dim norm !out", getattr(fft, _name))
declare_function("fft.fftshift", "x / axes:dim", fft.fftshift)
declare_function("fft.ifftshift", "x / axes:dim", fft.ifftshift)
