"""`assert_close`: compare results up to the rounding of their data type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions.creation import tensor

#: Data type → (relative, absolute) tolerance, as in PyTorch.  Other types must be equal.
TOLERANCES = {
    _dtypes.float16: (1e-3, 1e-5),
    _dtypes.bfloat16: (1.6e-2, 1e-5),
    _dtypes.float32: (1.3e-6, 1e-5),
    _dtypes.complex64: (1.3e-6, 1e-5),
    _dtypes.float64: (1e-7, 1e-7),
    _dtypes.complex128: (1e-7, 1e-7),
}


def assert_close(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise unless ``actual`` and ``expected`` are close: ``|actual - expected| <= atol + rtol * |expected|``.

    Tensors must have one backend, shape, and with the checks one device and data type.

    Args:
        actual: a tensor, an array, a number, or a sequence or mapping of them.
        expected: the same, in the same structure.
        rtol: the relative tolerance; by default, with ``atol``, that of the data type, as in PyTorch: ``1.3e-6`` for
            float32, ``1e-7`` for float64, 0 for integers.
        atol: the absolute tolerance; by default ``1e-5`` for float32, ``1e-7`` for float64, 0 for integers.
        equal_nan: whether NaN equals NaN.
        check_device: whether devices must be equal.
        check_dtype: whether data types must be equal.
        msg: the error's message, or a function from the message to another one.

    Raises:
        AssertionError: they are not close; the message says how many elements differ, by how much, and where.
        TypeError: a value is neither a number nor an array.
        ValueError: only one of ``rtol`` and ``atol`` is given.

    Example::

        >>> x = polygrad.tensor([0.5, 1.0])
        >>> polygrad.testing.assert_close(polygrad.sin(x) ** 2 + polygrad.cos(x) ** 2, polygrad.ones(2))
        >>> try:
        ...     polygrad.testing.assert_close(polygrad.sin(x), x)
        ... except AssertionError as error:
        ...     print(str(error).splitlines()[0])
        Tensor-likes are not close!
    """
    if (rtol is None) != (atol is None):
        raise ValueError("rtol and atol must either both be given or both be left out")
    try:
        _compare(actual, expected, "", rtol, atol, equal_nan, check_device, check_dtype)
    except AssertionError as error:
        if msg is None:
            raise
        raise AssertionError(msg(str(error)) if callable(msg) else msg) from None


def _compare(actual: Any, expected: Any, place: str, *options: Any) -> None:
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if set(actual) != set(expected):
            missing, extra = (
                sorted(map(str, set(expected) - set(actual))),
                sorted(map(str, set(actual) - set(expected))),
            )
            raise AssertionError(f"The keys of the mappings do not match{place}: missing {missing}, unexpected {extra}")
        for key in expected:
            _compare(actual[key], expected[key], f"{place}[{key!r}]", *options)
        return
    if _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch{place}: {len(actual)} != {len(expected)}")
        for number, (a, b) in enumerate(zip(actual, expected, strict=True)):
            _compare(a, b, f"{place}[{number}]", *options)
        return
    _compare_arrays(actual, expected, f" (item {place})" if place else "", *options)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _as_tensor(value: Any, name: str) -> Tensor:
    if isinstance(value, Tensor):
        return value
    try:
        return tensor(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"assert_close() compares tensors, arrays and numbers; {name} is a {type(value).__name__}"
        ) from None


def _compare_arrays(
    actual: Any, expected: Any, place: str, rtol: Any, atol: Any, equal_nan: bool, check_device: bool, check_dtype: bool
) -> None:
    scalars = not (hasattr(actual, "dtype") or hasattr(expected, "dtype"))
    a, b = _as_tensor(actual, "actual"), _as_tensor(expected, "expected")
    if a.shape != b.shape:
        raise AssertionError(
            f"The values for attribute 'shape' do not match{place}: {tuple(a.shape)} != {tuple(b.shape)}."
        )
    both_tensors = isinstance(actual, Tensor) and isinstance(expected, Tensor)
    if check_device and both_tensors and (a.backend is not b.backend or a.device != b.device):
        raise AssertionError(f"The values for attribute 'device' do not match{place}: {_where(a)} != {_where(b)}.")
    if check_dtype and not scalars and a.dtype is not b.dtype:
        raise AssertionError(f"The values for attribute 'dtype' do not match{place}: {a.dtype!r} != {b.dtype!r}.")
    if rtol is None:
        rtol, atol = _tolerances(_dtypes.float64 if scalars and d.is_differentiable else d for d in (a.dtype, b.dtype))
    _compare_values(_to_numpy(a, actual), _to_numpy(b, expected), place, rtol, atol, equal_nan)


def _where(x: Tensor) -> str:
    return f"{x.backend.name}, {x.device}"


def _tolerances(dtypes: Any) -> tuple[float, float]:
    pairs = [TOLERANCES.get(dtype, (0.0, 0.0)) for dtype in dtypes]
    return max(rtol for rtol, _ in pairs), max(atol for _, atol in pairs)


def _to_numpy(x: Tensor, value: Any) -> Any:
    """The values in double precision, or as integers."""
    if isinstance(value, (float, complex)):
        return np.asarray(value)
    dtype: DType = x.dtype
    array = np.asarray(x.backend.to_numpy(x.detach()._read()))
    if dtype.is_differentiable:
        return array.astype(np.complex128 if dtype.is_complex else np.float64)
    return array


def _compare_values(a: Any, b: Any, place: str, rtol: float, atol: float, equal_nan: bool) -> None:
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        close = np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan) if rtol or atol else a == b
        if equal_nan and not (rtol or atol):
            close = close | ((a != a) & (b != b))
        if np.all(close):
            return
        wide = np.result_type(a.dtype, b.dtype, np.float64)
        absolute = np.where(close, 0.0, np.abs(a.astype(wide) - b.astype(wide)))
        relative = np.where(close, 0.0, absolute / np.abs(b.astype(wide)))
    kind = "Scalars" if a.ndim == 0 else "Tensor-likes"
    lines = [f"{kind} are not {'close' if rtol or atol else 'equal'}{place}!", ""]
    if a.ndim == 0:
        lines.append(f"Expected {b.item()!r} but got {a.item()!r}.")
    else:
        lines.append(f"Mismatched elements: {np.sum(~close)} / {close.size} ({100 * np.mean(~close):.1f}%)")
    for name, difference, allowed in (("absolute", absolute, atol), ("relative", relative, rtol)):
        worst = np.unravel_index(np.argmax(np.where(np.isnan(difference), np.inf, difference)), difference.shape)
        where = f" at index {tuple(int(i) for i in worst)}" if a.ndim else ""
        lines.append(f"Greatest {name} difference: {difference[worst]:.6g}{where} (up to {allowed:g} allowed)")
    raise AssertionError("\n".join(lines))
