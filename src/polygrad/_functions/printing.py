"""Tensors as text in PyTorch's notation, and as HTML in a notebook."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from .. import _dtypes
from .._core.tensor import Tensor
from ..backends.registry import get_backend
from .public import public_function


class _Options(NamedTuple):
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": _Options(),
    "short": _Options(precision=2, edgeitems=2),
    "full": _Options(threshold=math.inf),
}
_options = _Options()
#: Above this size, only the elements that are printed are copied from the device.
_MANY = 1_000_000


@public_function()
def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed.  None leaves an option unchanged, except for ``sci_mode``.

    Args:
        precision: digits after the point; 4 at first.
        threshold: with more elements than this, only the first and last ones are printed; 1000 at first.
        edgeitems: how many of them at each end of a dimension; 3 at first.
        linewidth: characters in a line; 80 at first.
        profile: ``"default"``, ``"short"`` or ``"full"``: values for all of the above.
        sci_mode: whether to write numbers as ``1.0000e+00``.  None, the default, decides by their range.

    Raises:
        ValueError: ``profile`` is unknown.

    Example::

        >>> polygrad.set_printoptions(precision=2)
        >>> polygrad.tensor([polygrad.pi])
        tensor([3.14])
        >>> polygrad.set_printoptions(profile="default")
    """
    global _options
    if profile is not None and profile not in _PROFILES:
        raise ValueError(f"profile is one of {', '.join(map(repr, _PROFILES))}, not {profile!r}")
    given: dict[str, Any] = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    _options = (_options if profile is None else _PROFILES[profile])._replace(**chosen, sci_mode=sci_mode)


def text(input: Tensor) -> str:
    """Return the elements, with data type, backend, device and place in the graph where they are not the default."""
    prefix = "tensor("
    lines = format_values(input, len(prefix))
    room = _options.linewidth
    used = len(lines) - lines.rfind("\n") + len(prefix) * ("\n" not in lines) - 1
    for part in _format_facts(input):
        if used + len(part) + 2 > room:
            lines += ",\n" + " " * len(prefix) + part
            used = len(prefix) + len(part)
        else:
            lines += ", " + part
            used += len(part) + 2
    return f"{prefix}{lines})"


def _format_facts(input: Tensor) -> Iterable[str]:
    backend, dtype, shape = input.backend, input.dtype, tuple(input.shape)
    if not input.shape.numel() and shape != (0,):
        yield f"size={shape}"
    default = _dtypes.get_default_dtype()
    unsaid = (default, default.to_complex(), _dtypes.int64, _dtypes.bool) if input.shape.numel() else (default,)
    if dtype not in unsaid:
        yield f"dtype={dtype!r}"
    if not backend.level:
        if backend is not get_backend():
            yield f"backend={backend.name!r}"
        if backend.device(input._data) != backend.default_device():
            yield f"device={str(input.device)!r}"
    if input.grad_fn is not None:
        yield f"grad_fn={input.grad_fn!r}"
    elif input.requires_grad:
        yield "requires_grad=True"


def line_width() -> int:
    """How many characters a line has."""
    return _options.linewidth


def html(input: Tensor) -> str:
    """Return the HTML for a notebook: a line of facts, and vectors and matrices as a table, other shapes as text.

    Large tensors are cut as in text, see `set_printoptions`.
    """
    from html import escape

    backend = input.backend
    facts = [f"shape {tuple(input.shape)}", input.dtype.name, backend.name]
    if not backend.level:
        facts.append(str(input.device))
    if input.grad_fn is not None:
        facts.append(f"grad_fn={input.grad_fn!r}")
    elif input.requires_grad:
        facts.append("requires_grad=True")
    if backend.level or input.ndim not in (1, 2) or not input.shape.numel():
        values = f"<pre>{escape(format_values(input, 0))}</pre>"
    else:
        values = f'<div style="overflow-x: auto"><table>{_format_rows(input)}</table></div>'
    return f"<div><div>{escape('tensor: ' + ', '.join(facts))}</div>{values}</div>"


def _format_rows(input: Tensor) -> str:
    """Return the table rows of a vector or a matrix as HTML."""
    array, cut = _visible_part(input)
    write = _element_formatter(array)[0]
    if array.ndim == 1:
        array, cut = array[None], (False, *cut)

    def row(elements: Any) -> str:
        cells = [f"<td>{write(v).strip()}</td>" for v in elements.tolist()]
        return f"<tr>{''.join(_insert_gap(cells, cut[1], '<td>…</td>'))}</tr>"

    return "".join(_insert_gap([row(elements) for elements in array], cut[0], "<tr><td>…</td></tr>"))


