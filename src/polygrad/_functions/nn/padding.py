"""Padding in its four modes."""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.errors import ShapeError
from ..._core.tensor import Tensor
from ..common import check_tensor, xp
from ..strides import separate_from
from .convolution import check_filled


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Pad the last dimensions of a tensor.

    Args:
        input: a tensor with at least ``len(pad) / 2`` dimensions.
        pad: how many elements to add: ``(before, after)`` of the last dimension, then of the one before it, and so on.  Negative
            numbers take elements away.
        mode: "constant"; "reflect", the mirror image without the edge; "replicate", the edge repeated; or "circular", the other
            end.
        value: the added elements' value in mode "constant"; None is 0.

    Returns:
        A tensor with each padded dimension longer by ``before + after``.

    Raises:
        ShapeError: ``pad`` has an odd length, more pairs than there are dimensions, or more elements than the mode can provide.
        ValueError: a ``value`` is given for another mode than "constant".
        NotImplementedError: ``mode`` is unknown.

    Example::

        >>> F.pad(polygrad.tensor([1.0, 2.0, 3.0]), (1, 2))
        tensor([0., 1., 2., 3., 0., 0.])
        >>> F.pad(polygrad.tensor([1.0, 2.0, 3.0]), (1, 2), mode="reflect")
        tensor([2., 1., 2., 3., 2., 1.])
    """
    check_tensor(input, "pad")
    amounts = [int(n) for n in pad]
    if len(amounts) % 2 or len(amounts) > 2 * input.ndim:
        raise ShapeError(
            f"pad: {len(amounts)} numbers {tuple(amounts)} are not one pair per dimension, or too many for the input of "
            f"shape {tuple(input.shape)}"
        )
    widths = [(0, 0)] * (input.ndim - len(amounts) // 2) + list(zip(amounts[::2], amounts[1::2], strict=True))[::-1]
    if any(n + before + after < 0 for n, (before, after) in zip(input.shape, widths, strict=True)):
        raise ShapeError(
            f"pad: {tuple(amounts)} removes more elements than there are in the input of shape {tuple(input.shape)}"
        )
    if mode in ("reflect", "replicate"):
        check_filled(input, "pad", 1 if input.ndim == len(amounts) // 2 + 2 else 0)
    return separate_from(input, _pad(input, widths, mode, value))


def _pad(input: Tensor, widths: list[tuple[int, int]], mode: str, value: float | None) -> Tensor:
    if mode == "constant":
        input = _cut(input, widths)
        widths = [(max(before, 0), max(after, 0)) for before, after in widths]
        input.dtype.check(value or 0)
        return xp.pad(input, tuple(widths), 0 if value is None else value) if any(map(any, widths)) else input
    if value is not None and value != 0:
        raise ValueError(f"pad: mode {mode!r} takes no value")
    if mode not in _EXTENSIONS:
        raise NotImplementedError(f"pad: mode must be 'constant', {', '.join(map(repr, _EXTENSIONS))}, not {mode!r}")
    for axis, (before, after) in enumerate(widths):
        if before > 0 or after > 0:
            input = _EXTENSIONS[mode](input, axis, before, after)
            if mode == "circular":
                widths[axis] = (0, 0)
    return _cut(input, widths)


def _slice(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    return xp.getitem(x, (*(slice(None),) * axis, slice(start, stop), Ellipsis))


def _cut(x: Tensor, widths: Sequence[tuple[int, int]]) -> Tensor:
    """Remove from ``x`` what negative widths take away."""
    for axis, (before, after) in enumerate(widths):
        if before < 0 or after < 0:
            x = _slice(x, axis, max(-before, 0), x.shape[axis] - max(-after, 0))
    return x


def _join(parts: list[Tensor], axis: int) -> Tensor:
    return xp.concat([part for part in parts if part.shape[axis]], axis=axis)


def _reflect(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    length = x.shape[axis]
    if max(before, after) >= length:
        raise ShapeError(
            f"pad: reflection of {before} and {after} elements must be smaller than dimension {axis}, which has "
            f"{length}"
        )
    start = xp.flip(_slice(x, axis, 1, max(before, 0) + 1), axis)
    end = xp.flip(_slice(x, axis, length - 1 - max(after, 0), length - 1), axis)
    return _join([start, x, end], axis)


def _replicate(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    length = x.shape[axis]
    shape = list(x.shape)
    parts = []
    for edge, amount in ((_slice(x, axis, 0, 1), before), (_slice(x, axis, length - 1, length), after)):
        shape[axis] = max(amount, 0)
        parts.append(xp.broadcast_to(edge, tuple(shape)))
    return _join([parts[0], x, parts[1]], axis)


def _wrap_around(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    x = _slice(x, axis, max(-before, 0), x.shape[axis] - max(-after, 0))  # elements that are cut do not wrap around
    length = x.shape[axis]
    if max(before, after) > length:
        raise ShapeError(
            f"pad: circular padding of {before} and {after} elements goes more than once around dimension {axis}"
        )
    return _join([_slice(x, axis, length - max(before, 0), length), x, _slice(x, axis, 0, max(after, 0))], axis)


_EXTENSIONS = {"reflect": _reflect, "replicate": _replicate, "circular": _wrap_around}
