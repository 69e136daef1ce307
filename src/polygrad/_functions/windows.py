"""Windows: weights that fade a piece of a signal in and out.

F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform" (1978), has most of them; Kaiser's
is from J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (1974), Nuttall's from A. H. Nuttall,
"Some windows with very good sidelobe behavior" (1981).  They are computed in double precision, and rounded once.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from .. import _dtypes
from .._core.scalars import as_int
from .._core.tensor import Tensor
from .._dtypes import DType
from .common import any_layout
from .creation import check_dtype, tensor
from .public import public_function

Function = TypeVar("Function", bound=Callable[..., Tensor])

_OF_ALL = """    dtype: a floating type{types}; the default one if left out.
    device: the device of the result.
    requires_grad: whether operations on the result are recorded.
    backend: the backend of the result."""


def _documented(
    example: str, arguments: str = "", errors: str = "", *, module: bool = True
) -> Callable[[Function], Function]:
    """Complete a docstring with what all windows have in common."""
    name = "M" if module else "window_length"
    first = (
        "sym: whether the window is symmetric, for filters; False is for transforms of periodic signals: the window of ``M + 1``"
        "\n        values without its last one."
        if module
        else "periodic: whether it is the window of ``window_length + 1`` values without its last one, for transforms of periodic"
        "\n        signals; False is for filters."
    )
    error = "ValueError" if module else "RuntimeError"

    def decorate(function: Function) -> Function:
        parts = [
            inspect.cleandoc(function.__doc__ or ""),
            f"Args:\n    {name}: the number of values.\n    {first}\n"
            + "".join(f"    {line}\n" for line in arguments.splitlines())
            + _OF_ALL.format(types=", float32 or float64" if module else ""),
            f"Returns:\n    A tensor of shape ``({name},)``.",
            f"Raises:\n    {error}: ``{name}`` is negative, or the data type is not floating{errors}.",
            f"Example::\n\n    >>> {example.splitlines()[0]}\n    {example.splitlines()[1]}",
        ]
        function.__doc__ = "\n\n".join(parts)
        return any_layout(function)

    return decorate


def _count(M: Any, name: str, dtype: Any, strict: bool) -> tuple[int, DType]:
    """The number of values and their type.  Raises where there is no window of them."""
    count = as_int(M)
    chosen = check_dtype(dtype) or _dtypes.get_default_dtype()
    error = ValueError if strict else RuntimeError
    if count < 0:
        raise error(f"{name}: the number of values must not be negative, but it is {count}")
    known = chosen.is_floating_point if not strict else chosen in (_dtypes.float32, _dtypes.float64)
    if not known:
        types = "float32 or float64" if strict else "a floating type"
        raise error(f"{name}: dtype must be {types}, not {chosen.name}")
    return count, chosen


def _window(
    name: str,
    M: Any,
    sym: bool,
    shape: Callable[[Any, float], Any],
    place: Sequence[Any],
    *,
    strict: bool = True,
    offset: int = 1,
) -> Tensor:
    """``shape(n, last)`` at the places ``n = 0, 1, …``, of which ``last`` is the last one of the symmetric window.

    ``place`` is the data type, device, requires_grad and backend.
    """
    dtype, device, requires_grad, backend = place
    count, dtype = _count(M, name, dtype, strict)
    last = count - offset if sym or count == 1 else count + 1 - offset
    values = shape(np.arange(count, dtype=np.float64), float(last)) if count else np.zeros(0)
    return tensor(values, dtype=dtype, device=device, requires_grad=requires_grad, backend=backend)


def _cosines(a: Sequence[float]) -> Callable[[Any, float], Any]:
    def shape(n: Any, last: float) -> Any:
        if not last:
            return np.ones_like(n)
        terms = [(-1) ** i * weight * np.cos(2 * math.pi * i * n / last) for i, weight in enumerate(a)]
        return np.sum(terms, axis=0)

    return shape


def _triangle(n: Any, last: float) -> Any:
    return 1 - np.abs(2 * n / last - 1) if last else np.ones_like(n)


def _kaiser(beta: float) -> Callable[[Any, float], Any]:
    def shape(n: Any, last: float) -> Any:
        if not last:
            return np.ones_like(n)
        return np.i0(beta * np.sqrt(np.maximum(1 - (2 * n / last - 1) ** 2, 0))) / np.i0(beta)

    return shape


@_documented("polygrad.signal.windows.bartlett(5)\ntensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])")
def bartlett(
    M: int, *, sym: bool = True, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """Bartlett's window: a triangle, 0 at both ends."""
    return _window("bartlett", M, sym, _triangle, (dtype, device, requires_grad, backend))