def format_values(input: Tensor, indent: int) -> str:
    """The elements of ``input``, in lines that begin ``indent`` characters further right."""
    backend = input.backend
    if backend.level:
        return f"<{backend.name} of shape {tuple(input.shape)}>"
    if not input.shape.numel():
        return "[]"
    array, cut = _visible_part(input)
    return _format_nested(array, indent, cut, *_element_formatter(array))


def _visible_part(input: Tensor) -> tuple[Any, tuple[bool, ...]]:
    """Return the elements that are printed, as a NumPy array, and for each axis whether its middle is left out."""
    backend, array, shape = input.backend, input._memory(), input.shape
    ends, count = _options.edgeitems, shape.numel()
    cut = tuple(count > _options.threshold and length > 2 * ends for length in shape)
    if count > _MANY:  # slice on the device, so that only the ends are copied
        return np.asarray(backend.to_numpy(_take_edges(array, cut, backend.xp))), cut
    return _take_edges(np.asarray(backend.to_numpy(array)), cut, np), cut


def _element_formatter(shown: Any) -> tuple[Callable[[Any], str], int]:
    """Return a function that writes elements of ``shown``, real or complex, all equally wide, and that width."""
    if shown.dtype.kind != "c":
        return _formatter(shown)
    real, imaginary = _formatter(shown.real), _formatter(shown.imag)
    return lambda v: _format_complex(real[0](v.real), imaginary[0](v.imag)), real[1] + imaginary[1] + 1


def _format_complex(real: str, imaginary: str) -> str:
    return f"{real}{'' if imaginary.lstrip().startswith('-') else '+'}{imaginary.lstrip()}j"


def _take_edges(array: Any, cut: tuple[bool, ...], xp: Any) -> Any:
    """Return the elements at both ends of the axes that are cut."""
    ends = _options.edgeitems
    for axis in range(len(cut)):
        if cut[axis]:
            before, length = (slice(None),) * axis, array.shape[axis]
            parts = [array[(*before, part, ...)] for part in (slice(0, ends), slice(length - ends, length))]
            array = xp.concat(parts, axis=axis)
    return array


def _insert_gap(parts: list[str], cut: bool, gap: str) -> list[str]:
    """Return ``parts``, with ``gap`` in the middle where elements are left out."""
    return [*parts[: len(parts) // 2], gap, *parts[len(parts) // 2 :]] if cut else parts


def _formatter(values: Any) -> tuple[Callable[[Any], str], int]:
    """Return a function that writes ``values``, all equally wide, and that width."""
    if values.dtype.kind not in "fV" and not np.issubdtype(values.dtype, np.floating):
        plain: Callable[[Any], str] = str
        width = max(len(str(v)) for v in values.ravel().tolist())
    else:
        wide = values.astype(np.float64)
        finite = wide[np.isfinite(wide) & (wide != 0)]
        plain = _float_formatter(finite)
        # The finite values determine the width; infinities may be wider.
        width = max((len(plain(v)) for v in finite.tolist()), default=1)
    return lambda v: plain(v).rjust(width), width


def _float_formatter(finite: Any) -> Callable[[float], str]:
    digits, scientific = _options.precision, _options.sci_mode
    if not finite.size:
        return lambda v: f"{v:.0f}." if math.isfinite(v) else str(v)
    size = np.abs(finite)
    with np.errstate(over="ignore"):
        spread = size.max() / size.min()
    if scientific is None:
        scientific = bool(spread > 1000 or size.max() > 1e8 or size.min() < 1e-4)
    if scientific:
        return lambda v: f"{v:.{digits}e}"
    if np.all(finite == np.ceil(finite)):
        return lambda v: f"{v:.0f}." if math.isfinite(v) else str(v)
    return lambda v: f"{v:.{digits}f}"


def _format_nested(array: Any, indent: int, cut: tuple[bool, ...], write: Callable[[Any], str], width: int) -> str:
    if array.ndim == 0:
        return write(array.item())
    if array.ndim == 1:
        words = _insert_gap([write(v) for v in array.tolist()], cut[0], " ...")
        per_line = max(1, (_options.linewidth - indent) // (width + 2))
        lines = [", ".join(words[start : start + per_line]) for start in range(0, len(words), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    parts = _insert_gap([_format_nested(part, indent + 1, cut[1:], write, width) for part in array], cut[0], "...")
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