@_documented("polygrad.signal.windows.blackman(3).abs() > 0.5\ntensor([False,  True, False])")
def blackman(
    M: int, *, sym: bool = True, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """Blackman's window, ``0.42 - 0.5 cos(x) + 0.08 cos(2 x)``."""
    return _window("blackman", M, sym, _cosines((0.42, 0.5, 0.08)), (dtype, device, requires_grad, backend))


@_documented("polygrad.signal.windows.cosine(3)\ntensor([0.5000, 1.0000, 0.5000])")
def cosine(
    M: int, *, sym: bool = True, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """The cosine window: half a period of a sine, ``sin(pi (n + 1/2) / M)``."""
    shape = lambda n, last: np.sin(math.pi * (n + 0.5) / last)  # noqa: E731
    return _window("cosine", M, sym, shape, (dtype, device, requires_grad, backend), offset=0)


@_documented(
    "polygrad.signal.windows.exponential(3)\ntensor([0.3679, 1.0000, 0.3679])",
    "center: where it is largest; by default in the middle, and only there if ``sym``."
    "\ntau: after how many values it has fallen by a factor of e.",
    ", ``tau`` is not positive, or there is a ``center`` of a symmetric window",
)
def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """The exponential, or Poisson's, window, ``exp(-abs(n - center) / tau)``."""
    if tau <= 0:
        raise ValueError(f"exponential: tau must be positive, but it is {tau}")
    if sym and center is not None:
        raise ValueError("exponential: center must be None for symmetric windows; give sym=False with it")
    shape = lambda n, last: np.exp(-np.abs(n - (last / 2 if center is None else center)) / tau)  # noqa: E731
    return _window("exponential", M, sym, shape, (dtype, device, requires_grad, backend))


@_documented(
    "polygrad.signal.windows.gaussian(3)\ntensor([0.6065, 1.0000, 0.6065])",
    "std: the standard deviation, in values.",
    ", or ``std`` is not positive",
)
def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Gauss's window, ``exp(-((n - center) / std)**2 / 2)``."""
    if std <= 0:
        raise ValueError(f"gaussian: std must be positive, but it is {std}")
    shape = lambda n, last: np.exp(-(((n - last / 2) / std) ** 2) / 2)  # noqa: E731
    return _window("gaussian", M, sym, shape, (dtype, device, requires_grad, backend))


@_documented(
    "polygrad.signal.windows.general_cosine(3, a=[0.5, 0.5])\ntensor([0., 1., 0.])",
    "a: the weights of the cosines, some numbers.",
    ", or there are no weights",
)
def general_cosine(
    M: int,
    *,
    a: Iterable[float],
    sym: bool = True,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """A sum of cosines, ``a[0] - a[1] cos(x) + a[2] cos(2 x) - …``, where ``x`` goes through one period."""
    if not isinstance(a, Iterable):
        raise TypeError(f"general_cosine: a must be a list or tuple of numbers, not {type(a).__name__}")
    weights = [float(weight) for weight in a]
    if not weights:
        raise ValueError("general_cosine: a must have at least one number")
    return _window("general_cosine", M, sym, _cosines(weights), (dtype, device, requires_grad, backend))


@_documented(
    "polygrad.signal.windows.general_hamming(3, alpha=0.5)\ntensor([0., 1., 0.])",
    "alpha: the weight of the constant; the cosine has ``1 - alpha``.",
)
def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Hamming's window with another weight, ``alpha - (1 - alpha) cos(x)``."""
    return _window("general_hamming", M, sym, _cosines((alpha, 1 - alpha)), (dtype, device, requires_grad, backend))


@_documented("polygrad.signal.windows.hamming(3)\ntensor([0.0800, 1.0000, 0.0800])")
def hamming(
    M: int, *, sym: bool = True, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """Hamming's window, ``0.54 - 0.46 cos(x)``."""
    return _window("hamming", M, sym, _cosines((0.54, 0.46)), (dtype, device, requires_grad, backend))


@_documented("polygrad.signal.windows.hann(5)\ntensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])")
def hann(
    M: int, *, sym: bool = True, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """Hann's window, ``(1 - cos(x)) / 2``."""
    return _window("hann", M, sym, _cosines((0.5, 0.5)), (dtype, device, requires_grad, backend))


@_documented(
    "polygrad.signal.windows.kaiser(3, beta=0.0)\ntensor([1., 1., 1.])",
    "beta: how narrow it is, from 0 on.",
    ", or ``beta`` is negative",
)
def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """Kaiser's window, ``I0(beta sqrt(1 - x**2)) / I0(beta)``, where ``x`` goes from -1 to 1."""
    if beta < 0:
        raise ValueError(f"kaiser: beta must not be negative, but it is {beta}")
    return _window("kaiser", M, sym, _kaiser(float(beta)), (dtype, device, requires_grad, backend))


@_documented("polygrad.signal.windows.nuttall(3) > 0.5\ntensor([False,  True, False])")
def nuttall(
    M: int, *, sym: bool = True, dtype: Any = None, device: Any = None, requires_grad: bool = False, backend: Any = None
) -> Tensor:
    """Nuttall's window of four cosines, whose side lobes are low."""
    weights = (0.3635819, 0.4891775, 0.1365995, 0.0106411)
    return _window("nuttall", M, sym, _cosines(weights), (dtype, device, requires_grad, backend))


# -- PyTorch's older names ---------------------------------------------------------------------------------------------


@public_function()
@_documented("polygrad.bartlett_window(4)\ntensor([0.0000, 0.5000, 1.0000, 0.5000])", module=False)
def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """`signal.windows.bartlett`, periodic by default."""
    place = (dtype, device, requires_grad, backend)
    return _window("bartlett_window", window_length, not periodic, _triangle, place, strict=False)


@public_function()
@_documented("polygrad.blackman_window(2) > 0.5\ntensor([False,  True])", module=False)
def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """`signal.windows.blackman`, periodic by default."""
    place = (dtype, device, requires_grad, backend)
    return _window("blackman_window", window_length, not periodic, _cosines((0.42, 0.5, 0.08)), place, strict=False)


@public_function()
@_documented(
    "polygrad.hamming_window(2)\ntensor([0.0800, 1.0000])",
    "alpha: the weight of the constant.\nbeta: the weight of the cosine.",
    module=False,
)
def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """`signal.windows.hamming`, periodic by default, with other weights if wanted: ``alpha - beta cos(x)``."""
    place = (dtype, device, requires_grad, backend)
    return _window("hamming_window", window_length, not periodic, _cosines((alpha, beta)), place, strict=False)


@public_function()
@_documented("polygrad.hann_window(4)\ntensor([0.0000, 0.5000, 1.0000, 0.5000])", module=False)
def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """`signal.windows.hann`, periodic by default."""
    place = (dtype, device, requires_grad, backend)
    return _window("hann_window", window_length, not periodic, _cosines((0.5, 0.5)), place, strict=False)


@public_function()
@_documented("polygrad.kaiser_window(2, beta=0.0)\ntensor([1., 1.])", "beta: how narrow it is.", module=False)
def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    backend: Any = None,
) -> Tensor:
    """`signal.windows.kaiser`, periodic by default."""
    place = (dtype, device, requires_grad, backend)
    return _window("kaiser_window", window_length, not periodic, _kaiser(float(beta)), place, strict=False)


__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming", "hann", "kaiser",
    "nuttall",
]  # fmt: skip
